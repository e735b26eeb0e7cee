"""What people ask to be undone: an import, or all imports of a push."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.audit import operations as audit
from app.campaigns.repository import CampaignRepository
from app.imports.errors import HistoryExpired, ImportStateConflict, NothingToUndo
from app.imports.jobs import UndoImports
from app.imports.operations.ledgers import check_ledger, look_up_push, push_with_ledgers
from app.imports.operations.steering import look_up, reached
from app.imports.operations.undoing import CHUNK, next_rows
from app.imports.records import NOTHING_UNDONE, Import, Push, Undoing, UndoneRow
from app.imports.repository.imports import ImportRepository
from app.imports.repository.ledger import DoneRow, LedgerRepository
from app.imports.repository.pushes import PushRepository
from app.imports.repository.runs import RunRepository
from app.imports.rules import is_ledger_expired, kept_since
from app.imports.states import UNDO
from app.kit.db import Tx
from app.kit.jobs import queue
from app.leads.undo import foretell
from app.values import ImportId, ImportState, UndoCode, UndoOutcome
from app.workspaces.rules import Caller

FORETOLD = 100_000
"""Rows that a dry run looks at, within seconds; ``rows_done`` says when that is not all."""
NAMED = 100
"""Kept rows that a dry run names; of the real one the ledger names all."""


async def undo_import(
    tx: Tx, caller: Caller, import_id: ImportId, *, dry_run: bool = False
) -> Import:
    """Queue it; one that failed goes on where it was. ``dry_run`` only says what would happen.

    Raises ImportNotFound, ImportStateConflict, CampaignNotFound, NothingToUndo, LedgerExpired,
    HistoryExpired.
    """
    found = await ImportRepository(tx, caller.workspace_id).get(import_id, for_change=not dry_run)
    if found.state not in UNDO.leaves:
        return await reached(tx, caller, found, UNDO)
    if found.is_dry_run or found.suppresses or found.campaign_id is None:
        raise NothingToUndo
    check_ledger(found, caller)
    _check_history(found, caller)
    campaigns = CampaignRepository(tx, caller.workspace_id)
    if dry_run:
        await campaigns.get(found.campaign_id)
        return replace(found, undo=await _foretold(tx, caller, [import_id]), settled=True)
    await campaigns.enter(found.campaign_id)
    await _queue(tx, caller, [import_id], "import", import_id)
    return await look_up(tx, caller, import_id)


def _check_history(found: Import, caller: Caller) -> None:
    """Raises HistoryExpired."""
    days = caller.policy.event_retention_days
    if is_ledger_expired(found.started_at, days, datetime.now(UTC)):
        raise HistoryExpired


async def undo_push(tx: Tx, caller: Caller, name: str, *, dry_run: bool = False) -> Push:
    """The same of all its imports, the newest first; without drafts, and those that are too old.

    Raises PushNotFound, ImportStateConflict while one is not over, LedgerExpired, NothingToUndo.
    """
    found = await look_up_push(tx, caller, name)
    await _check_states(tx, caller, found)
    if UNDO.reached & found.by_state.keys() and not UNDO.leaves & found.by_state.keys():
        return replace(found, settled=True)
    await push_with_ledgers(tx, caller, name)
    policy, now = caller.policy, datetime.now(UTC)
    import_ids = await PushRepository(tx, caller.workspace_id).undoable(
        name,
        UNDO.leaves,
        kept_since(policy.ledger_retention_days, now),
        kept_since(policy.event_retention_days, now),
    )
    if not import_ids and not UNDO.reached & found.by_state.keys():
        raise NothingToUndo
    if dry_run:
        return replace(found, undo=await _foretold(tx, caller, import_ids), settled=True)
    if import_ids:
        await _queue(tx, caller, import_ids, "push", name)
    return await look_up_push(tx, caller, name)


async def _check_states(tx: Tx, caller: Caller, push: Push) -> None:
    """Raises ImportStateConflict with the newest import that is not over."""
    over = UNDO.leaves | UNDO.reached | {ImportState.DRAFT}
    for state in map(ImportState, push.by_state):
        if state not in over:
            imports = ImportRepository(tx, caller.workspace_id)
            [one] = await imports.newest(push=push.name, state=state, limit=1)
            raise ImportStateConflict(UNDO.name, state, one.id)


async def _queue(
    tx: Tx, caller: Caller, import_ids: Sequence[ImportId], kind: str, named: int | str
) -> None:
    job_id = await queue(tx, UndoImports(caller.workspace_id))
    await RunRepository(tx, caller.workspace_id).undo(import_ids, UNDO.leaves, job_id)
    await audit.record(tx, caller, f"{kind}.undone", f"{kind}:{named}")


async def _foretold(tx: Tx, caller: Caller, import_ids: Sequence[ImportId]) -> Undoing:
    """What would become of them, of each as if those before it were undone."""
    done, kept = NOTHING_UNDONE, list[UndoneRow]()
    for nr, import_id in enumerate(import_ids, 1):
        found = await ImportRepository(tx, caller.workspace_id).watched(import_id)
        assert found.campaign_id, "lists are not undone"
        so_far = found.undo or NOTHING_UNDONE
        done = done.plus(so_far.rows_done, so_far.by_code)
        while so_far.rows_done < found.rows_done and done.rows_done < FORETOLD:
            rows = await next_rows(LedgerRepository(tx, caller.workspace_id), found, so_far)
            traces, place = [row.trace for row in rows], (found.campaign_id, import_id)
            codes = await foretell(tx, caller.workspace_id, *place, traces, import_ids[:nr])
            kept += _kept(import_id, rows, codes)[: NAMED - len(kept)]
            looked_at = min(CHUNK, found.rows_done - so_far.rows_done)
            so_far = so_far.plus(looked_at, {})
            done = done.plus(looked_at, Counter(codes.values()))
    return replace(done, foretold=tuple(kept))


def _kept(
    import_id: ImportId, rows: list[DoneRow], codes: Mapping[int, UndoCode]
) -> list[UndoneRow]:
    found = [
        UndoneRow(import_id, trace.row_no, email, trace.lead_id, codes[trace.row_no])
        for trace, email in rows
    ]
    return [row for row in found if row.code.outcome is UndoOutcome.KEPT]
