"""Have addresses checked again."""

from fastapi import APIRouter

from app.campaigns.errors import CampaignNotFound
from app.campaigns.schemas.fields import CampaignPath
from app.deps import KeyedRoute, WriteUnit, problems
from app.leads.errors import LeadNotFound
from app.leads.operations import demands
from app.leads.rules.demands import Demand
from app.leads.schemas.demands import RevalidateIn, RevalidatingOut
from app.leads.schemas.fields import LeadPath
from app.leads.schemas.validation import LeadValidationOut

router = APIRouter(route_class=KeyedRoute)


@router.post(
    "/campaigns/{campaign_id}/validation", status_code=202, responses=problems(CampaignNotFound)
)
async def revalidate_campaign(
    campaign_id: CampaignPath, unit: WriteUnit, body: RevalidateIn | None = None
) -> RevalidatingOut:
    """Check the addresses of a campaign again, all or some; the same again changes nothing.

    What DNS said of their domains holds for its time to live, an hour to a week.
    """
    demand = body.to_demand() if body else Demand()
    return await unit.run(
        demands.demand_of_campaign, campaign_id, demand, answer=RevalidatingOut.of, status=202
    )


@router.post("/leads/{lead_id}/validation", status_code=202, responses=problems(LeadNotFound))
async def revalidate_lead(lead_id: LeadPath, unit: WriteUnit) -> LeadValidationOut:
    """Check a lead's address again, however fresh what is known of it.

    DNS is asked as well, unless its answer is younger than a minute.
    """
    return await unit.run(
        demands.demand_of_lead,
        lead_id,
        answer=lambda checked: LeadValidationOut.of(lead_id, checked),
        status=202,
    )
