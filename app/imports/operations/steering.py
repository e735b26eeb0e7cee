"""Start, pause, resume, cancel, retry: what people ask of an import.

While somebody holds the lease of its job, only they write the import: a wish is left with the job.
"""

from dataclasses import replace
from typing import Any

from app.audit.operations import record
from app.campaigns.repository import CampaignRepository
from app.imports.errors import ImportStateConflict
from app.imports.jobs import RunImport
from app.imports.repository.imports import Import, ImportRepository
from app.imports.settings import AppliedSettings
from app.imports.states import (
    CANCEL,
    PAUSE,
    RESUME,
    RETRY,
    START,
    WORKED_ON,
    Action,
)
from app.kit.db import Tx
from app.kit.jobs import ask, queue
from app.values import ImportId, ImportState, JobState, Wish
from app.workspaces.rules import Caller


async def look_up(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """An import with what is wished of it. Raises ImportNotFound."""
    imports = ImportRepository(tx, caller.workspace_id)
    return await with_wish(imports, await imports.get(import_id))


async def with_wish(imports: ImportRepository, found: Import) -> Import:
    if found.job_id and found.state in WORKED_ON:
        return replace(found, wish=await imports.wish(found.job_id))
    return found


async def start_import(
    tx: Tx, caller: Caller, import_id: ImportId, dry_run: bool | None = None
) -> Import:
    """Queue a draft; or, with ``dry_run`` false, run for real what was a dry run.

    Raises ImportNotFound, ImportStateConflict, CampaignNotFound.
    """
    imports = ImportRepository(tx, caller.workspace_id)
    found = await imports.get(import_id, for_change=True)
    for_real = found.is_dry_run and found.state is ImportState.COMPLETED and dry_run is False
    if found.state is not ImportState.DRAFT and not for_real:
        return await _reached(imports, found, START)
    if found.campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).enter(found.campaign_id)
    settings = found.settings if dry_run is None else {**found.settings, "dry_run": dry_run}
    job_id = await queue(tx, RunImport(caller.workspace_id, import_id))
    await imports.begin_run(import_id, [found.state], job_id, settings, anew=for_real)
    await _note_flags(tx, caller, found, settings)
    return await imports.get(import_id)


async def _note_flags(tx: Tx, caller: Caller, found: Import, settings: dict[str, Any]) -> None:
    """Whoever passes a check over is written down, once it is for real."""
    if settings.get("dry_run") or found.campaign_id is None:
        return
    if passed := AppliedSettings.of(settings).passed_over():
        after = {"flags": passed, "campaign_id": found.campaign_id}
        await record(tx, caller, "import.checks_passed_over", f"import:{found.id}", after=after)


async def pause_import(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """After the chunk that runs. Raises ImportNotFound, ImportStateConflict."""
    return await _ask(tx, caller, import_id, PAUSE, Wish.PAUSE)


async def cancel_import(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """After the chunk that runs; what went in stays. Raises ImportNotFound, ImportStateConflict."""
    return await _ask(tx, caller, import_id, CANCEL, Wish.CANCEL)


async def resume_import(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """From where it was. Raises ImportNotFound, ImportStateConflict."""
    return await _queue_again(tx, caller, import_id, RESUME)


async def retry_import(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """From where it failed. Raises ImportNotFound, ImportStateConflict."""
    return await _queue_again(tx, caller, import_id, RETRY)


async def _ask(tx: Tx, caller: Caller, import_id: ImportId, action: Action, wish: Wish) -> Import:
    imports = ImportRepository(tx, caller.workspace_id)
    found = await imports.get(import_id)
    if found.state not in action.starts:
        return await _reached(imports, found, action)
    if found.job_id and found.state in WORKED_ON:
        asked = await ask(tx, caller.workspace_id, found.job_id, wish)
        if asked is JobState.RUNNING:
            return replace(found, wish=wish)
    if not await imports.move(import_id, action.starts - _held(found), action.to):
        return await _reached(imports, await imports.get(import_id), action)
    return await imports.get(import_id)


def _held(found: Import) -> frozenset[ImportState]:
    """Where it was not worked on when we looked, it is not to be stopped unasked."""
    return frozenset() if found.state in WORKED_ON else WORKED_ON


async def _queue_again(tx: Tx, caller: Caller, import_id: ImportId, action: Action) -> Import:
    imports = ImportRepository(tx, caller.workspace_id)
    found = await imports.get(import_id, for_change=True)
    if found.state not in action.starts:
        return await _reached(imports, found, action)
    job_id = await queue(tx, RunImport(caller.workspace_id, import_id))
    await imports.move(import_id, action.starts, action.to, job_id=job_id)
    return await imports.get(import_id)


async def _reached(imports: ImportRepository, found: Import, action: Action) -> Import:
    """Nothing is left to do; else raises ImportStateConflict."""
    if found.state in action.reached:
        return await with_wish(imports, found)
    raise ImportStateConflict(action.name, found.state)
