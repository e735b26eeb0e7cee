"""Kept counts: what was folded, and the deltas that are left."""

from collections.abc import Sequence

from app.counters.rules import Delta
from app.kit.db import Database, Tx
from app.values import CampaignId, WorkspaceId

WRITE = """
insert into counter_deltas (workspace_id, campaign_id, counter, day, n)
select $1, campaign_id, counter, coalesce(day, (now() at time zone 'UTC')::date), n
from unnest($2::bigint[], $3::text[], $4::date[], $5::bigint[]) delta(campaign_id, counter, day, n)
"""

TOTALS = """
select campaign_id, counter, sum(n)::bigint n
from (
    select folded.* from unnest($2::bigint[]) wanted(id) cross join lateral (
        select campaign_id, counter, n from counters
        where workspace_id = $1 and campaign_id = wanted.id offset 0) folded
    union all
    select campaign_id, counter, n from counter_deltas
    where workspace_id = $1 and campaign_id = any($2::bigint[])) counted
group by campaign_id, counter
"""

# All deltas of the chunk are deleted before the first sum is touched (the grouping needs them all),
# and the sums are taken in the order of their key: two folds at once cannot deadlock.
FOLD = """
with chunk as (
    delete from counter_deltas where workspace_id = $1 and id = any(array(
        select id from counter_deltas where workspace_id = $1 order by id limit $2))
    returning campaign_id, counter, day, n),
folded as (
    insert into counters (workspace_id, campaign_id, counter, day, n)
    select $1, campaign_id, counter, day, sum(n) from chunk
    group by campaign_id, counter, day order by campaign_id, counter, day
    on conflict (workspace_id, campaign_id, counter, day) do update set n = counters.n + excluded.n)
select count(*) from chunk
"""

# From one workspace to the next by the index, however many deltas each has.
WITH_DELTAS = """
with recursive found as (
    (select workspace_id from counter_deltas order by workspace_id limit 1)
    union all
    select (select d.workspace_id from counter_deltas d where d.workspace_id > found.workspace_id
            order by d.workspace_id limit 1)
    from found where found.workspace_id is not null)
select workspace_id from found where workspace_id is not null
"""


class CounterRepository:
    """The counters of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def write(self, deltas: Sequence[Delta]) -> None:
        await self._tx.rows(
            WRITE,
            self._workspace_id,
            [delta.campaign_id for delta in deltas],
            [delta.counter for delta in deltas],
            [delta.day for delta in deltas],
            [delta.n for delta in deltas],
        )

    async def totals(self, campaign_ids: Sequence[CampaignId]) -> dict[CampaignId, dict[str, int]]:
        """Exact at any time: one statement sees a delta either folded or not. Each id is there."""
        totals: dict[CampaignId, dict[str, int]] = {id_: {} for id_ in campaign_ids}
        for row in await self._tx.rows(TOTALS, self._workspace_id, list(totals)):
            totals[row["campaign_id"]][row["counter"]] = row["n"]
        return totals

    async def fold(self, limit: int) -> int:
        """Add the oldest deltas to their sums; gives how many there were."""
        [row] = await self._tx.rows(FOLD, self._workspace_id, limit)
        folded: int = row["count"]
        return folded


async def workspaces_with_deltas(database: Database) -> list[WorkspaceId]:
    """Across workspaces, in order: who has something to fold?"""
    return [WorkspaceId(row["workspace_id"]) for row in await database.fetch(WITH_DELTAS)]
