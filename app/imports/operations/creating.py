"""Make an import of a file: look into it, suggest a mapping, and leave the rest to people."""

import asyncio
from collections.abc import Collection
from collections.abc import Mapping as Named
from dataclasses import dataclass
from typing import Any

from app.campaigns.repository import CampaignRepository
from app.campaigns.rules import variables
from app.files.errors import FileUnreadable
from app.files.formats import MAX_HEAD_BYTES, FileFormat, detect
from app.imports.errors import ImportStateConflict, MappingRefused
from app.imports.mapping.findings import Finding
from app.imports.operations.steering import look_up, start_import
from app.imports.previewing import as_sent, mapped_otherwise, preview_of, sample_of
from app.imports.records import Import, NewImport
from app.imports.repository.imports import ImportRepository
from app.imports.settings import AppliedSettings, BatchSettings
from app.imports.sources.columns import checked
from app.imports.sources.entries import EntryColumn
from app.kit.db import Tx
from app.kit.problems import InvalidRequest
from app.kit.resources import Resources
from app.uploads.errors import FileRefused, UploadNotFound
from app.uploads.repository import UploadRepository
from app.uploads.rules import Stored, path_of
from app.values import CampaignId, ImportId, ImportSource, ImportState, UploadId
from app.workspaces.rules import Caller

Columns = dict[str, str | None]
"""What each becomes."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a request says of an import; None where it does not speak."""

    terms: BatchSettings
    mapping: Named[str, str | None] | None = None
    start: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A stored file, and what its beginning says."""

    stored: Stored
    is_recorded: bool
    format: FileFormat
    rows: list[list[str]]


async def check_campaign(resources: Resources, caller: Caller, campaign_id: CampaignId) -> None:
    """Before a file of any size is read for it. Raises CampaignNotFound."""
    async with resources.database.transaction() as tx:
        await CampaignRepository(tx, caller.workspace_id).check([campaign_id])


async def look_up_upload(
    resources: Resources, caller: Caller, upload_id: UploadId
) -> Looked | None:
    """Read the beginning of a file that was sent before; None if it was not, or is gone.

    Raises FileRefused.
    """
    try:
        async with resources.database.transaction() as tx:
            stored = await UploadRepository(tx, caller.workspace_id).get(upload_id)
        return await look_into(resources, caller, stored, "/upload_id", is_recorded=True)
    except (UploadNotFound, FileNotFoundError):  # its row may go between the two, and its file
        return None


async def look_into(
    resources: Resources,
    caller: Caller,
    stored: Stored,
    at: str = "/file",
    *,
    is_recorded: bool = False,
) -> Looked:
    """Read a file's beginning; ``at`` is where the request has it. Raises FileRefused."""
    path = path_of(caller.workspace_id, stored.id)
    head = await resources.storage.head(path, MAX_HEAD_BYTES)
    whole = stored.text_bytes <= len(head)

    def look() -> Looked:
        found = detect(head, whole=whole, name=stored.name)
        return Looked(stored, is_recorded, found, sample_of(found, head, whole=whole))

    try:
        return await asyncio.to_thread(look)
    except FileUnreadable as error:
        raise FileRefused(error.code, error.sentence, at) from None


async def create_import(
    tx: Tx,
    caller: Caller,
    campaign_id: CampaignId,
    looked: Looked | None,
    decisions: Decisions,
    source: ImportSource = ImportSource.FILE,
) -> Import:
    """A draft with a preview; with ``start`` it is queued at once.

    Raises CampaignNotFound, UploadNotFound, MappingRefused.
    """
    campaigns = CampaignRepository(tx, caller.workspace_id)
    await campaigns.enter(campaign_id)
    looked = await keep_upload(tx, caller, looked)
    used = await _variables(campaigns, campaign_id)
    preview = preview_of(looked.format, looked.rows, used)
    read_as = looked.format.stored()
    mapping = mapping_of(read_as, decisions, preview.mapping)
    shown = as_sent(preview.document, looked.stored)
    if decisions.mapping is not None and mapping:
        shown = mapped_otherwise(shown, mapping, used)
    made = await ImportRepository(tx, caller.workspace_id).add(
        NewImport(
            campaign_id=campaign_id,
            source=source,
            settings={**decisions.terms.resolved(caller).stored(), "mapping": mapping},
            created_by=caller.key_id,
            upload_id=looked.stored.id,
            format=read_as,
            preview=shown,
        )
    )
    return await start_import(tx, caller, made.id) if decisions.start else made


async def _variables(campaigns: CampaignRepository, campaign_id: CampaignId) -> Collection[str]:
    """What the campaign's texts use."""
    steps = [one.step for one in await campaigns.steps(campaign_id)]
    return variables(text for step in steps for text in (step.subject, step.email_body))


async def keep_upload(tx: Tx, caller: Caller, looked: Looked | None) -> Looked:
    """It stays as long as an import needs it. Raises UploadNotFound."""
    if looked is None:
        raise UploadNotFound
    uploads = UploadRepository(tx, caller.workspace_id)
    if looked.is_recorded:
        await uploads.hold(looked.stored.id)
    else:
        await uploads.record(looked.stored)
    return looked


def mapping_of(
    read_as: Named[str, Any] | None, decisions: Decisions, otherwise: Columns | None
) -> Columns | None:
    """What is decided of the columns, else what was. Raises MappingRefused."""
    if decisions.mapping is None:
        return otherwise
    if read_as is None:
        detail = "These rows are leads already: they have no columns."
        raise MappingRefused([Finding("no_columns", None, detail)])
    return checked(FileFormat.of(read_as).headers, decisions.mapping).stored()


async def decide_import(
    tx: Tx, caller: Caller, import_id: ImportId, decisions: Decisions
) -> Import:
    """Change what a draft will do; ``start`` queues it.

    Raises ImportNotFound, ImportStateConflict, MappingRefused, InvalidRequest.
    """
    imports = ImportRepository(tx, caller.workspace_id)
    found = await imports.get(import_id, for_change=True)
    if found.state is not ImportState.DRAFT:
        raise ImportStateConflict("change", found.state)
    settings = _decided(caller, found, decisions)
    preview = await _preview(tx, caller, found, settings) if decisions.mapping is not None else None
    await imports.decide(import_id, settings, preview)
    if decisions.start:
        return await start_import(tx, caller, import_id)
    return await look_up(tx, caller, import_id)


async def _preview(
    tx: Tx, caller: Caller, found: Import, settings: Named[str, Any]
) -> dict[str, Any] | None:
    """With what is to be said of another mapping."""
    if found.preview is None or found.campaign_id is None or found.suppresses:
        return None
    used = await _variables(CampaignRepository(tx, caller.workspace_id), found.campaign_id)
    return mapped_otherwise(found.preview, settings["mapping"], used)


def _decided(caller: Caller, found: Import, decisions: Decisions) -> dict[str, Any]:
    """What holds from now on."""
    if found.suppresses:
        return _decided_of_list(found, decisions)
    mapping = mapping_of(found.format, decisions, found.settings["mapping"])
    amended = AppliedSettings.of(found.settings).amended(decisions.terms, caller)
    return {**amended.stored(), "mapping": mapping}


def _decided_of_list(found: Import, decisions: Decisions) -> dict[str, Any]:
    terms, settings = decisions.terms, dict(found.settings)
    if terms != BatchSettings(dry_run=terms.dry_run):
        raise InvalidRequest("Of a suppression list, mapping, dry_run and start can be decided.")
    if terms.dry_run is not None:
        settings["dry_run"] = terms.dry_run
    if decisions.mapping is not None:
        assert found.format
        headers = FileFormat.of(found.format).headers
        settings["mapping"] = EntryColumn.checked(headers, decisions.mapping).stored()
    return settings
