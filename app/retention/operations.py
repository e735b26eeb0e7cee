"""Remove what is past its time, one committed chunk at a time."""

from collections.abc import Awaitable, Callable

from app.kit import idempotency, jobs
from app.kit.db import Tx
from app.kit.jobs import Job, Lease, queue_all
from app.kit.resources import Resources
from app.retention.jobs import RemoveExpired, RemoveLeftovers
from app.retention.repository import RetentionRepository, workspaces_with_expired
from app.values import WorkspaceId
from app.workspaces.repository import WorkspaceRepository
from app.workspaces.rules import Policy

NOBODY = WorkspaceId(0)
CHUNK = 20_000
"""Rows that are removed in one transaction; well below two seconds."""
ANSWERS = 500
"""Of idempotency keys, which may be a megabyte each."""
IMPORTS_AT_ONCE = 40
"""Most are batches of 400 rows, so that the ledgers of so many fit into a chunk."""


async def queue_removals(resources: Resources) -> None:
    """A job for each workspace with something past its time, and one for what is nobody's.

    Workers ask this from time to time.
    """
    workspaces = await workspaces_with_expired(resources.database)
    removals: list[Job] = [RemoveLeftovers(NOBODY), *map(RemoveExpired, workspaces)]
    async with resources.database.transaction() as tx:
        await queue_all(tx, removals, singleton=True)


async def remove_expired(resources: Resources, lease: Lease) -> None:
    """What the workspace's policy does not keep any longer: ledgers, then events."""
    await _in_chunks(resources, lease, _remove_ledgers)
    await _in_chunks(resources, lease, _remove_events)


async def remove_leftovers(resources: Resources, lease: Lease) -> None:
    """Answers that no client can ask for again, and jobs that ended long ago."""
    await _in_chunks(resources, lease, lambda tx, _: idempotency.remove_expired(tx, ANSWERS))
    await _in_chunks(resources, lease, lambda tx, _: jobs.remove_ended(tx, CHUNK))


async def _in_chunks(
    resources: Resources, lease: Lease, remove: Callable[[Tx, WorkspaceId], Awaitable[int]]
) -> None:
    """Until nothing was left to remove. Safe to kill and to run twice."""

    async def chunk(tx: Tx) -> int:
        removed = await remove(tx, lease.workspace_id)
        await lease.fence(tx)
        return removed

    while await resources.database.run(chunk):
        pass


async def _remove_ledgers(tx: Tx, workspace_id: WorkspaceId) -> int:
    """Gives how many imports it took up."""
    days = (await _policy(tx, workspace_id)).ledger_retention_days
    retention = RetentionRepository(tx, workspace_id)
    expired = await retention.expired_imports(days, IMPORTS_AT_ONCE) if days else []
    if expired and await retention.remove_ledgers(expired, CHUNK) < CHUNK:
        await retention.note_removal(expired)
    return len(expired)


async def _remove_events(tx: Tx, workspace_id: WorkspaceId) -> int:
    days = (await _policy(tx, workspace_id)).event_retention_days
    return await RetentionRepository(tx, workspace_id).remove_events(days, CHUNK) if days else 0


async def _policy(tx: Tx, workspace_id: WorkspaceId) -> Policy:
    """As it is now: whoever changes it while a removal runs is heard at its next chunk."""
    return (await WorkspaceRepository(tx, workspace_id).get()).policy
