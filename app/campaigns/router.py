"""Campaigns, as SmartLead's clients ask for them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.campaigns import operations
from app.campaigns.errors import CampaignNotFound, InvalidSchedule, SettingsTooLarge
from app.campaigns.repository import CampaignRepository
from app.campaigns.schemas.campaigns import CampaignCreatedOut, CampaignsOut, CreateCampaignIn
from app.campaigns.schemas.fields import CampaignPath, Client
from app.campaigns.schemas.schedule import ScheduleIn
from app.campaigns.schemas.sequences import SequencesIn, SequencesOut
from app.campaigns.schemas.settings import CampaignSettingsIn
from app.deps import ArrayPageParams, KeyedRoute, Reader, ReadTx, WriteUnit, problems
from app.kit.fields import OkOut, QueryFlag
from app.kit.pages import NEXT_PAGE, Cursor, InvalidCursor, next_headers

router = APIRouter(tags=["Campaigns"], route_class=KeyedRoute)

CAMPAIGNS = Cursor("campaigns", int)


@router.post("/campaigns/create", responses=problems())
@router.post("/campaigns", name="post_campaign", responses=problems())
async def create_campaign(
    unit: WriteUnit, body: CreateCampaignIn | None = None
) -> CampaignCreatedOut:
    """Make a campaign; it begins as a draft."""
    new = (body or CreateCampaignIn()).to_campaign()
    return await unit.run(operations.create_campaign, new, answer=CampaignCreatedOut.of)


@router.get("/campaigns", responses=problems(InvalidCursor) | NEXT_PAGE)
async def list_campaigns(
    request: Request,
    response: Response,
    caller: Reader,
    tx: ReadTx,
    page: ArrayPageParams,
    client_id: Annotated[Client | None, Query(description="Of this client only.")] = None,
    include_tags: Annotated[  # noqa: ARG001  # SmartLead's clients send it
        QueryFlag, Query(description="Accepted; the tags are always there.")
    ] = True,
    include_archived: Annotated[QueryFlag, Query(description="Archived campaigns too.")] = False,
) -> CampaignsOut:
    """List campaigns, newest first; the next page is in the headers."""
    before = page.after(CAMPAIGNS)
    found = await CampaignRepository(tx, caller.workspace_id).newest(
        limit=page.limit + 1,
        before=before[0] if before else None,
        client_id=client_id,
        archived=include_archived,
    )
    shown = page.cut(found, CAMPAIGNS, lambda campaign: (campaign.id,))
    response.headers.update(next_headers(request.url, shown.next_cursor))
    return CampaignsOut.of(shown.rows)


@router.post(
    "/campaigns/{campaign_id}/schedule", responses=problems(CampaignNotFound, InvalidSchedule)
)
@router.post(
    "/campaigns/{campaign_id}",
    name="post_campaign_schedule",
    responses=problems(CampaignNotFound, InvalidSchedule),
)
async def write_schedule(campaign_id: CampaignPath, body: ScheduleIn, unit: WriteUnit) -> OkOut:
    """Say when the campaign sends."""
    return await unit.run(
        operations.write_schedule, campaign_id, body.to_schedule(), answer=lambda _: OkOut()
    )


@router.post(
    "/campaigns/{campaign_id}/settings", responses=problems(CampaignNotFound, SettingsTooLarge)
)
async def write_settings(
    campaign_id: CampaignPath, body: CampaignSettingsIn, unit: WriteUnit
) -> OkOut:
    """Say how the campaign sends."""
    return await unit.run(
        operations.write_settings,
        campaign_id,
        body.to_settings(),
        body.name,
        body.client_id,
        answer=lambda _: OkOut(),
    )


@router.get("/campaigns/{campaign_id}/sequences", responses=problems(CampaignNotFound))
async def list_sequences(campaign_id: CampaignPath, caller: Reader, tx: ReadTx) -> SequencesOut:
    """The steps of the campaign, in their order."""
    campaigns = CampaignRepository(tx, caller.workspace_id)
    await campaigns.get(campaign_id)
    return SequencesOut.of(campaign_id, await campaigns.steps(campaign_id))


@router.post("/campaigns/{campaign_id}/sequences", responses=problems(CampaignNotFound))
async def write_sequences(campaign_id: CampaignPath, body: SequencesIn, unit: WriteUnit) -> OkOut:
    """Make these the steps of the campaign: known numbers are changed, absent ones removed."""
    return await unit.run(
        operations.write_sequence, campaign_id, body.to_steps(), answer=lambda _: OkOut()
    )
