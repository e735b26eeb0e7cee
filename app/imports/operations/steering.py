"""Start, pause, resume, cancel, retry: what people ask of an import.

While somebody holds the lease of its job, only they write the import: a wish is left with the job.
"""

from dataclasses import replace

from app.campaigns.repository import CampaignRepository
from app.imports.errors import ImportStateConflict
from app.imports.jobs import RunImport
from app.imports.operations.checks import check_start
from app.imports.operations.ledgers import check_ledger
from app.imports.operations.passing import note_passed_over
from app.imports.records import Import
from app.imports.repository.imports import ImportRepository
from app.imports.repository.runs import RunRepository
from app.imports.settings import AppliedSettings
from app.imports.states import CANCEL, PAUSE, RESUME, RETRY, START, Action
from app.kit.db import Tx
from app.kit.jobs import ask, hurry, queue, withdraw
from app.values import WORKED_ON, ImportId, ImportState, JobState, Wish
from app.workspaces.rules import Caller


async def look_up(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """An import with what is wished of it. Raises ImportNotFound."""
    imports = ImportRepository(tx, caller.workspace_id)
    found = await imports.get(import_id)
    if found.job_id and found.state in WORKED_ON:
        return replace(found, wish=await imports.wish(found.job_id))
    return found


async def start_import(
    tx: Tx, caller: Caller, import_id: ImportId, dry_run: bool | None = None
) -> Import:
    """Queue a draft; or, with ``dry_run`` false, run for real what was a dry run.

    Raises ImportNotFound, ImportStateConflict, CampaignNotFound, MappingRefused, LedgerExpired,
    LeadNotFound, MoveLeadsOff.
    """
    found = await ImportRepository(tx, caller.workspace_id).get(import_id, for_change=True)
    for_real = found.is_dry_run and found.state is ImportState.COMPLETED and dry_run is False
    if found.state is not ImportState.DRAFT and not for_real:
        if dry_run not in (None, found.is_dry_run):
            raise ImportStateConflict(START.name, found.state)
        return await reached(tx, caller, found, START)
    check_ledger(found, caller)
    await check_start(tx, caller, found)
    settings = found.settings if dry_run is None else {**found.settings, "dry_run": dry_run}
    job_id = await queue(tx, RunImport(caller.workspace_id, import_id))
    runs = RunRepository(tx, caller.workspace_id)
    await runs.begin(import_id, found.state, job_id, settings, anew=for_real)
    if found.campaign_id is not None and not (settings["dry_run"] or found.suppresses):
        applied = AppliedSettings.of(settings)
        await note_passed_over(tx, caller, import_id, found.campaign_id, applied)
    return await look_up(tx, caller, import_id)


async def pause_import(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """After the chunk that runs. Raises ImportNotFound, ImportStateConflict."""
    return await _ask(tx, caller, import_id, PAUSE, Wish.PAUSE)


async def cancel_import(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """After the chunk that runs; what went in stays. Raises ImportNotFound, ImportStateConflict."""
    return await _ask(tx, caller, import_id, CANCEL, Wish.CANCEL)


async def resume_import(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """From where it was, or as if nobody had asked it to pause.

    Raises ImportNotFound, ImportStateConflict, CampaignNotFound, LedgerExpired.
    """
    found = await ImportRepository(tx, caller.workspace_id).get(import_id)
    if found.job_id and found.state in WORKED_ON:
        await withdraw(tx, caller.workspace_id, found.job_id, Wish.PAUSE)
    return await _queue_again(tx, caller, import_id, RESUME)


async def retry_import(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """From where it failed; or at once, if it waits for another try.

    Raises ImportNotFound, ImportStateConflict, CampaignNotFound, LedgerExpired.
    """
    found = await ImportRepository(tx, caller.workspace_id).get(import_id)
    if found.job_id and found.state is ImportState.QUEUED:
        await hurry(tx, caller.workspace_id, found.job_id)
    return await _queue_again(tx, caller, import_id, RETRY)


async def _ask(tx: Tx, caller: Caller, import_id: ImportId, action: Action, wish: Wish) -> Import:
    found = await ImportRepository(tx, caller.workspace_id).get(import_id)
    if found.job_id and found.state in WORKED_ON and found.state in action.leaves:
        asked = await ask(tx, caller.workspace_id, found.job_id, wish)
        if asked and asked[0] is JobState.RUNNING:
            return replace(found, wish=asked[1])
    leaves = action.leaves_from(found.state)
    if await RunRepository(tx, caller.workspace_id).move(import_id, leaves, action.to):
        return await look_up(tx, caller, import_id)
    return await reached(tx, caller, await look_up(tx, caller, import_id), action)


async def _queue_again(tx: Tx, caller: Caller, import_id: ImportId, action: Action) -> Import:
    found = await ImportRepository(tx, caller.workspace_id).get(import_id, for_change=True)
    if found.state not in action.leaves:
        return await reached(tx, caller, found, action)
    if found.undo:  # some of its rows are gone; it is undone to the end, or stays so
        raise ImportStateConflict(action.name, found.state)
    check_ledger(found, caller)
    if found.campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).enter(found.campaign_id)
    job_id = await queue(tx, RunImport(caller.workspace_id, import_id))
    runs = RunRepository(tx, caller.workspace_id)
    await runs.move(import_id, action.leaves, action.to, job_id=job_id)
    return await look_up(tx, caller, import_id)


async def reached(tx: Tx, caller: Caller, found: Import, action: Action) -> Import:
    """Nothing is left to do; else raises ImportStateConflict."""
    if found.state in action.reached:
        return replace(await look_up(tx, caller, found.id), settled=True)
    raise ImportStateConflict(action.name, found.state)
