"""Change a lead, and take it out of a campaign."""

from fastapi import APIRouter

from app.campaigns.errors import CampaignNotFound
from app.campaigns.schemas.fields import CampaignPath
from app.deps import KeyedRoute, WriteUnit, problems
from app.kit.fields import OkOut
from app.leads.errors import (
    AddressBlocked,
    AddressOptedOut,
    AddressUnsubscribed,
    DuplicateEmail,
    DuplicateLinkedin,
    InvalidEmail,
    LeadNotFound,
    TooManyCustomFields,
)
from app.leads.operations.changing import change_lead
from app.leads.operations.removing import remove_lead
from app.leads.schemas.changes import PatchLeadIn, RemovedOut, UpdateLeadIn
from app.leads.schemas.fields import LeadPath

router = APIRouter(route_class=KeyedRoute)

CHANGE_PROBLEMS = problems(
    CampaignNotFound,
    LeadNotFound,
    DuplicateEmail,
    DuplicateLinkedin,
    InvalidEmail,
    AddressBlocked,
    AddressUnsubscribed,
    AddressOptedOut,
    TooManyCustomFields,
)


@router.post("/campaigns/{campaign_id}/leads/{lead_id}", responses=CHANGE_PROBLEMS)
async def update_lead(
    campaign_id: CampaignPath, lead_id: LeadPath, body: UpdateLeadIn, unit: WriteUnit
) -> OkOut:
    """Update a lead; another `email` changes the address."""
    return await unit.run(
        change_lead, campaign_id, lead_id, body.to_change(), answer=lambda _: OkOut()
    )


@router.patch("/campaigns/{campaign_id}/leads/{lead_id}", responses=CHANGE_PROBLEMS)
async def patch_lead(
    campaign_id: CampaignPath, lead_id: LeadPath, body: PatchLeadIn, unit: WriteUnit
) -> OkOut:
    """Update a lead without repeating the address."""
    return await unit.run(
        change_lead, campaign_id, lead_id, body.to_change(), answer=lambda _: OkOut()
    )


@router.delete(
    "/campaigns/{campaign_id}/leads/{lead_id}", responses=problems(CampaignNotFound, LeadNotFound)
)
async def delete_lead(campaign_id: CampaignPath, lead_id: LeadPath, unit: WriteUnit) -> RemovedOut:
    """Take a lead out of a campaign; a sync does not bring it back."""
    return await unit.run(remove_lead, campaign_id, lead_id, answer=lambda _: RemovedOut())
