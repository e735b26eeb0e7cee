"""Put people back into the queue of those who wait to be checked, each in one statement."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.kit.db import Tx
from app.leads.repository.columns import SAID_NO
from app.leads.rules.demands import Demand
from app.leads.rules.validating import FRESH_DAYS
from app.validation.repository import RESULT, fresh_mailbox
from app.values import CampaignId, LeadId, MapId, WorkspaceId

MEMBERS = """
    select id, lead_id from campaign_leads
    where workspace_id = $1 and campaign_id = $2 and id > $3 order by id limit $4"""
LISTED = """
    select id, id lead_id from unnest($2::bigint[]) id"""
OLD = """
    select lead_id id, lead_id from validations
    where workspace_id = $1 and lead_id > $2 order by lead_id limit $3"""


def _wait(
    people: str, conditions: str, fresh: str, force: str, on_conflict: str, most: str = "null"
) -> str:
    """Of the people those of whom the conditions hold on ``v``, their last result, unless that is
    ``fresh``.

    They are locked against removal and a change of address; whoever is in the middle of it is gone
    afterwards, or waits anyway.
    """
    return f"""
with people as materialized ({people}),
meant as materialized (
    select p.lead_id, split_part(l.email, '@', 2) domain, {fresh} fresh
    from people p
    left join lateral (
        select email, result, level, checked_at from validations
        where workspace_id = $1 and lead_id = p.lead_id offset 0) v on true
    cross join lateral (
        select email from leads
        where workspace_id = $1 and id = p.lead_id for key share skip locked) l
    where {conditions}
    limit {most}),
queued as (
    insert into unvalidated as u (workspace_id, lead_id, domain, anew)
    select $1, lead_id, domain, {force} from meant where not fresh order by lead_id
    on conflict (workspace_id, lead_id) do {on_conflict}
    returning 1)
select (select max(id) from people) last, (select count(*) from people) people,
       (select count(*) from meant where not fresh) waiting,
       (select count(*) from meant where fresh) fresh, (select count(*) from queued) queued
"""  # noqa: S608  # text of ours


def _conditions(first: int) -> tuple[str, str, str]:
    """Of a demand whose parameters begin there: whom it means, what is fresh, and its force."""
    results, before, force, days = (f"${first + place}" for place in range(4))
    return (
        f"""({results}::text[] is null or v.email = l.email and {RESULT} = any({results}))
      and ({before}::timestamptz is null or v.email = l.email and v.checked_at < {before})""",
        f"(not {force} and coalesce(v.email = l.email and {fresh_mailbox(days)}, false))",
        force,
    )


# Whoever waits for DNS begins again, and whoever waits for a second no, without force too; whoever
# waits for a provider may be asked for just now.
FORCED = f"""update
    set anew = u.anew or excluded.anew, tries = case u.stage when 'domain' then 0 else u.tries end,
        due_at = case u.stage when 'domain' then excluded.due_at else u.due_at end,
        reason = case u.stage when 'domain' then null else u.reason end
    where excluded.anew or {SAID_NO}"""  # noqa: S608  # text of ours
DEMAND_OF_CAMPAIGN = _wait(MEMBERS, *_conditions(5), FORCED)
DEMAND = _wait(LISTED, *_conditions(3), FORCED)
AGAIN = _wait(
    OLD,
    f"""v.checked_at < now() - make_interval(days => $4)
      and ($6 or not {fresh_mailbox("$7")})
      and not exists (
        select from unvalidated w where w.workspace_id = $1 and w.lead_id = p.lead_id offset 0)""",
    "false",
    "true",
    "nothing",
    "$5",
)

# Each of them by one step along the key.
CHECKED = """
select (select lead_id from validations where workspace_id = $1 order by lead_id limit 1) first,
       (select lead_id from validations where workspace_id = $1 order by lead_id desc limit 1) last
"""

WITH_MAX_AGE = """
select id from workspaces where validation_max_age_days > 0 order by id
"""


class Looked(NamedTuple):
    """How many people were looked at, up to which id, and of those who are meant: how many wait
    now, of how many what is known is fresh, and how many did not wait before.
    """

    last: int
    people: int
    waiting: int
    fresh: int
    queued: int


class DemandRepository:
    """The queue of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def of_campaign(
        self, campaign_id: CampaignId, by: Demand, after: MapId, limit: int
    ) -> Looked:
        """Of the next ``limit`` members those who are meant."""
        arguments = (campaign_id, after, limit, *_arguments(by))
        return await self._look(DEMAND_OF_CAMPAIGN, *arguments)

    async def of_leads(self, lead_ids: Sequence[LeadId], by: Demand) -> Looked:
        return await self._look(DEMAND, lead_ids, *_arguments(by))

    async def older(
        self, days: int, after: LeadId, limit: int, most: int, *, mailboxes: bool
    ) -> Looked:
        """Of the next ``limit`` leads up to ``most`` whose result is older, and who do not wait.

        Without ``mailboxes`` nobody could find out more than what is known of one, and fresh.
        """
        return await self._look(AGAIN, after, limit, days, most, mailboxes, FRESH_DAYS)

    async def checked(self) -> tuple[LeadId, LeadId]:
        """The first and the last lead of whom anything is known; 0 where there is none."""
        [row] = await self._tx.rows(CHECKED, self._workspace_id)
        return LeadId(row["first"] or 0), LeadId(row["last"] or 0)

    async def _look(self, statement: str, *arguments: Any) -> Looked:
        [row] = await self._tx.rows(statement, self._workspace_id, *arguments)
        return Looked(**{**row, "last": row["last"] or 0})


async def workspaces_with_max_age(tx: Tx) -> list[WorkspaceId]:
    """Across workspaces, in order: which of them want no results that are old?"""
    return [WorkspaceId(row["id"]) for row in await tx.rows(WITH_MAX_AGE)]


def _arguments(by: Demand) -> tuple[Any, ...]:
    results = [result.value for result in by.results] or None
    return results, by.checked_before, by.force, FRESH_DAYS
