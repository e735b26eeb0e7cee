"""Reads of people, whatever campaigns they are in."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.kit.db import Tx
from app.leads.errors import LeadNotFound
from app.leads.repository.columns import (
    CONFIRMS,
    LEAD,
    VALIDATED,
    VALIDATION_COLUMNS,
    lead_columns,
    lead_of,
    member_arguments,
    member_conditions,
    unsubscribed,
    validated_as,
    validation_of,
)
from app.leads.rules.records import EVERYBODY, Checked, Lead, MemberFilter
from app.values import (
    CampaignId,
    LeadId,
    ValidationLevel,
    ValidationReason,
    ValidationWord,
    WorkspaceId,
)


def _one(condition: str) -> str:
    return f"select {lead_columns()} from ({LEAD} and {condition}) l {unsubscribed()}"  # noqa: S608


BY_ID = _one("id = $2")
BY_EMAIL = _one("email = $2")


CHECKED = f"""
select l.email, {VALIDATION_COLUMNS}, v.evidence, d.facts,
       u.lead_id is not null and {CONFIRMS} is not true is_pending,
       case when u.due_at > now() then u.due_at end next_try_at, u.tries, u.stage, u.reason
from ({LEAD} and id = $2) l
{VALIDATED}
left join unvalidated u on u.workspace_id = $1 and u.lead_id = l.id
left join mail_domains d on d.domain = split_part(l.email, '@', 2)
"""  # noqa: S608  # text of ours


def _page(ids: str, first: int) -> str:
    """The people whose ids a statement gives, of whom a page is cut."""
    return f"""
select {lead_columns()} from (
    select l.* from ({ids}) people
    cross join lateral ({LEAD} and id = people.id offset 0) l
    order by people.id offset ${first} limit ${first + 1}) l {unsubscribed()}
order by l.id
"""  # noqa: S608  # text of ours


def _count(ids: str, first: int) -> str:
    return f"select count(*) n from (select from ({ids}) people limit ${first}) found"  # noqa: S608


# Of everybody, members of a campaign or not.
ANYBODY = f"""
    select id from leads l
    where workspace_id = $1 and id > $2 and ($3::text is null or email = $3)
      and ($4::timestamptz is null or created_at > $4)
      and ($5::text[] is null or {validated_as("l.id", "$5")})
    order by id"""  # noqa: S608  # text of ours


def _of_members(campaign: str) -> str:
    """Of those who are in a campaign; deleted ones are few, and soon gone."""
    return f"""
    select distinct cl.lead_id id from campaign_leads cl
    where cl.workspace_id = $1 and cl.lead_id > $2 and {campaign}
      and ($3::text is null or cl.lead_id = (
          select id from leads where workspace_id = $1 and email = $3))
      and not cl.campaign_id = any(array(
          select id from campaigns where workspace_id = $1 and deleted_at is not null))
      and {member_conditions(5)}
    order by id"""  # noqa: S608  # text of ours


# A condition that may be absent keeps the index from being used, so these are two statements.
MEMBERS = _of_members("$4::bigint is null")
OF_CAMPAIGN = _of_members("cl.campaign_id = $4::bigint")


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people are meant; ``member`` and ``campaign_id`` must hold for one membership.

    ``created_after`` is asked of people, and so never together with those two.
    """

    email: str | None = None
    created_after: datetime | None = None
    campaign_id: CampaignId | None = None
    member: MemberFilter = EVERYBODY
    validation: tuple[ValidationWord, ...] = ()
    """Of these one must hold; none restricts nothing."""

    @property
    def statement(self) -> str:
        """Gives ids, from behind ``$2``."""
        if self.campaign_id is not None:
            return OF_CAMPAIGN
        return ANYBODY if self.member.everybody else MEMBERS

    def arguments(self, after: LeadId | None) -> tuple[object, ...]:
        """The parameters of the statement from ``$2``."""
        if self.statement is ANYBODY:
            return (after or 0, self.email, self.created_after, list(self.validation) or None)
        member = replace(self.member, validation=self.validation)
        return (after or 0, self.email, self.campaign_id, *member_arguments(member))


class PeopleRepository:
    """The leads of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def get(self, lead_id: LeadId) -> Lead:
        """Raises LeadNotFound."""
        rows = await self._tx.rows(BY_ID, self._workspace_id, lead_id)
        if not rows:
            raise LeadNotFound
        return lead_of(rows[0])

    async def checked(self, lead_id: LeadId) -> Checked:
        """Raises LeadNotFound."""
        rows = await self._tx.rows(CHECKED, self._workspace_id, lead_id)
        if not rows:
            raise LeadNotFound
        [row] = rows
        return Checked(
            row["email"],
            validation_of(row),
            row["is_pending"],
            row["next_try_at"],
            row["tries"] or 0,
            row["stage"] and ValidationLevel(row["stage"]),
            row["reason"] and ValidationReason(row["reason"]),
            row["evidence"],
            row["facts"],
        )

    async def by_email(self, email_key: str) -> Lead | None:
        rows = await self._tx.rows(BY_EMAIL, self._workspace_id, email_key)
        return next((lead_of(row) for row in rows), None)

    async def page(
        self, by: PeopleFilter, limit: int, *, after: LeadId | None = None, offset: int = 0
    ) -> list[Lead]:
        """People in the order in which they came, from behind ``after``."""
        known = (self._workspace_id, *by.arguments(after))
        statement = _page(by.statement, len(known) + 1)
        rows = await self._tx.rows(statement, *known, offset, limit)
        return [lead_of(row) for row in rows]

    async def count(self, by: PeopleFilter, most: int) -> int:
        """How many people pass the filter; counting stops at ``most``."""
        known = (self._workspace_id, *by.arguments(None))
        [row] = await self._tx.rows(_count(by.statement, len(known) + 1), *known, most)
        counted: int = row["n"]
        return counted
