"""Move a lead through a campaign by hand."""

from datetime import timedelta

from fastapi import APIRouter

from app.campaigns.errors import CampaignNotFound
from app.campaigns.schemas.fields import CampaignPath
from app.deps import KeyedRoute, WriteUnit, problems
from app.kit.fields import OkOut
from app.leads.errors import (
    AmbiguousStatus,
    ImpossibleTransition,
    InProgressElsewhere,
    LeadNotFound,
    StillSuppressed,
    UnknownCategory,
    UnknownStatus,
)
from app.leads.operations import statuses
from app.leads.operations.words import wording, written_status
from app.leads.schemas.changes import CategoryIn, DataOut, ResumeIn, StatusIn, StatusOut, done
from app.leads.schemas.fields import LeadPath, MapPath, VocabularyParam

router = APIRouter(route_class=KeyedRoute)

STATUS_PROBLEMS = problems(
    CampaignNotFound,
    LeadNotFound,
    UnknownStatus,
    AmbiguousStatus,
    StillSuppressed,
    InProgressElsewhere,
)


@router.post("/campaigns/{campaign_id}/leads/{lead_id}/status", responses=STATUS_PROBLEMS)
@router.patch(
    "/campaigns/{campaign_id}/leads/{lead_id}/status",
    name="patch_lead_status",
    responses=STATUS_PROBLEMS,
)
async def set_lead_status(
    campaign_id: CampaignPath,
    lead_id: LeadPath,
    body: StatusIn,
    unit: WriteUnit,
    vocabulary: VocabularyParam = None,
) -> StatusOut:
    """Set the status of a lead in a campaign.

    An opt-out goes onto its list too; from an opt-out a lead moves only once no entry holds.
    """
    status = written_status(unit.caller, vocabulary, body.status)
    words = wording(unit.caller, vocabulary, [body.status])
    return await unit.run(
        statuses.set_status,
        campaign_id,
        lead_id,
        status,
        answer=lambda reached: StatusOut(status=words.word(reached)),
    )


@router.post(
    "/campaigns/{campaign_id}/leads/{lead_id}/pause",
    responses=problems(CampaignNotFound, LeadNotFound, ImpossibleTransition, InProgressElsewhere),
)
async def pause_lead(campaign_id: CampaignPath, lead_id: LeadPath, unit: WriteUnit) -> DataOut:
    """Pause a lead in a campaign."""
    return await unit.run(statuses.pause_lead, campaign_id, lead_id, answer=done)


@router.post(
    "/campaigns/{campaign_id}/leads/{lead_id}/resume",
    responses=problems(CampaignNotFound, LeadNotFound, ImpossibleTransition, InProgressElsewhere),
)
async def resume_lead(
    campaign_id: CampaignPath, lead_id: LeadPath, unit: WriteUnit, body: ResumeIn | None = None
) -> DataOut:
    """Resume a lead in a campaign, where its pause began."""
    days = body.resume_lead_with_delay_days if body else None
    delay = timedelta(days=days) if days else None
    return await unit.run(statuses.resume_lead, campaign_id, lead_id, delay, answer=done)


@router.post(
    "/campaigns/{campaign_id}/leads/{lead_id}/unsubscribe",
    responses=problems(CampaignNotFound, LeadNotFound, StillSuppressed),
)
async def unsubscribe_lead(campaign_id: CampaignPath, lead_id: LeadPath, unit: WriteUnit) -> OkOut:
    """Unsubscribe a lead from a campaign."""
    return await unit.run(statuses.unsubscribe_lead, campaign_id, lead_id, answer=lambda _: OkOut())


@router.post("/leads/{lead_id}/unsubscribe", responses=problems(LeadNotFound))
async def unsubscribe_lead_everywhere(lead_id: LeadPath, unit: WriteUnit) -> OkOut:
    """Unsubscribe a lead from every campaign, now and later, because the person asked for it."""
    return await unit.run(statuses.unsubscribe_everywhere, lead_id, answer=lambda _: OkOut())


@router.post(
    "/campaigns/{campaign_id}/leads/{lead_id}/category",
    responses=problems(
        CampaignNotFound, LeadNotFound, UnknownCategory, StillSuppressed, InProgressElsewhere
    ),
)
async def categorise_lead(
    campaign_id: CampaignPath, lead_id: LeadPath, body: CategoryIn, unit: WriteUnit
) -> OkOut:
    """Say what a lead's reply was; some categories change the status."""
    return await unit.run(
        statuses.categorise_lead,
        campaign_id,
        lead_id,
        body.category_id,
        bool(body.pause_lead),
        answer=lambda _: OkOut(),
    )


@router.post(
    "/campaigns/{campaign_id}/leads/{map_id}/manual-complete",
    responses=problems(CampaignNotFound, LeadNotFound, ImpossibleTransition),
)
async def complete_lead(
    campaign_id: CampaignPath, map_id: MapPath, unit: WriteUnit, vocabulary: VocabularyParam = None
) -> StatusOut:
    """Complete the sequence of a membership by hand; the path names its `campaign_lead_map_id`."""
    words = wording(unit.caller, vocabulary)
    return await unit.run(
        statuses.complete_lead,
        campaign_id,
        map_id,
        answer=lambda reached: StatusOut(status=words.word(reached)),
    )
