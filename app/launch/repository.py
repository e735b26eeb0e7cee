"""What a campaign's start asks of all campaigns, and what its removal takes with it."""

from app.gate.facts import ACTIVE_STATUSES, OVER, SENDING
from app.kit.db import Tx
from app.launch.rules import Overlap
from app.values import CampaignId, ClientId, WorkspaceId

LOOKED_AT = 100_000
"""Members that a start looks at: a third of a second, however many there are."""

# "Active" as the gate means it. Lateral with "offset 0": one index look-up per member, whatever
# the statistics say.
ACTIVE_ELSEWHERE = """
select count(*) looked_at, count(elsewhere.found) people
from (
    select lead_id, status from campaign_leads
    where workspace_id = $1 and campaign_id = $2 order by id desc limit $3) member
left join lateral (
    select true found
    from campaign_leads other
    cross join lateral (
        select 1 from campaigns
        where workspace_id = $1 and id = other.campaign_id and deleted_at is null
          and archived_at is null and not holding and status <> all($6::text[])
          and (other.status = any($4::text[]) or status = any($5::text[]))
          and (not $7::bool or client_id is not distinct from $8::bigint) offset 0) campaign
    where member.status = any($4::text[] || 'NOT_CONTACTED'::text)
      and other.workspace_id = $1 and other.lead_id = member.lead_id and other.campaign_id <> $2
      and other.status = any($4::text[] || 'NOT_CONTACTED'::text)
    limit 1) elsewhere on true
"""

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
        *,
        within_client: bool,
        client_id: ClientId | None,
        limit: int = LOOKED_AT,
    ) -> Overlap:
        """How many who are contacted from this campaign are active in another one?

        ``within_client``: only the campaigns of the same client are others.
        """
        [row] = await self._tx.rows(
            ACTIVE_ELSEWHERE,
            self._workspace_id,
            campaign_id,
            limit + 1,
            sorted(ACTIVE_STATUSES),
            sorted(SENDING),
            sorted(OVER),
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
