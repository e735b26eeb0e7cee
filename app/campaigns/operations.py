"""Make a campaign, and say how it sends."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.campaigns.errors import InvalidSchedule, SettingsTooLarge
from app.campaigns.repository import CampaignRepository
from app.campaigns.rules import MAX_SETTINGS, Campaign, NewCampaign, Step, wrong_in_schedule
from app.kit.db import Tx
from app.kit.documents import written
from app.values import CampaignId, ClientId
from app.workspaces.rules import Caller


async def create_campaign(tx: Tx, caller: Caller, new: NewCampaign) -> Campaign:
    """It begins as a draft."""
    return await CampaignRepository(tx, caller.workspace_id).add(new, caller.key_id)


async def write_schedule(
    tx: Tx, caller: Caller, campaign_id: CampaignId, schedule: Mapping[str, Any]
) -> Campaign:
    """What the schedule does not name stays. Raises CampaignNotFound, InvalidSchedule."""
    campaigns = CampaignRepository(tx, caller.workspace_id)
    campaign = await campaigns.lock(campaign_id)
    spoken = {field: value for field, value in schedule.items() if value is not None}
    if field := wrong_in_schedule(spoken):
        raise InvalidSchedule(field, spoken[field])
    return await campaigns.change(campaign.id, schedule=dict(schedule))


async def write_settings(
    tx: Tx,
    caller: Caller,
    campaign_id: CampaignId,
    settings: Mapping[str, Any],
    name: str | None,
    client_id: ClientId | None,
) -> Campaign:
    """Merge the settings over those that are there. A name or client that is None stays.

    Raises CampaignNotFound, SettingsTooLarge.
    """
    own = {"name": name, "client_id": client_id}
    campaign = await CampaignRepository(tx, caller.workspace_id).change(
        campaign_id,
        settings=dict(settings),
        **{column: value for column, value in own.items() if value is not None},
    )
    if len(written(campaign.settings).encode()) > MAX_SETTINGS:
        raise SettingsTooLarge
    return campaign


async def write_sequence(
    tx: Tx, caller: Caller, campaign_id: CampaignId, steps: Sequence[Step]
) -> None:
    """Make these the steps of the campaign. Raises CampaignNotFound."""
    campaigns = CampaignRepository(tx, caller.workspace_id)
    await campaigns.lock(campaign_id)
    await campaigns.write_steps(campaign_id, steps)
