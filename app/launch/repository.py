"""What a campaign's start asks of all campaigns, and what its removal takes with it."""

from collections.abc import Collection

from app.gate.repository import active
from app.kit.db import Tx
from app.launch.rules import Overlap
from app.values import CampaignId, ClientId, LeadStatus, WorkspaceId

LOOKED_AT = 100_000
"""Members that a start looks at: a third of a second, however many there are."""

# Lateral with "offset 0": one index look-up per member, whatever the statistics say.
ACTIVE_ELSEWHERE = f"""
select count(*) looked_at, count(elsewhere.found) people
from (
    select lead_id, status from campaign_leads
    where workspace_id = $1 and campaign_id = $2 order by id desc limit $3) member
left join lateral (
    select true found
    from campaign_leads other
    cross join lateral (
        select 1 from campaigns c
        where c.workspace_id = $1 and c.id = other.campaign_id and c.deleted_at is null
          and {active("other", "c")}
          and (not $5::bool or c.client_id is not distinct from $6::bigint) offset 0) campaign
    where member.status = any($4::text[])
      and other.workspace_id = $1 and other.lead_id = member.lead_id and other.campaign_id <> $2
    limit 1) elsewhere on true
"""  # noqa: S608  # text of ours

REMOVED = (
    ("campaign_leads", "id"),
    ("lead_events", "id"),
    ("tombstones", "email"),
    ("suppressions", "id"),
    ("counter_deltas", "id"),
)
"""Tables of any length, with the key that tells a campaign's rows apart.

Memberships first: whoever changes one of them holds it locked, so that whatever they write
besides is there before the tables that follow are looked at.
"""
REMOVE_SOME = """
with gone as (
    delete from {table}
    where workspace_id = $1 and campaign_id = $2 and {key} = any(array(
        select {key} from {table} where workspace_id = $1 and campaign_id = $2 limit $3))
    returning 1)
select count(*) from gone
"""
REMOVE_REST = (
    "delete from counter_deltas where workspace_id = $1 and campaign_id = $2",
    "delete from counters where workspace_id = $1 and campaign_id = $2",
    "delete from sequence_steps where workspace_id = $1 and campaign_id = $2",
    "delete from campaigns where workspace_id = $1 and id = $2 and deleted_at is not null",
)
"""In this order: a fold that is running takes deltas first, then counters."""


class LaunchRepository:
    """Reads and removes what belongs to a campaign, in the tables of all domains."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def active_elsewhere(
        self,
        campaign_id: CampaignId,
        statuses: Collection[LeadStatus],
        *,
        within_client: bool,
        client_id: ClientId | None,
        limit: int = LOOKED_AT,
    ) -> Overlap:
        """How many who are here with one of these statuses are active in another campaign?

        ``within_client``: only the campaigns of the same client are others.
        """
        [row] = await self._tx.rows(
            ACTIVE_ELSEWHERE,
            self._workspace_id,
            campaign_id,
            limit + 1,
            sorted(statuses),
            within_client,
            client_id,
        )
        looked_at = row["looked_at"]
        return Overlap(row["people"], min(looked_at, limit), is_exact=looked_at <= limit)

    async def remove_some(self, campaign_id: CampaignId, table: str, key: str, limit: int) -> int:
        """Up to ``limit`` rows of one of the tables REMOVED; gives how many."""
        statement = REMOVE_SOME.format(table=table, key=key)
        [row] = await self._tx.rows(statement, self._workspace_id, campaign_id, limit)
        removed: int = row["count"]
        return removed

    async def remove_rest(self, campaign_id: CampaignId) -> None:
        """What is short, and at last the campaign itself."""
        for statement in REMOVE_REST:
            await self._tx.rows(statement, self._workspace_id, campaign_id)
