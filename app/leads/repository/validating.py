"""What was found out about people's addresses, and what it means for memberships, each in one
statement."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from app.kit.arrays import packed, unpacked
from app.kit.db import Tx
from app.kit.documents import written
from app.leads.rules.validating import (
    FRESH_DAYS,
    DomainVerdict,
    Earlier,
    GivenVerdict,
)
from app.validation.repository import fresh_mailbox
from app.validation.rules import RULES_VERSION, Overrides
from app.validation.rules.lists import ROLES
from app.values import (
    CampaignId,
    LeadId,
    LeadStatus,
    ValidationReason,
    ValidationResult,
    WorkspaceId,
)

PEOPLE_AT = """
select d.domain, counted.n
from unnest($2::text[]) d (domain)
cross join lateral (
    select count(*) n from (
        select from leads
        where workspace_id = $1 and split_part(email, '@', 2) = d.domain limit $3) found) counted
"""

EARLIER = f"""
select r.lead_id, v.result, v.reason, v.checked_at,
       l.email = v.email and {fresh_mailbox("$3")} holds,
       coalesce(v.evidence ?& array['vendor', 'word'], false) was_given
from unnest($2::bigint[]) r (lead_id)
cross join lateral (
    select email, result, reason, level, checked_at, evidence from validations
    where workspace_id = $1 and lead_id = r.lead_id
      and (result = 'invalid' or level in ('mailbox', 'provider')) offset 0) v
cross join lateral (
    select email from leads where workspace_id = $1 and id = r.lead_id offset 0) l
"""  # noqa: S608  # text of ours

# One by one, in the order of their addresses.
HOLD = """
select l.id
from (
    select p.id
    from unnest($2::bigint[]) r (id)
    cross join lateral (
        select id, email from leads where workspace_id = $1 and id = r.id offset 0) p
    order by p.email offset 0) ordered
cross join lateral (
    select id from leads where workspace_id = $1 and id = ordered.id for no key update) l
"""

COLUMNS = (
    *("lead_id", "result", "reason", "level", "disposable", "free", "privacy_relay"),
    *("meant", "checked_at", "source", "catch_all", "evidence", "role_told"),
)
# Role names as the keys of an object, which are found by bisection; in an array one by one. The
# workspace's own have a value, and say more than what others told.
STORE = f"""
insert into validations as v (
    workspace_id, lead_id, email, result, reason, level, disposable, role, free, privacy_relay,
    suggestion, source, rules_version, checked_at, catch_all, evidence)
select $1, l.id, l.email, r.result, r.reason, r.level, r.disposable::bool,
       coalesce(($2::jsonb ->> l.name)::bool, r.role_told::bool, $2::jsonb ? l.name),
       r.free::bool, r.privacy_relay::bool,
       l.local || '@' || r.meant, r.source, $3, r.checked_at::timestamptz,
       r.catch_all::bool, r.evidence::jsonb
from unnest({unpacked(4, 5, len(COLUMNS))}) r ({", ".join(COLUMNS)})
cross join lateral (
    select id, email, split_part(email, '@', 1) local,
           split_part(split_part(email, '@', 1), '+', 1) name
    from leads where workspace_id = $1 and id = r.lead_id::bigint offset 0) l
on conflict (workspace_id, lead_id) do update
set email = excluded.email, result = excluded.result, reason = excluded.reason,
    level = excluded.level, disposable = excluded.disposable, role = excluded.role,
    free = excluded.free, privacy_relay = excluded.privacy_relay, catch_all = excluded.catch_all,
    suggestion = excluded.suggestion, source = excluded.source,
    rules_version = excluded.rules_version, checked_at = excluded.checked_at,
    evidence = excluded.evidence
"""  # noqa: S608  # column names of ours
ROLE_NAMES: Mapping[str, bool | None] = dict.fromkeys(ROLES)

# Their leads are held, so nobody else changes them; and no campaign is deleted meanwhile.
MEMBERS = """
select cl.campaign_id, cl.lead_id, l.email, cl.status, cl.invalid_from
from unnest($2::bigint[]) r (lead_id)
cross join lateral (
    select email from leads where workspace_id = $1 and id = r.lead_id offset 0) l
cross join lateral (
    select campaign_id, lead_id, status, invalid_from
    from campaign_leads where workspace_id = $1 and lead_id = r.lead_id offset 0) cl
cross join lateral (
    select from campaigns
    where workspace_id = $1 and id = cl.campaign_id and deleted_at is null for key share) c
order by cl.campaign_id, cl.lead_id
"""

# By their place in the table: a plan that no statistics can spoil. Where a pause began and until
# when somebody was to wait stays, for they may turn out to be valid.
MOVE = """
update campaign_leads cl
set status = r.status, invalid_from = case r.status when 'INVALID' then cl.status end,
    last_activity_at = now(), updated_at = now()
from unnest($2::bigint[], $3::bigint[], $4::text[]) r (lead_id, campaign_id, status)
cross join lateral (
    select ctid place from campaign_leads
    where workspace_id = $1 and lead_id = r.lead_id and campaign_id = r.campaign_id offset 0) found
where cl.ctid = found.place
"""


class Member(NamedTuple):
    """A membership of somebody who is held."""

    campaign_id: CampaignId
    lead_id: LeadId
    email: str
    status: LeadStatus
    invalid_from: LeadStatus | None

    @property
    def revived(self) -> LeadStatus:
        """The status of whoever is not invalid: what validation made it is taken back."""
        return self.invalid_from or self.status


class ValidatingRepository:
    """The queue and the results of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def people_at(self, domains: Collection[str], most: int) -> dict[str, int]:
        """How many leads have an address there, counted up to ``most``."""
        rows = await self._tx.rows(PEOPLE_AT, self._workspace_id, list(domains), most)
        return {row["domain"]: row["n"] for row in rows}

    async def earlier(self, lead_ids: Iterable[LeadId]) -> dict[LeadId, Earlier]:
        """Those of whom more than their domain was found out, or that they are invalid."""
        rows = await self._tx.rows(EARLIER, self._workspace_id, list(lead_ids), FRESH_DAYS)
        return {
            LeadId(row["lead_id"]): Earlier(
                ValidationResult(row["result"]),
                ValidationReason(row["reason"]),
                row["checked_at"],
                row["holds"],
                row["was_given"],
            )
            for row in rows
        }

    async def hold(self, lead_ids: Iterable[LeadId]) -> None:
        """In the order of their addresses."""
        await self._tx.rows(HOLD, self._workspace_id, list(lead_ids))

    async def store(
        self, found: Mapping[LeadId, DomainVerdict | GivenVerdict], overrides: Overrides
    ) -> None:
        """Of people who were taken out of the queue: until the commit nobody removes them."""
        verdicts = {id(verdict): verdict for verdict in found.values()}
        columns_of = {known_by: _columns(verdict) for known_by, verdict in verdicts.items()}
        ordered = sorted(found.items(), key=itemgetter(0))
        lines = [(str(lead_id), *columns_of[id(verdict)]) for lead_id, verdict in ordered]
        separator, columns = packed(list(zip(*lines, strict=True)))
        await self._tx.rows(
            STORE,
            self._workspace_id,
            written({**ROLE_NAMES, **overrides.roles}),
            RULES_VERSION,
            separator,
            *columns,
        )

    async def members(self, lead_ids: Iterable[LeadId]) -> list[Member]:
        """All memberships of people who are held."""
        rows = await self._tx.rows(MEMBERS, self._workspace_id, list(lead_ids))
        return [
            Member(
                CampaignId(row["campaign_id"]),
                LeadId(row["lead_id"]),
                row["email"],
                LeadStatus(row["status"]),
                LeadStatus(row["invalid_from"]) if row["invalid_from"] else None,
            )
            for row in rows
        ]

    async def move(self, members: Sequence[Member], statuses: Sequence[LeadStatus]) -> None:
        """Each to its status; of those who become invalid it is kept what they were."""
        await self._tx.rows(
            MOVE,
            self._workspace_id,
            [member.lead_id for member in members],
            [member.campaign_id for member in members],
            [status.value for status in statuses],
        )


def _columns(verdict: DomainVerdict | GivenVerdict) -> tuple[str, ...]:
    """``COLUMNS`` but for the first."""
    finding = verdict.finding
    return (
        finding.result.value,
        finding.reason.value,
        finding.level.value,
        str(finding.flags.disposable),
        str(finding.flags.free),
        str(finding.flags.privacy_relay),
        verdict.meant or "",
        verdict.checked_at.isoformat(),
        verdict.source,
        _if_known(finding.flags.catch_all),
        written(verdict.evidence) if verdict.evidence else "",
        _if_known(verdict.role_told),
    )


def _if_known(flag: bool | None) -> str:
    return "" if flag is None else str(flag)
