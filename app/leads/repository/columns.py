"""What is read of leads and memberships, and by which filter; text of statements, and records."""

import operator
from datetime import datetime
from typing import Any

from app.leads.rules.records import Lead, Member, MemberFilter, Validation
from app.validation.repository import REASON, RESULT
from app.validation.rules.facts import ABSENT
from app.validation.rules.findings import REASONS
from app.values import (
    LEAD_FIELDS,
    CampaignId,
    ImportId,
    LeadId,
    LeadStatus,
    MapId,
    ValidationLevel,
    ValidationReason,
    ValidationResult,
)

FIELDS = ", ".join(LEAD_FIELDS)


def lead_columns(custom_fields: str = "l.custom_fields") -> str:
    """Columns of ``l``, a lead, and ``u``, its entries of the unsubscribe list."""
    return (
        f"l.id lead_id, l.email, l.email_given, {custom_fields} custom_fields,"
        f" {', '.join(f'l.{name}' for name in LEAD_FIELDS)},"
        " l.created_at lead_created_at, l.updated_at lead_updated_at,"
        " coalesce(u.is_unsubscribed, false) is_unsubscribed,"
        " coalesce(u.unsubscribed_clients, '{}') unsubscribed_clients"
    )


LEAD = f"""
    select id, email, email_given, custom_fields, {FIELDS}, created_at, updated_at
    from leads where workspace_id = $1"""  # noqa: S608  # column names of ours


def unsubscribed(campaign: str = "null::bigint") -> str:
    """A lateral ``u``: is ``l`` on the unsubscribe list of the workspace, or of this campaign?"""
    return f"""
cross join lateral (
    select bool_or(client_id is null) is_unsubscribed,
           jsonb_object_agg(client_id, created_at) filter (where client_id is not null)
               unsubscribed_clients
    from suppressions
    where workspace_id = $1 and entry = l.email and kind = 'unsubscribe'
      and (campaign_id is null or campaign_id = {campaign})) u"""  # noqa: S608


VALIDATION = (
    *("result", "reason", "level", "disposable", "role", "free", "privacy_relay", "catch_all"),
    *("suggestion", "source", "checked_at"),
)
VALIDATION_COLUMNS = ", ".join(f"v.{name} v_{name}" for name in VALIDATION)
VALIDATED = f"""
left join lateral (
    select {RESULT} result, {REASON} reason, {", ".join(VALIDATION[2:])}, evidence
    from validations v
    where workspace_id = $1 and lead_id = l.id and email = l.email offset 0) v on true"""  # noqa: S608
"""A lateral ``v``: what was found out about the address that ``l`` has now."""


SAID_NO = f"""(u.stage = 'domain'
    and u.reason in ({", ".join(f"'{REASONS[said]}'" for said in ABSENT)}))"""
"""Of ``u``, a row of the queue: DNS said no, and is asked once more."""
CONFIRMS = f"(v.result = 'invalid' and {SAID_NO})"
"""Whoever is invalid by the first no is not pending: nobody has to wait for the second."""


def validated_as(lead_id: str, words: str) -> str:
    """A condition on a lead's id: one of these words holds for their address.

    "offset 0" keeps the look-ups by index, whatever the statistics say.
    """
    return f"""(
        'pending' = any({words}) and exists (
            select from unvalidated u
            where u.workspace_id = $1 and u.lead_id = {lead_id} and not exists (
                select from validations v
                cross join lateral (
                    select email from leads where workspace_id = $1 and id = v.lead_id offset 0
                ) person
                where v.workspace_id = $1 and v.lead_id = u.lead_id and v.email = person.email
                  and {CONFIRMS} offset 0) offset 0)
        or {words} <> '{{pending}}' and exists (
            select from validations v
            cross join lateral (
                select email from leads where workspace_id = $1 and id = v.lead_id offset 0) person
            where v.workspace_id = $1 and v.lead_id = {lead_id} and v.email = person.email
              and {RESULT} = any({words}) offset 0))"""  # noqa: S608


def member_conditions(first: int) -> str:
    """Conditions on ``cl``, a membership; their parameters begin at ``$first``.

    "offset 0" keeps the look-up of events by index, whatever the statistics say.
    """
    n = [f"${first + place}" for place in range(8)]
    return f"""
    ({n[0]}::text[] is null or cl.status = any({n[0]}))
    and ({n[1]}::bigint is null or cl.category_id = {n[1]})
    and ({n[2]}::timestamptz is null or cl.created_at > {n[2]})
    and ({n[3]}::timestamptz is null or cl.contacted_at > {n[3]})
    and ({n[4]}::timestamptz is null or cl.last_activity_at > {n[4]})
    and ({n[5]}::bool is null or (cl.replied_at is not null) = {n[5]})
    and ({n[6]}::text is null or exists (
        select from lead_events e
        where e.workspace_id = $1 and e.lead_id = cl.lead_id and e.campaign_id = cl.campaign_id
          and e.type = {n[6]} offset 0))
    and ({n[7]}::text[] is null or {validated_as("cl.lead_id", n[7])})"""


def member_arguments(by: MemberFilter) -> tuple[Any, ...]:
    """The parameters of ``member_conditions``."""
    return (
        None if by.statuses is None else sorted(by.statuses),
        by.category_id,
        by.created_after,
        by.contacted_after,
        by.active_after,
        by.replied,
        by.event,
        list(by.validation) or None,
    )


_own_fields = operator.itemgetter(*LEAD_FIELDS)


def lead_of(row: Any) -> Lead:
    return Lead(
        id=LeadId(row["lead_id"]),
        email=row["email"],
        email_given=row["email_given"],
        fields=dict(zip(LEAD_FIELDS, _own_fields(row), strict=True)),
        custom_fields=row["custom_fields"],
        is_unsubscribed=row["is_unsubscribed"],
        unsubscribed_clients=row["unsubscribed_clients"],
        created_at=row["lead_created_at"],
        updated_at=row["lead_updated_at"],
    )


def validation_of(row: Any) -> Validation | None:
    if row["v_result"] is None:
        return None
    known = {name: row[f"v_{name}"] for name in VALIDATION}
    return Validation(
        result=ValidationResult(known.pop("result")),
        reason=ValidationReason(known.pop("reason")),
        level=ValidationLevel(known.pop("level")),
        **known,
    )


def member_of(row: Any) -> Member:
    created_at: datetime = row["created_at"]
    return Member(
        map_id=MapId(row["id"]),
        campaign_id=CampaignId(row["campaign_id"]),
        lead=lead_of(row),
        validation=validation_of(row),
        status=LeadStatus(row["status"]),
        category_id=row["category_id"],
        step=row["step"],
        total_steps=row["total_steps"],
        source=row["source"],
        tags=tuple(row["tags"]),
        notes=row["notes"],
        import_id=None if row["import_id"] is None else ImportId(row["import_id"]),
        row_no=row["row_no"],
        resume_at=row["resume_at"],
        contacted_at=row["contacted_at"],
        replied_at=row["replied_at"],
        last_activity_at=row["last_activity_at"] or created_at,
        created_at=created_at,
        updated_at=row["updated_at"],
    )
