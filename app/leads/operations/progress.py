"""How far the check of a campaign's leads is."""

from dataclasses import replace

from app.campaigns.repository import CampaignRepository
from app.counters.repository import CounterRepository
from app.counters.rules import by_status
from app.kit.db import Tx
from app.kit.resources import Resources
from app.leads.repository.progress import ProgressRepository
from app.leads.rules.progress import Progress
from app.settings import Settings
from app.tickets.operations import issue_ticket
from app.tickets.rules import IssuedTicket
from app.values import CampaignId, WorkspaceId
from app.workspaces.rules import Caller


async def look_up(tx: Tx, workspace_id: WorkspaceId, campaign_id: CampaignId) -> Progress:
    """Raises CampaignNotFound."""
    await CampaignRepository(tx, workspace_id).check([campaign_id])
    totals = await CounterRepository(tx, workspace_id).totals([campaign_id])
    members = sum(by_status(totals[campaign_id]).values())
    return await progress_of(tx, workspace_id, campaign_id, members)


async def progress_of(
    tx: Tx, workspace_id: WorkspaceId, campaign_id: CampaignId, members: int
) -> Progress:
    """``members`` is how many there are, more or less."""
    repository = ProgressRepository(tx, workspace_id)
    # Asked first: whom it brings meanwhile is counted.
    goes_on = await repository.goes_on(campaign_id)
    return replace(await repository.of_campaign(campaign_id, members), goes_on=goes_on)


async def look(
    resources: Resources, workspace_id: WorkspaceId, campaign_id: CampaignId
) -> Progress:
    """As it is now. Raises CampaignNotFound."""
    async with resources.database.transaction() as tx:
        return await look_up(tx, workspace_id, campaign_id)


async def ticket_for(
    tx: Tx, caller: Caller, campaign_id: CampaignId, settings: Settings, path: str
) -> IssuedTicket:
    """For the path at which it can be watched. Raises CampaignNotFound."""
    await CampaignRepository(tx, caller.workspace_id).check([campaign_id])
    return await issue_ticket(tx, caller, settings, path)
