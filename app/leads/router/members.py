"""The leads of a campaign, and what happened to them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from app.activity.repository import ActivityRepository
from app.activity.rules import Position
from app.campaigns.errors import CampaignNotFound
from app.campaigns.repository import CampaignRepository
from app.campaigns.schemas.fields import Campaign, CampaignPath
from app.deps import KeyedRoute, PageParams, Reader, ReadTx, problems
from app.kit.fields import Offset, QueryFlag
from app.kit.pages import Cursor, InvalidCursor
from app.leads.errors import LeadNotFound, UnknownStatus
from app.leads.operations import reading
from app.leads.operations.words import wording
from app.leads.rules.records import MemberFilter
from app.leads.schemas.activity import ActivitiesOut, LeadActivityOut
from app.leads.schemas.fields import (
    EmailStatusParam,
    LeadPath,
    OptionalId,
    OptionalMoment,
    StatusParam,
    ValidationParam,
    VocabularyParam,
)
from app.leads.schemas.members import CampaignLeadOut, CampaignLeadsOut, MessageHistoryOut

router = APIRouter(route_class=KeyedRoute)

MEMBERS = Cursor("campaign-leads", int)
OF_LEAD = Cursor("lead-activity", datetime, int)
FEED = Cursor("activity", int, int)


@router.get("/campaigns/all-leads-activities", responses=problems(CampaignNotFound, InvalidCursor))
async def list_activities(
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    offset: Offset = 0,
    event_time_from: Annotated[OptionalMoment, Query(description="From this time on.")] = None,
    event_time_to: Annotated[OptionalMoment, Query(description="Before this time.")] = None,
    campaign_id: Annotated[Campaign | None, Query(description="Of this campaign only.")] = None,
) -> ActivitiesOut:
    """List what happened to leads, newest first as it was recorded."""
    if campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).get(campaign_id)
    found = await ActivityRepository(tx, caller.workspace_id).feed(
        page.limit + 1,
        offset=offset,
        behind=Position(*(page.after(FEED) or ())),
        campaign_id=campaign_id,
        since=event_time_from,
        until=event_time_to,
    )
    return ActivitiesOut.of(
        page.cut(found, FEED, lambda one: (one.behind.event_id, one.behind.map_id))
    )


@router.get(
    "/campaigns/{campaign_id}/leads",
    responses=problems(CampaignNotFound, UnknownStatus, InvalidCursor),
)
async def list_campaign_leads(
    campaign_id: CampaignPath,
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    offset: Offset = 0,
    status: StatusParam = [],  # noqa: B006  # FastAPI copies it
    email_status: Annotated[EmailStatusParam, Query(alias="emailStatus")] = None,
    lead_category_id: Annotated[OptionalId, Query(description="Of this category only.")] = None,
    created_at_gt: Annotated[OptionalMoment, Query(description="Added after this time.")] = None,
    last_sent_time_gt: Annotated[
        OptionalMoment, Query(description="Contacted after this time.")
    ] = None,
    event_time_gt: Annotated[OptionalMoment, Query(description="Active after this time.")] = None,
    validation: ValidationParam = [],  # noqa: B006  # FastAPI copies it
    vocabulary: VocabularyParam = None,
    exact_total: Annotated[QueryFlag, Query(description="Count beyond 100,000 too.")] = False,
) -> CampaignLeadsOut:
    """List the leads of a campaign in the order in which they came, page by page."""
    words = wording(caller, vocabulary, status)
    by = MemberFilter.of(
        words.statuses,
        email_status,
        category_id=lead_category_id,
        created_after=created_at_gt,
        contacted_after=last_sent_time_gt,
        active_after=event_time_gt,
        validation=tuple(validation),
    )
    behind = page.after(MEMBERS) or (None,)
    found = await reading.list_members(
        tx, caller, campaign_id, by, page.limit + 1, after=behind[0], offset=offset
    )
    total = await reading.count_members(tx, caller, campaign_id, by, exact=exact_total)
    shown = page.cut(found, MEMBERS, lambda member: (member.map_id,))
    return CampaignLeadsOut.of(shown, total, offset, page.limit, words)


@router.get(
    "/campaigns/{campaign_id}/leads/{lead_id}", responses=problems(CampaignNotFound, LeadNotFound)
)
async def get_campaign_lead(
    campaign_id: CampaignPath,
    lead_id: LeadPath,
    caller: Reader,
    tx: ReadTx,
    vocabulary: VocabularyParam = None,
) -> CampaignLeadOut:
    """Show a lead in a campaign."""
    member = await reading.get_member(tx, caller, campaign_id, lead_id)
    return CampaignLeadOut.of(member, wording(caller, vocabulary))


@router.get(
    "/campaigns/{campaign_id}/leads/{lead_id}/activity",
    responses=problems(CampaignNotFound, LeadNotFound, InvalidCursor),
)
async def list_lead_activity(
    campaign_id: CampaignPath,
    lead_id: LeadPath,
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    offset: Offset = 0,
) -> LeadActivityOut:
    """List what happened to a lead in a campaign, newest first."""
    at, event_id = page.after(OF_LEAD) or (None, 0)
    found = await reading.member_activity(
        tx, caller, campaign_id, lead_id, page.limit + 1, (at, event_id), offset
    )
    return LeadActivityOut.of(page.cut(found, OF_LEAD, lambda one: (one.at, one.event_id)))


@router.get(
    "/campaigns/{campaign_id}/leads/{lead_id}/message-history",
    responses=problems(CampaignNotFound, LeadNotFound),
)
async def get_message_history(
    campaign_id: CampaignPath, lead_id: LeadPath, caller: Reader, tx: ReadTx
) -> MessageHistoryOut:
    """Show the mails between a lead and the campaign's senders."""
    member = await reading.get_member(tx, caller, campaign_id, lead_id)
    return MessageHistoryOut(history=[], sender=None, to=member.lead.email)
