"""How far the check of a campaign's leads is: asked, or watched live."""

from fastapi import APIRouter, Request, Response

from app.campaigns.errors import CampaignNotFound
from app.campaigns.schemas.fields import CampaignPath
from app.deps import (
    AppResources,
    KeyedRoute,
    Reader,
    ReadTx,
    ReadUnit,
    TicketRoute,
    Watcher,
    problems,
)
from app.kit.event_stream import EVENTS, LastEventId, followed, last_revision
from app.kit.problems import TooManyStreams
from app.kit.watching import Watched, numbered
from app.leads.operations import progress
from app.leads.rules.progress import ProgressState, topic_of
from app.leads.schemas.progress import ValidationProgressOut
from app.tickets.errors import InvalidTicket
from app.tickets.schemas import TicketOut

router = APIRouter()
keyed = APIRouter(route_class=KeyedRoute)
streams = APIRouter(route_class=TicketRoute)


@keyed.get("/campaigns/{campaign_id}/validation", responses=problems(CampaignNotFound))
async def get_validation_progress(
    campaign_id: CampaignPath, caller: Reader, tx: ReadTx
) -> ValidationProgressOut:
    """How far the check of a campaign's leads is: who waits, and the others by result and level."""
    found = await progress.look_up(tx, caller.workspace_id, campaign_id)
    return ValidationProgressOut.of(found, campaign_id)


@streams.get(
    "/campaigns/{campaign_id}/validation/events",
    response_class=Response,
    responses={**problems(CampaignNotFound, InvalidTicket, TooManyStreams), **EVENTS},
)
async def watch_validation(
    campaign_id: CampaignPath,
    caller: Watcher,
    resources: AppResources,
    last_event_id: LastEventId = None,
) -> Response:
    """Follow the check of a campaign's leads as server-sent events.

    Each is what `GET /campaigns/{campaign_id}/validation` answers. The last one is named `end`; it
    comes when nobody waits to be checked, and no import brings more.
    """

    async def look() -> tuple[bytes, bool]:
        found = await progress.look(resources, caller.workspace_id, campaign_id)
        body = ValidationProgressOut.of(found, campaign_id).model_dump_json().encode()
        return body, found.state is ProgressState.COMPLETED

    known, topic = last_revision(last_event_id), topic_of(caller.workspace_id)
    watched = Watched(f"{topic}:{campaign_id}", topic, numbered(look, known))
    return await followed(resources.streams, caller.workspace_id, watched, known)


@keyed.post(
    "/campaigns/{campaign_id}/validation/ticket",
    status_code=201,
    responses=problems(CampaignNotFound),
)
async def create_validation_ticket(
    campaign_id: CampaignPath, request: Request, unit: ReadUnit, resources: AppResources
) -> TicketOut:
    """For a browser's EventSource, which can send no key: an address that is good for a while."""
    path = request.app.url_path_for(watch_validation.__name__, campaign_id=campaign_id)
    return await unit.run(
        progress.ticket_for,
        campaign_id,
        resources.settings,
        str(path),
        answer=TicketOut.of,
        status=201,
    )


router.include_router(keyed)
router.include_router(streams)
