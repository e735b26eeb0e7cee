"""Is there still what an import takes its rows from?"""

from app.campaigns.repository import CampaignRepository
from app.imports.operations.ledgers import import_with_ledger
from app.imports.records import Import
from app.imports.sources.columns import columns_of, entries_of
from app.imports.sources.selections import RefusedRows, stored_filter
from app.kit.db import Tx
from app.leads.errors import LeadListOff, LeadNotFound, MoveLeadsOff
from app.leads.repository.filtering import FilteringRepository
from app.leads.rules.filters import LeadFilter
from app.values import ImportSource
from app.workspaces.rules import Caller


async def check_start(tx: Tx, caller: Caller, found: Import) -> None:
    """Raises MappingRefused, CampaignNotFound, LedgerExpired, LeadNotFound, MoveLeadsOff."""
    if found.suppresses:
        entries_of(found)
    elif found.format:
        columns_of(found)
    await check_selection(tx, caller, found)
    if found.campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).enter(found.campaign_id)


async def check_selection(tx: Tx, caller: Caller, found: Import) -> None:
    """Raises LedgerExpired, CampaignNotFound, LeadNotFound, MoveLeadsOff."""
    if found.selection is None:
        return
    if found.source is ImportSource.REFUSED:
        await import_with_ledger(tx, caller, RefusedRows.of(found.selection).import_id)
    else:
        await check_leads(tx, caller, stored_filter(found.source, found.selection))


async def check_leads(tx: Tx, caller: Caller, by: LeadFilter) -> None:
    """Whoever may not copy people from campaign to campaign may import those who are in none.

    Raises CampaignNotFound, LeadNotFound, MoveLeadsOff, LeadListOff.
    """
    if not by.in_pipeline and not caller.policy.move_leads:
        raise MoveLeadsOff
    if not (by.campaign_id or caller.policy.workspace_lead_list):
        raise LeadListOff
    if by.campaign_id:
        await CampaignRepository(tx, caller.workspace_id).check(by.campaign_id)
    leads = FilteringRepository(tx, caller.workspace_id)
    if len(await leads.emails(by.lead_ids)) < len(by.lead_ids):
        raise LeadNotFound
