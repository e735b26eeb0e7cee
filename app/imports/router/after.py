"""What people ask after an import: who stood in the way, which rows to send again, whose addresses
are good."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.campaigns.errors import CampaignNotFound
from app.deps import AppResources, KeyedRoute, PageParams, Reader, ReadTx, WriteUnit, problems
from app.imports import examples
from app.imports.breakdown import By
from app.imports.errors import (
    ImportNotFound,
    ImportStateConflict,
    LedgerExpired,
    NothingToUndo,
    PushNotFound,
)
from app.imports.operations import ledgers, refused, undo
from app.imports.operations.validation import validation_of
from app.imports.repository.ledgers import Ledgers
from app.imports.router.following import SETTLED, steered
from app.imports.router.parameters import CodeParam, OutcomeParam
from app.imports.router.paths import ImportPath, PushPath, PushRoute
from app.imports.rules import Tally, refused_codes
from app.imports.schemas.after import BreakdownOut, PushOut
from app.imports.schemas.files import UndoImportIn
from app.kit.csv_answers import CsvAnswer
from app.kit.db import Tx
from app.kit.pages import Cursor, InvalidCursor, Page
from app.leads.schemas.progress import ValidationProgressOut
from app.workspaces.rules import Caller

router = APIRouter()
imports = APIRouter(route_class=KeyedRoute)
pushes = APIRouter(route_class=PushRoute)

ByParam = Annotated[By, Query(description="What the rows are counted under.")]
REFUSED_ROWS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"example": examples.REFUSED}}, "description": "RFC 4180, UTF-8."}
}
LINES = {by: Cursor(f"breakdown-{by}", int, str) for by in By}


@imports.get(
    "/imports/{import_id}/breakdown",
    responses=problems(ImportNotFound, LedgerExpired, InvalidCursor),
)
async def break_down_import(
    import_id: ImportPath, caller: Reader, tx: ReadTx, page: PageParams, by: ByParam = By.CAMPAIGN
) -> BreakdownOut:
    """Who stands in the way, largest first: campaigns, mail domains, source tags, list entries.

    By normalisation: why addresses were read otherwise than they were written. Each page reads all
    refused rows of the latest run once.
    """
    found = await ledgers.import_with_ledger(tx, caller, import_id)
    return await _breakdown(tx, caller, Ledgers.of_import(found), found.tally, by, page)


@imports.get(
    "/imports/{import_id}/rejected.csv",
    status_code=200,
    response_class=CsvAnswer,
    responses=REFUSED_ROWS | problems(ImportNotFound, LedgerExpired),
)
async def download_rejected_rows(
    import_id: ImportPath,
    caller: Reader,
    resources: AppResources,
    code: CodeParam = None,
    outcome: OutcomeParam = None,
) -> CsvAnswer:
    """The rows that did not get in, in the columns in which they were sent, to be sent again.

    Behind them stand `code`, `reason` and `row`, which an import leaves out. A cell that a
    spreadsheet would take for a formula begins with `'`, which an import takes off.
    """
    codes = refused_codes(code, outcome)
    found = await refused.refused_of_import(resources, caller, import_id, codes)
    return CsvAnswer(f"import-{import_id}-rejected.csv", found.pages())


@imports.get(
    "/imports/{import_id}/validation", responses=problems(ImportNotFound, CampaignNotFound)
)
async def get_validation_of_import(
    import_id: ImportPath, caller: Reader, tx: ReadTx
) -> ValidationProgressOut:
    """How far the check of those is whom it brought into the campaign, and who are still there."""
    found, progress = await validation_of(tx, caller, import_id)
    return ValidationProgressOut.of(progress, found.campaign_id, import_id)


@pushes.get("/pushes/{push_name}", responses=problems(PushNotFound))
async def get_push(push_name: PushPath, caller: Reader, tx: ReadTx) -> PushOut:
    """What became of all imports of one `settings.push` together.

    The name stands in the path as one segment, with its own slashes as `%2F`.
    """
    return PushOut.of(await ledgers.look_up_push(tx, caller, push_name))


@pushes.get(
    "/pushes/{push_name}/breakdown", responses=problems(PushNotFound, LedgerExpired, InvalidCursor)
)
async def break_down_push(
    push_name: PushPath, caller: Reader, tx: ReadTx, page: PageParams, by: ByParam = By.CAMPAIGN
) -> BreakdownOut:
    """The same as of one import, of all imports of a push whose rows are still kept."""
    tally, of_push = await ledgers.push_with_ledgers(tx, caller, push_name)
    return await _breakdown(tx, caller, of_push, tally, by, page)


@pushes.get(
    "/pushes/{push_name}/rejected.csv",
    status_code=200,
    response_class=CsvAnswer,
    responses=REFUSED_ROWS | problems(PushNotFound, LedgerExpired),
)
async def download_rejected_rows_of_push(
    push_name: PushPath,
    caller: Reader,
    resources: AppResources,
    code: CodeParam = None,
    outcome: OutcomeParam = None,
) -> CsvAnswer:
    """The same as of one import, of all imports of a push whose rows are still kept.

    A last column says which `import_id` each row is of.
    """
    found = await refused.refused_of_push(
        resources, caller, push_name, refused_codes(code, outcome)
    )
    return CsvAnswer("push-rejected.csv", found.pages())


@pushes.post(
    "/pushes/{push_name}/undo",
    status_code=202,
    responses={
        200: {"model": PushOut, "description": SETTLED},
        **problems(PushNotFound, ImportStateConflict, LedgerExpired, NothingToUndo),
    },
)
async def undo_push(
    push_name: PushPath, unit: WriteUnit, body: UndoImportIn | None = None
) -> PushOut:
    """Take back what all its imports did, the newest first; see the undo of one import.

    Those whose rows are not kept any longer stay as they are, and so do those of deleted campaigns.
    """
    run = partial(undo.undo_push, dry_run=bool(body and body.dry_run))
    return await unit.run(run, push_name, answer=PushOut.of, status=steered)


async def _breakdown(
    tx: Tx, caller: Caller, of: Ledgers, tally: Tally, by: By, page: Page
) -> BreakdownOut:
    cursor = LINES[by]
    behind = page.after(cursor)
    after = (behind[0], behind[1]) if behind else None
    lines = await ledgers.breakdown(tx, caller, of, by, after, page.limit + 1)
    shown = page.cut(lines, cursor, lambda line: (line.rows, line.key))
    return BreakdownOut.of(by, shown, tally)


router.include_router(imports)
router.include_router(pushes)
