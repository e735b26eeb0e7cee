"""Questions to the gate; nothing is written."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.campaigns.errors import CampaignNotFound
from app.campaigns.schemas.fields import Campaign
from app.deps import KeyedRoute, Reader, ReadTx, ReadUnit, problems
from app.gate import inquiries
from app.gate.errors import NotAnAddress
from app.gate.schemas import CheckIn, CheckOut, WhyOut
from app.values import CampaignId

router = APIRouter(tags=["Gate"], route_class=KeyedRoute)


@router.get("/leads/why", responses=problems(CampaignNotFound, NotAnAddress))
async def explain_lead(
    caller: Reader,
    tx: ReadTx,
    email: Annotated[str, Query(max_length=1_000, description="An address, in any spelling.")],
    campaign_id: Annotated[Campaign, Query(description="The campaign's id.")],
) -> WhyOut:
    """Say why somebody may or may not enter a campaign, and be written to there."""
    return WhyOut.of(await inquiries.why(tx, caller, email, campaign_id))


@router.post("/check", responses=problems(CampaignNotFound))
async def check_leads(body: CheckIn, unit: ReadUnit) -> CheckOut:
    """Check up to 1,000 addresses, profiles or domains before anybody pays to enrich them."""
    campaign_id = None if body.campaign_id is None else CampaignId(body.campaign_id)
    asked = [row.asked() for row in body.rows]
    return await unit.run(
        inquiries.check, asked, campaign_id, body.duplicate_scope, answer=CheckOut.of
    )
