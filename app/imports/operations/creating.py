"""Make an import of a file: look into it, suggest a mapping, and leave the rest to people."""

import asyncio
from collections.abc import Mapping as Named
from dataclasses import dataclass
from typing import Any

from app.campaigns.repository import CampaignRepository
from app.campaigns.rules import variables
from app.files.errors import FileUnreadable
from app.files.formats import MAX_HEAD_BYTES, FileFormat, detect
from app.imports.errors import ImportStateConflict, MappingRefused
from app.imports.mapping.mapping import Mapping, MappingWrong
from app.imports.operations.steering import start_import
from app.imports.previewing import preview_of, sample_of
from app.imports.repository.imports import Import, ImportRepository, NewImport
from app.imports.settings import AppliedSettings, BatchSettings
from app.kit.db import Tx
from app.kit.resources import Resources
from app.uploads.errors import FileRefused, UploadNotFound
from app.uploads.repository import UploadRepository
from app.uploads.rules import Stored, path_of
from app.values import CampaignId, ImportId, ImportSource, ImportState, UploadId
from app.workspaces.rules import Caller


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a request says of an import; None where it does not speak."""

    terms: BatchSettings
    mapping: Named[str, str | None] | None = None
    start: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A stored file, and what its beginning says."""

    upload_id: UploadId
    new: Stored | None
    """Not recorded yet."""
    format: FileFormat
    rows: list[list[str]]


async def look_into(
    resources: Resources, caller: Caller, upload_id: UploadId, new: Stored | None = None
) -> Looked | None:
    """Read a file's beginning. None if there is no such upload. Raises FileRefused."""
    stored = new
    try:
        if stored is None:
            async with resources.database.transaction() as tx:
                stored = await UploadRepository(tx, caller.workspace_id).get(upload_id)
    except UploadNotFound:
        return None
    path = path_of(caller.workspace_id, upload_id)
    head = await resources.storage.head(path, MAX_HEAD_BYTES)
    whole = stored.text_bytes <= len(head)
    try:
        found = await asyncio.to_thread(detect, head, whole=whole, name=stored.name)
        rows = await asyncio.to_thread(sample_of, found, head)
    except FileUnreadable as error:
        raise FileRefused(error.code, error.sentence) from None
    return Looked(upload_id, new, found, rows)


async def create_import(
    tx: Tx, caller: Caller, campaign_id: CampaignId, looked: Looked | None, decisions: Decisions
) -> Import:
    """A draft with a preview; with ``start`` it is queued at once.

    Raises CampaignNotFound, UploadNotFound, MappingRefused.
    """
    await CampaignRepository(tx, caller.workspace_id).enter(campaign_id)
    if looked is None:
        raise UploadNotFound
    uploads = UploadRepository(tx, caller.workspace_id)
    if looked.new:
        await uploads.record(looked.new)
    else:
        await uploads.hold(looked.upload_id)
    stored = await CampaignRepository(tx, caller.workspace_id).steps(campaign_id)
    texts = (text for one in stored for text in (one.step.subject, one.step.email_body))
    preview = preview_of(looked.format, looked.rows, variables(texts))
    headers = looked.format.headers
    if decisions.mapping is not None:
        mapping = checked(headers, decisions.mapping).stored()
    else:
        mapping = preview.mapping
    settings = decisions.terms.resolved(caller)
    made = await ImportRepository(tx, caller.workspace_id).add(
        NewImport(
            campaign_id=campaign_id,
            source=ImportSource.FILE,
            settings=stored_settings(settings, mapping),
            created_by=caller.key_id,
            origin={"upload_id": looked.upload_id},
            upload_id=looked.upload_id,
            format=looked.format.stored(),
            preview=preview.document,
            push=settings.push,
        )
    )
    return await start(tx, caller, made.id) if decisions.start else made


async def decide_import(
    tx: Tx, caller: Caller, import_id: ImportId, decisions: Decisions
) -> Import:
    """Change what a draft will do; ``start`` queues it.

    Raises ImportNotFound, ImportStateConflict, MappingRefused.
    """
    imports = ImportRepository(tx, caller.workspace_id)
    found = await imports.get(import_id, for_change=True)
    if found.state is not ImportState.DRAFT or found.format is None:
        raise ImportStateConflict("change", found.state)
    mapping = found.settings["mapping"]
    if decisions.mapping is not None:
        mapping = checked(FileFormat.of(found.format).headers, decisions.mapping).stored()
    amended = AppliedSettings.of(found.settings).amended(decisions.terms, caller)
    await imports.decide(import_id, stored_settings(amended, mapping))
    if decisions.start:
        return await start(tx, caller, import_id)
    return await imports.get(import_id)


async def start(tx: Tx, caller: Caller, import_id: ImportId, dry_run: bool | None = None) -> Import:
    """Raises ImportNotFound, ImportStateConflict, CampaignNotFound, MappingRefused."""
    found = await ImportRepository(tx, caller.workspace_id).get(import_id)
    if found.format is not None:
        checked(FileFormat.of(found.format).headers, found.settings["mapping"])
    return await start_import(tx, caller, import_id, dry_run)


def checked(headers: tuple[str, ...], given: Named[str, str | None]) -> Mapping:
    """Raises MappingRefused with all that is wrong."""
    try:
        return Mapping.checked(headers, given)
    except MappingWrong as wrong:
        raise MappingRefused(wrong.findings) from None


def stored_settings(settings: AppliedSettings, mapping: Named[str, str | None]) -> dict[str, Any]:
    return {
        **settings.stored(),
        "push": settings.push,
        "dry_run": settings.dry_run,
        "mapping": dict(mapping),
    }
