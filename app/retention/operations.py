"""Remove what is past its time, one committed chunk at a time."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from app.kit import idempotency, jobs
from app.kit.db import Tx
from app.kit.jobs import Job, Lease, queue_all
from app.kit.resources import Resources
from app.retention.jobs import RemoveExpired, RemoveLeftovers
from app.retention.repository import (
    DRAFT_DAYS,
    RetentionRepository,
    remove_budgets,
    remove_domains,
    workspaces_with_expired,
)
from app.uploads.repository import unrecorded
from app.uploads.rules import ENDED_DAYS, UNUSED_DAYS, file_at, path_of
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
DOMAINS = 500
"""For each the leads of every workspace are looked at."""
DOMAIN_DAYS = 90
"""After what is known of a domain has expired."""
BUDGET_DAYS = 400
"""So that a month can be compared with that of the year before."""
UPLOADS_AT_ONCE = 1000
"""As many as a bucket removes with one request."""
NOBODYS_AFTER = timedelta(days=1)
"""No request and no conversion takes so long; what nobody recorded by then, nobody will."""


async def queue_removals(resources: Resources) -> None:
    """A job for each workspace with something past its time, and one for what is nobody's.

    Workers ask this from time to time.
    """
    workspaces = await workspaces_with_expired(resources.database)
    removals: list[Job] = [RemoveLeftovers(NOBODY), *map(RemoveExpired, workspaces)]
    async with resources.database.transaction() as tx:
        await queue_all(tx, removals, singleton=True)


async def remove_expired(resources: Resources, lease: Lease) -> None:
    """What the workspace's policy does not keep any longer: ledgers, events, drafts, uploads."""
    await _in_chunks(resources, lease, _remove_ledgers)
    await _in_chunks(resources, lease, _remove_events)
    await _in_chunks(resources, lease, _cancel_drafts)
    await _remove_uploads(resources, lease)


async def remove_leftovers(resources: Resources, lease: Lease) -> None:
    """Answers that no client can ask for again, jobs that ended long ago, files of no upload, mail
    domains of nobody, and what was spent with providers in other years.
    """
    await _in_chunks(resources, lease, lambda tx, _: idempotency.remove_expired(tx, ANSWERS))
    await _in_chunks(resources, lease, lambda tx, _: jobs.remove_ended(tx, CHUNK))
    await _in_chunks(resources, lease, lambda tx, _: remove_budgets(tx, BUDGET_DAYS))
    await _remove_domains(resources, lease)
    await _remove_files(resources)


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


async def _remove_uploads(resources: Resources, lease: Lease) -> None:
    """The rows, then the files: whoever makes an import of one meanwhile holds its row.

    Killed in between, it leaves files that are no uploads any more.
    """

    async def chunk(tx: Tx) -> list[str]:
        retention = RetentionRepository(tx, lease.workspace_id)
        removed = await retention.remove_uploads(UNUSED_DAYS, ENDED_DAYS, UPLOADS_AT_ONCE)
        await lease.fence(tx)
        return [path_of(lease.workspace_id, upload_id) for upload_id in removed]

    while paths := await resources.database.run(chunk):
        await resources.storage.remove(paths)


async def _remove_domains(resources: Resources, lease: Lease) -> None:
    last: str | None = ""

    async def chunk(tx: Tx) -> str | None:
        found = await remove_domains(tx, last or "", DOMAIN_DAYS, DOMAINS)
        await lease.fence(tx)
        return found

    while last is not None:
        last = await resources.database.run(chunk)


async def _remove_files(resources: Resources) -> None:
    """Those that are no uploads; whoever sent or removed them was killed before the end."""
    before = datetime.now(UTC) - NOBODYS_AFTER
    await resources.storage.remove_unfinished(before)
    async for paths in resources.storage.older(before):
        ours = [found for path in paths if (found := file_at(path))]
        nobodys = await unrecorded(resources.database, ours)
        await resources.storage.remove([path_of(*one) for one in nobodys])


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


async def _cancel_drafts(tx: Tx, workspace_id: WorkspaceId) -> int:
    """They hold their files, and never end by themselves."""
    return await RetentionRepository(tx, workspace_id).cancel_drafts(DRAFT_DAYS, CHUNK)


async def _policy(tx: Tx, workspace_id: WorkspaceId) -> Policy:
    """As it is now: whoever changes it while a removal runs is heard at its next chunk."""
    return (await WorkspaceRepository(tx, workspace_id).get()).policy
