"""Undo imports, one committed chunk at a time, from the last row to the first.

A chunk's people, its ledger and how far the import is commit together, and only for the job that
holds the lease.
"""

from collections import Counter

from app.campaigns.errors import CampaignNotFound
from app.campaigns.repository import CampaignRepository
from app.imports.records import NOTHING_UNDONE, Import, Undoing
from app.imports.repository.imports import ImportRepository
from app.imports.repository.ledger import DoneRow, LedgerRepository
from app.imports.repository.runs import RunRepository
from app.kit.db import Tx
from app.kit.jobs import Lease, WishGranted
from app.kit.resources import Resources
from app.leads.undo import undo

CHUNK = 2_000
"""Lines of the ledger; undoing all of them takes well below two seconds."""


async def next_rows(ledger: LedgerRepository, found: Import, done: Undoing) -> list[DoneRow]:
    """What the last rows did that are not looked at yet."""
    last = found.rows_done - done.rows_done
    return await ledger.did_something(found, max(1, last - CHUNK + 1), last)


async def run_undo(resources: Resources, lease: Lease) -> None:
    """The newest import first, so that whom several changed is in the end as before all."""

    async def chunk(tx: Tx) -> bool:
        found = await ImportRepository(tx, lease.workspace_id).undoing(lease.job_id)
        done = await _undo_some(tx, lease, found) if found else None
        await lease.fence(tx, done)
        return found is not None

    while await resources.database.run(chunk):
        pass


async def _undo_some(tx: Tx, lease: Lease, found: Import) -> dict[str, int] | None:
    """One chunk; gives how far the import is. One whose campaign was deleted ends here, and the
    others of its push go on.
    """
    assert found.campaign_id, "lists are not undone"
    try:
        await CampaignRepository(tx, lease.workspace_id).enter(found.campaign_id)
    except CampaignNotFound:
        runs = RunRepository(tx, lease.workspace_id)
        await runs.fail_undo(lease.job_id, "The campaign was deleted", found.id)
        return None
    ledger, before = LedgerRepository(tx, lease.workspace_id), found.undo or NOTHING_UNDONE
    rows = [row.trace for row in await next_rows(ledger, found, before)]
    codes = await undo(tx, lease.workspace_id, found.campaign_id, found.id, rows) if rows else {}
    if codes:
        await ledger.note_undone(found, codes)
    after = before.plus(min(CHUNK, found.rows_done - before.rows_done), Counter(codes.values()))
    is_last = after.rows_done == found.rows_done
    runs = RunRepository(tx, lease.workspace_id)
    if not await runs.advance_undo(found.id, lease.job_id, after, is_last=is_last):
        raise WishGranted
    return {"import_id": found.id, "rows_done": after.rows_done}


async def fail_undo(resources: Resources, lease: Lease, error: str) -> None:
    """Its job has failed for good."""
    async with resources.database.transaction() as tx:
        await RunRepository(tx, lease.workspace_id).fail_undo(lease.job_id, error)
        await lease.fence(tx)
