"""Batches in, and what became of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from app.campaigns.errors import CampaignNotFound
from app.campaigns.repository import CampaignRepository
from app.campaigns.schemas.fields import Campaign, CampaignPath
from app.deps import KeyedRoute, PageParams, Reader, ReadTx, WriteUnit, problems
from app.imports import operations
from app.imports.errors import (
    BatchTooLarge,
    EmailInvalid,
    EmailMissing,
    ImportNotFound,
    LedgerExpired,
)
from app.imports.reading import read_batch
from app.imports.repository import ImportRepository
from app.imports.rules import wanted_codes
from app.imports.schemas.batches import AddLeadsOut, RawAddLeadsIn
from app.imports.schemas.imports import (
    ImportOut,
    ImportsOut,
    LedgerOut,
    LedgerRowOut,
    OutcomeFilter,
)
from app.kit.fields import BIGGEST
from app.kit.pages import Cursor, InvalidCursor
from app.values import Code, ImportId, ImportState

router = APIRouter(tags=["Imports"], route_class=KeyedRoute)

ImportPath = Annotated[ImportId, Path(ge=1, le=BIGGEST, description="The import's id.")]
IMPORTS = Cursor("imports", int)
LEDGER = Cursor("ledger", int)


@router.post(
    "/campaigns/{campaign_id}/leads",
    responses=problems(CampaignNotFound, BatchTooLarge, EmailMissing, EmailInvalid),
)
async def add_leads(campaign_id: CampaignPath, body: RawAddLeadsIn, unit: WriteUnit) -> AddLeadsOut:
    """Add up to 400 leads to a campaign; each row gets a verdict."""
    batch = read_batch(body, unit.caller.defaults)
    return await unit.run(operations.add_batch, campaign_id, batch, answer=AddLeadsOut.of)


@router.get("/imports", responses=problems(CampaignNotFound, InvalidCursor))
async def list_imports(
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    campaign_id: Annotated[Campaign | None, Query(description="Into this campaign only.")] = None,
    state: Annotated[ImportState | None, Query(description="In this state only.")] = None,
) -> ImportsOut:
    """Imports, newest first."""
    if campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).get(campaign_id)
    after = page.after(IMPORTS)
    found = await ImportRepository(tx, caller.workspace_id).newest(
        campaign_id=campaign_id,
        state=state,
        before=after[0] if after else None,
        limit=page.limit + 1,
    )
    shown = page.cut(found, IMPORTS, lambda one: (one.id,))
    return ImportsOut(data=[ImportOut.of(one) for one in shown.rows], next_cursor=shown.next_cursor)


@router.get("/imports/{import_id}", responses=problems(ImportNotFound))
async def get_import(import_id: ImportPath, caller: Reader, tx: ReadTx) -> ImportOut:
    """What became of an import, in counts."""
    return ImportOut.of(await ImportRepository(tx, caller.workspace_id).get(import_id))


@router.get(
    "/imports/{import_id}/rows", responses=problems(ImportNotFound, LedgerExpired, InvalidCursor)
)
async def list_import_rows(
    import_id: ImportPath,
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    code: Annotated[Code | None, Query(description="Only rows with this verdict.")] = None,
    outcome: Annotated[
        OutcomeFilter | None,
        Query(description="Only rows with this outcome; `excluded` is skipped and failed."),
    ] = None,
) -> LedgerOut:
    """The ledger of an import: a line for every row, in the order in which they were sent."""
    after = page.after(LEDGER)
    rows = await ImportRepository(tx, caller.workspace_id).ledger(
        await operations.import_with_ledger(tx, caller, import_id),
        codes=wanted_codes(code, outcome),
        after=after[0] if after else 0,
        limit=page.limit + 1,
    )
    shown = page.cut(rows, LEDGER, lambda row: (row.row,))
    return LedgerOut(
        data=[LedgerRowOut.of(row) for row in shown.rows], next_cursor=shown.next_cursor
    )
