"""People of the whole workspace."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.campaigns.errors import CampaignNotFound
from app.campaigns.repository import CampaignRepository
from app.campaigns.schemas.fields import Campaign
from app.deps import ArrayPageParams, KeyedRoute, PageParams, Reader, ReadTx, problems
from app.identity import email_identity
from app.kit.fields import Offset
from app.kit.pages import NEXT_PAGE, Cursor, InvalidCursor, next_headers
from app.leads.errors import LeadListNotFound, LeadListOff, LeadNotFound, UnknownStatus
from app.leads.operations import reading
from app.leads.operations.words import wording
from app.leads.repository.people import PeopleFilter, PeopleRepository
from app.leads.rules.categories import CATEGORIES
from app.leads.rules.records import MemberFilter
from app.leads.schemas.categories import CategoriesOut, CategoryOut
from app.leads.schemas.fields import (
    EmailStatusParam,
    LeadPath,
    OptionalId,
    OptionalLastId,
    OptionalMoment,
    StatusParam,
    ValidationParam,
    VocabularyParam,
)
from app.leads.schemas.leads import (
    AllLeadsOut,
    FoundLeadOut,
    GlobalLeadOut,
    GlobalLeadsOut,
    KnownLeadOut,
    LeadCampaignOut,
    LeadCampaignsOut,
    NobodyOut,
)
from app.leads.schemas.validation import LeadValidationOut

router = APIRouter(route_class=KeyedRoute)

PEOPLE = Cursor("leads", int)
CAMPAIGNS = Cursor("campaigns-of-lead", int)


@router.get("/leads/fetch-categories", responses=problems())
async def fetch_categories(_: Reader) -> CategoriesOut:
    """List the categories of replies."""
    return CategoriesOut([CategoryOut.of(category) for category in CATEGORIES.values()])


@router.get(
    "/leads/all",
    responses=problems(
        LeadListOff, CampaignNotFound, LeadListNotFound, UnknownStatus, InvalidCursor
    ),
)
async def list_all_leads(
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    status: StatusParam = [],  # noqa: B006  # FastAPI copies it
    last_seen: Annotated[
        OptionalLastId,
        Query(alias="lastSeenLeadId", description="The last lead of the page before."),
    ] = None,
    campaign_id: Annotated[
        Campaign | None, Query(alias="campaignId", description="In this campaign only.")
    ] = None,
    email_status: Annotated[EmailStatusParam, Query(alias="emailStatus")] = None,
    email: Annotated[
        str | None, Query(alias="leadEmail", description="With this address only.")
    ] = None,
    list_id: Annotated[
        OptionalId, Query(alias="listId", description="There are no lists: any is answered 404.")
    ] = None,
    validation: ValidationParam = [],  # noqa: B006  # FastAPI copies it
    vocabulary: VocabularyParam = None,
) -> AllLeadsOut:
    """List the leads of the workspace, those who came first at the top.

    The next page is behind `lastSeenLeadId`, or behind `cursor`.
    """
    if campaign_id is not None:
        await CampaignRepository(tx, caller.workspace_id).get(campaign_id)
    if list_id is not None:
        raise LeadListNotFound
    words = wording(caller, vocabulary, status)
    by = PeopleFilter(
        email=_email_key(email),
        campaign_id=campaign_id,
        member=MemberFilter.of(words.statuses, email_status),
        validation=tuple(validation),
    )
    behind = page.after(PEOPLE) or (last_seen,)
    found = await reading.list_people(tx, caller, by, page.limit + 1, after=behind[0])
    shown = page.cut(found, PEOPLE, lambda known: (known.lead.id,))
    total = await reading.count_people(tx, caller, by)
    return AllLeadsOut.of(shown.rows, total, shown.next_cursor, words)


@router.get("/leads/global-leads", responses=problems(LeadListOff, InvalidCursor))
async def list_global_leads(
    caller: Reader,
    tx: ReadTx,
    page: PageParams,
    offset: Offset = 0,
    created_at_gt: Annotated[OptionalMoment, Query(description="Added after this time.")] = None,
    email: Annotated[str | None, Query(description="With this address only.")] = None,
    validation: ValidationParam = [],  # noqa: B006  # FastAPI copies it
    vocabulary: VocabularyParam = None,
) -> GlobalLeadsOut:
    """List the leads of the workspace, each with all campaigns."""
    by = PeopleFilter(
        email=_email_key(email), created_after=created_at_gt, validation=tuple(validation)
    )
    behind = page.after(PEOPLE) or (None,)
    found = await reading.list_people(
        tx, caller, by, page.limit + 1, after=behind[0], offset=offset
    )
    shown = page.cut(found, PEOPLE, lambda known: (known.lead.id,))
    words = wording(caller, vocabulary)
    return GlobalLeadsOut(
        data=[GlobalLeadOut.known(known, words) for known in shown.rows],
        skip=offset,
        limit=page.limit,
        hasMore=shown.next_cursor is not None,
        next_cursor=shown.next_cursor,
    )


@router.get("/leads", responses=problems())
async def find_lead(
    caller: Reader,
    tx: ReadTx,
    email: Annotated[str, Query(description="An address, in any spelling.")],
    vocabulary: VocabularyParam = None,
) -> FoundLeadOut:
    """Find a lead by address, with all campaigns; `{}` when nobody has it."""
    known = await reading.find_lead(tx, caller, email)
    words = wording(caller, vocabulary)
    return FoundLeadOut(KnownLeadOut.known(known, words) if known else NobodyOut())


@router.get("/leads/{lead_id}", responses=problems(LeadNotFound))
async def get_lead(
    lead_id: LeadPath, caller: Reader, tx: ReadTx, vocabulary: VocabularyParam = None
) -> KnownLeadOut:
    """Show a lead with all campaigns."""
    known = await reading.get_lead(tx, caller, lead_id)
    return KnownLeadOut.known(known, wording(caller, vocabulary))


@router.get("/leads/{lead_id}/validation", responses=problems(LeadNotFound))
async def get_lead_validation(lead_id: LeadPath, caller: Reader, tx: ReadTx) -> LeadValidationOut:
    """Show what was found out about a lead's address, and by what."""
    checked = await PeopleRepository(tx, caller.workspace_id).checked(lead_id)
    return LeadValidationOut.of(lead_id, checked)


@router.get(
    "/leads/{lead_id}/campaigns", responses=problems(LeadNotFound, InvalidCursor) | NEXT_PAGE
)
async def list_campaigns_of_lead(
    lead_id: LeadPath,
    request: Request,
    response: Response,
    caller: Reader,
    tx: ReadTx,
    page: ArrayPageParams,
    vocabulary: VocabularyParam = None,
) -> LeadCampaignsOut:
    """List the campaigns of a lead, oldest first; the next page is in the headers."""
    behind = page.after(CAMPAIGNS) or (None,)
    found = await reading.campaigns_of(tx, caller, lead_id, page.limit + 1, behind[0])
    shown = page.cut(found, CAMPAIGNS, lambda there: (there.campaign_id,))
    response.headers.update(next_headers(request.url, shown.next_cursor))
    words = wording(caller, vocabulary)
    return LeadCampaignsOut([LeadCampaignOut.of(there, words) for there in shown.rows])


def _email_key(given: str | None) -> str | None:
    """What is no address is nobody's."""
    if not given:
        return None
    identity = email_identity(given)
    return identity.key if identity else given
