"""The life of a campaign."""

from functools import partial

from fastapi import APIRouter

from app.campaigns.errors import CampaignNotFound
from app.campaigns.schemas.fields import CampaignPath
from app.deps import KeyedRoute, Reader, ReadTx, WriteUnit, problems
from app.kit.fields import OkOut
from app.launch import operations
from app.launch.errors import (
    ConfirmationRequired,
    HoldingCampaign,
    NameMismatch,
    ValidationRunning,
)
from app.launch.schemas import (
    CampaignDetailOut,
    CampaignStatusIn,
    CampaignStatusOut,
    ChangeCampaignIn,
    ChangedCampaignOut,
    DeleteCampaignIn,
    DeletedCampaignOut,
    DuplicatedOut,
)

router = APIRouter(tags=["Campaigns"], route_class=KeyedRoute)


@router.get("/campaigns/{campaign_id}", responses=problems(CampaignNotFound))
async def read_campaign(campaign_id: CampaignPath, caller: Reader, tx: ReadTx) -> CampaignDetailOut:
    """A campaign with its settings, and its members counted by status."""
    return CampaignDetailOut.of_detail(await operations.describe_campaign(tx, caller, campaign_id))


@router.patch("/campaigns/{campaign_id}", responses=problems(CampaignNotFound, HoldingCampaign))
async def change_campaign(
    campaign_id: CampaignPath, body: ChangeCampaignIn, unit: WriteUnit
) -> ChangedCampaignOut:
    """Change its name, lead source, client, or whether it only holds people."""
    return await unit.run(
        operations.change_campaign,
        campaign_id,
        body.to_changes(),
        answer=ChangedCampaignOut.of_change,
    )


STATUS_PROBLEMS = problems(CampaignNotFound, HoldingCampaign, ValidationRunning)


@router.post("/campaigns/{campaign_id}/status", responses=STATUS_PROBLEMS)
@router.patch(
    "/campaigns/{campaign_id}/status", name="patch_campaign_status", responses=STATUS_PROBLEMS
)
async def set_campaign_status(
    campaign_id: CampaignPath, body: CampaignStatusIn, unit: WriteUnit
) -> CampaignStatusOut:
    """Start, pause, stop or complete the campaign; the same again changes nothing.

    A start tells who is active elsewhere, and whether leads wait to be checked; where the workspace
    requires it, it waits for those, unless `force` is true.
    """
    run = partial(operations.set_status, force=body.force)
    return await unit.run(run, campaign_id, body.status, answer=CampaignStatusOut.of)


@router.post("/campaigns/{campaign_id}/archive", responses=problems(CampaignNotFound))
async def archive_campaign(campaign_id: CampaignPath, unit: WriteUnit) -> OkOut:
    """Hide the campaign from the list and from the check who is active; nothing is removed."""
    return await unit.run(operations.archive_campaign, campaign_id, answer=lambda _: OkOut())


@router.post("/campaigns/{campaign_id}/unarchive", responses=problems(CampaignNotFound))
async def unarchive_campaign(campaign_id: CampaignPath, unit: WriteUnit) -> CampaignStatusOut:
    """Bring the campaign back into the list."""
    return await unit.run(operations.unarchive_campaign, campaign_id, answer=CampaignStatusOut.of)


@router.post("/campaigns/{campaign_id}/duplicate", responses=problems(CampaignNotFound))
async def duplicate_campaign(campaign_id: CampaignPath, unit: WriteUnit) -> DuplicatedOut:
    """Make a draft with the same settings, schedule and sequence, without the leads."""
    return await unit.run(operations.duplicate_campaign, campaign_id, answer=DuplicatedOut.of)


@router.delete(
    "/campaigns/{campaign_id}",
    responses=problems(CampaignNotFound, NameMismatch, ConfirmationRequired),
)
async def delete_campaign(
    campaign_id: CampaignPath, unit: WriteUnit, body: DeleteCampaignIn | None = None
) -> DeletedCampaignOut:
    """Delete the campaign; its people stay. `GET /jobs/{job_id}` tells when its rows are gone."""
    return await unit.run(
        operations.delete_campaign,
        campaign_id,
        body.confirm_name if body else None,
        answer=DeletedCampaignOut.of,
    )
