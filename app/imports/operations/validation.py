"""How far the check of those is whom an import brought."""

from dataclasses import replace

from app.campaigns.repository import CampaignRepository
from app.imports.records import Import
from app.imports.repository.imports import ImportRepository
from app.kit.db import Tx
from app.leads.repository.progress import ProgressRepository
from app.leads.rules.progress import NOBODY, Progress
from app.values import WORKED_ON, Code, ImportId
from app.workspaces.rules import Caller


async def validation_of(tx: Tx, caller: Caller, import_id: ImportId) -> tuple[Import, Progress]:
    """Nobody's for a suppression list. Raises ImportNotFound, CampaignNotFound."""
    found = await ImportRepository(tx, caller.workspace_id).watched(import_id)
    if found.campaign_id is None:
        return found, NOBODY
    await CampaignRepository(tx, caller.workspace_id).check([found.campaign_id])
    progress = await ProgressRepository(tx, caller.workspace_id).of_import(
        found.campaign_id, import_id, found.tally.count([Code.ADDED])
    )
    return found, replace(progress, goes_on=found.state in WORKED_ON)
