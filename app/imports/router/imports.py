"""Batches in, and what became of them."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from app.campaigns.errors import CampaignNotFound
from app.campaigns.repository import CampaignRepository
from app.campaigns.schemas.fields import Campaign, CampaignPath
from app.deps import KeyedRoute, PageParams, Reader, ReadTx, Unit, WriteUnit, problems
from app.imports.errors import (
    BatchTooLarge,
    EmailInvalid,
    EmailMissing,
    HistoryExpired,
    ImportNotFound,
    ImportStateConflict,
    LedgerExpired,
    MappingRefused,
    NothingToUndo,
)
from app.imports.operations import creating, steering, undo
from app.imports.operations.batches import add_batch
from app.imports.operations.ledgers import import_with_ledger
from app.imports.reading import read_batch
from app.imports.records import Import
from app.imports.repository.imports import ImportRepository
from app.imports.repository.ledger import LedgerRepository
from app.imports.router.following import STEERED, location, steered
from app.imports.router.parameters import CodeParam, OutcomeParam
from app.imports.router.paths import ImportPath
from app.imports.rules import wanted_codes
from app.imports.schemas.batches import AddLeadsOut, RawAddLeadsIn
from app.imports.schemas.fields import Push
from app.imports.schemas.files import DecideImportIn, StartImportIn, UndoImportIn
from app.imports.schemas.imports import ImportOut, ImportsOut
from app.imports.schemas.ledger import LedgerOut, LedgerRowOut
from app.kit.db import Tx
from app.kit.pages import Cursor, InvalidCursor
from app.leads.errors import LeadListOff, LeadNotFound, MoveLeadsOff
from app.values import ImportId, ImportState, UndoOutcome
from app.workspaces.rules import Caller

router = APIRouter(route_class=KeyedRoute)

IMPORTS = Cursor("imports", int)
LEDGER = Cursor("ledger", int)


@router.post(
    "/campaigns/{campaign_id}/leads",
    responses=problems(CampaignNotFound, BatchTooLarge, EmailMissing, EmailInvalid),
)
async def add_leads(campaign_id: CampaignPath, body: RawAddLeadsIn, unit: WriteUnit) -> AddLeadsOut:
    """Add up to 400 leads to a campaign; each row gets a verdict."""
    batch = read_batch(body, unit.caller.defaults)
    return await unit.run(add_batch, campaign_id, batch, answer=AddLeadsOut.of)


@router.get("/imports", responses=problems(CampaignNotFound, InvalidCursor))
async def list_imports(
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    campaign_id: Annotated[Campaign | None, Query(description="Into this campaign only.")] = None,
    state: Annotated[ImportState | None, Query(description="In this state only.")] = None,
    push: Annotated[Push | None, Query(description="Of this push only.")] = None,
) -> ImportsOut:
    """Imports, newest first."""
    if campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).get(campaign_id)
    after = page.after(IMPORTS)
    found = await ImportRepository(tx, caller.workspace_id).newest(
        campaign_id=campaign_id,
        state=state,
        push=push,
        before=after[0] if after else None,
        limit=page.limit + 1,
    )
    shown = page.cut(found, IMPORTS, lambda one: (one.id,))
    return ImportsOut(data=[ImportOut.of(one) for one in shown.rows], next_cursor=shown.next_cursor)


@router.get("/imports/{import_id}", responses=problems(ImportNotFound))
async def get_import(import_id: ImportPath, caller: Reader, tx: ReadTx) -> ImportOut:
    """How far an import is, or what became of it, in counts."""
    return ImportOut.of(await steering.look_up(tx, caller, import_id))


@router.patch(
    "/imports/{import_id}", responses=problems(ImportNotFound, ImportStateConflict, MappingRefused)
)
async def decide_import(import_id: ImportPath, body: DecideImportIn, unit: WriteUnit) -> ImportOut:
    """Change what a draft will do: its mapping, and the terms on which its rows come in."""
    return await unit.run(
        creating.decide_import, import_id, body.settings.decisions(), answer=ImportOut.of
    )


@router.post(
    "/imports/{import_id}/start",
    status_code=202,
    responses=STEERED
    | problems(
        ImportNotFound,
        ImportStateConflict,
        CampaignNotFound,
        LeadNotFound,
        MoveLeadsOff,
        LeadListOff,
        MappingRefused,
        LedgerExpired,
    ),
)
async def start_import(
    import_id: ImportPath, unit: WriteUnit, body: StartImportIn | None = None
) -> ImportOut:
    """Begin. After a dry run `{"dry_run": false}` does for real what it foretold."""
    run = partial(steering.start_import, dry_run=body.dry_run if body else None)
    return await _steer(unit, run, import_id)


ASKED = STEERED | problems(ImportNotFound, ImportStateConflict)
TAKEN_UP = STEERED | problems(ImportNotFound, ImportStateConflict, CampaignNotFound, LedgerExpired)


@router.post("/imports/{import_id}/pause", status_code=202, responses=ASKED)
async def pause_import(import_id: ImportPath, unit: WriteUnit) -> ImportOut:
    """Stop after the chunk that runs; until then `wish` says so."""
    return await _steer(unit, steering.pause_import, import_id)


@router.post("/imports/{import_id}/resume", status_code=202, responses=TAKEN_UP)
async def resume_import(import_id: ImportPath, unit: WriteUnit) -> ImportOut:
    """Go on with a paused import where it stopped."""
    return await _steer(unit, steering.resume_import, import_id)


@router.post("/imports/{import_id}/cancel", status_code=202, responses=ASKED)
async def cancel_import(import_id: ImportPath, unit: WriteUnit) -> ImportOut:
    """End it after the chunk that runs. What went in stays."""
    return await _steer(unit, steering.cancel_import, import_id)


@router.post(
    "/imports/{import_id}/retry",
    status_code=202,
    responses=TAKEN_UP,
)
async def retry_import(import_id: ImportPath, unit: WriteUnit) -> ImportOut:
    """Go on with a failed import where it failed; or at once, if it waits for another try."""
    return await _steer(unit, steering.retry_import, import_id)


@router.post(
    "/imports/{import_id}/undo",
    status_code=202,
    responses=STEERED
    | problems(
        ImportNotFound,
        ImportStateConflict,
        CampaignNotFound,
        NothingToUndo,
        LedgerExpired,
        HistoryExpired,
    ),
)
async def undo_import(
    import_id: ImportPath, unit: WriteUnit, body: UndoImportIn | None = None
) -> ImportOut:
    """Take back what it did; `{"dry_run": true}` only says what that would be.

    Who came in by it goes out, whom it changed is as before, and no deletion is remembered. Whoever
    something has happened to since stays as they are: a change, contact, another campaign. The
    ledger names them, with the reason.
    """
    run = partial(undo.undo_import, dry_run=bool(body and body.dry_run))
    return await _steer(unit, run, import_id)


async def _steer(
    unit: Unit,
    operation: Callable[[Tx, Caller, ImportId], Awaitable[Import]],
    import_id: ImportId,
) -> ImportOut:
    return await unit.run(
        operation, import_id, answer=ImportOut.of, status=steered, headers=location
    )


@router.get(
    "/imports/{import_id}/rows", responses=problems(ImportNotFound, LedgerExpired, InvalidCursor)
)
async def list_import_rows(
    import_id: ImportPath,
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    code: CodeParam = None,
    outcome: OutcomeParam = None,
    undo: Annotated[
        UndoOutcome | None, Query(description="Only rows of which undoing made this.")
    ] = None,
) -> LedgerOut:
    """The ledger of an import: a line for every row, in the order in which they were sent."""
    after = page.after(LEDGER)
    rows = await LedgerRepository(tx, caller.workspace_id).page(
        await import_with_ledger(tx, caller, import_id),
        codes=wanted_codes(code, outcome),
        undo=undo,
        after=after[0] if after else 0,
        limit=page.limit + 1,
    )
    shown = page.cut(rows, LEDGER, lambda row: (row.row,))
    return LedgerOut(
        data=[LedgerRowOut.of(row) for row in shown.rows], next_cursor=shown.next_cursor
    )
