"""Make an import of a file that fills a suppression list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.campaigns.repository import CampaignRepository
from app.imports.operations.creating import Looked, keep_upload
from app.imports.operations.steering import start_import
from app.imports.previewing import as_sent
from app.imports.records import Import, NewImport
from app.imports.repository.imports import ImportRepository
from app.imports.sources.entries import EntryColumn, preview_of_entries
from app.kit.db import Tx
from app.suppression.rules import Reach
from app.values import ImportSource, SuppressionKind
from app.workspaces.rules import Caller


@dataclass(frozen=True, slots=True)
class ListDecisions:
    """What a request says: which list, where its entries hold, and which column has them."""

    kind: SuppressionKind
    reach: Reach
    mapping: Mapping[str, str | None] | None
    dry_run: bool
    start: bool


async def create_list_import(
    tx: Tx, caller: Caller, looked: Looked | None, decisions: ListDecisions
) -> Import:
    """A draft with a preview; with ``start`` it is queued at once.

    Raises CampaignNotFound, UploadNotFound, MappingRefused.
    """
    if decisions.reach.campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).enter(decisions.reach.campaign_id)
    found = await keep_upload(tx, caller, looked)
    preview = preview_of_entries(found.format, found.rows)
    mapping = preview.mapping
    if decisions.mapping is not None:
        mapping = EntryColumn.checked(found.format.headers, decisions.mapping).stored()
    settings: dict[str, Any] = {
        "kind": decisions.kind,
        "client_id": decisions.reach.client_id,
        "dry_run": decisions.dry_run,
        "push": None,
        "mapping": mapping,
    }
    made = await ImportRepository(tx, caller.workspace_id).add(
        NewImport(
            campaign_id=decisions.reach.campaign_id,
            suppresses=decisions.kind,
            source=ImportSource.FILE,
            settings=settings,
            created_by=caller.key_id,
            preview=as_sent(preview.document, found.stored),
            upload_id=found.stored.id,
            format=found.format.stored(),
        )
    )
    return await start_import(tx, caller, made.id) if decisions.start else made
