"""Count, and fold what was counted."""

from collections.abc import Iterable

from app.counters.jobs import FoldCounters
from app.counters.repository import CounterRepository, workspaces_with_deltas
from app.counters.rules import Delta, summed
from app.kit.db import Tx
from app.kit.jobs import Lease, queue_all
from app.kit.resources import Resources
from app.values import WorkspaceId

CHUNK = 20_000
"""Deltas that are folded in one transaction; well below two seconds."""


async def write(tx: Tx, workspace_id: WorkspaceId, deltas: Iterable[Delta]) -> None:
    """Count, in the transaction of the change: no other transaction waits for what this writes."""
    if rows := summed(deltas):
        await CounterRepository(tx, workspace_id).write(rows)


async def queue_folds(resources: Resources) -> None:
    """Queue the fold of each workspace that has deltas.

    Workers ask this from time to time. A batch does not queue it: batches of a workspace would
    wait for one another at its singleton.
    """
    workspaces = await workspaces_with_deltas(resources.database)
    if not workspaces:
        return
    async with resources.database.transaction() as tx:
        await queue_all(tx, [FoldCounters(id_) for id_ in workspaces], singleton=True)


async def fold_counters(resources: Resources, lease: Lease) -> None:
    """Chunk by chunk until one is not full. Twice at once is harmless: each delta counts once."""

    async def fold(tx: Tx) -> int:
        folded = await CounterRepository(tx, lease.workspace_id).fold(CHUNK)
        await lease.fence(tx)
        return folded

    while await resources.database.run(fold) == CHUNK:
        pass
