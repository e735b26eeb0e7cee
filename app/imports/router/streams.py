"""Imports watched live."""

from fastapi import APIRouter, Request, Response

from app.deps import AppResources, KeyedRoute, ReadUnit, TicketRoute, Watcher, problems
from app.imports.errors import ImportNotFound
from app.imports.operations import watching
from app.imports.records import Import, topic_of
from app.imports.router.paths import ImportPath
from app.imports.schemas.imports import ImportOut
from app.imports.states import ENDED
from app.kit.event_stream import EVENTS, LastEventId, followed, last_revision
from app.kit.problems import TooManyStreams
from app.kit.watching import State, Watched
from app.tickets.errors import InvalidTicket
from app.tickets.schemas import TicketOut

router = APIRouter()
streams = APIRouter(route_class=TicketRoute)
tickets = APIRouter(route_class=KeyedRoute)


@streams.get(
    "/imports/{import_id}/events",
    response_class=Response,
    responses={**problems(ImportNotFound, InvalidTicket, TooManyStreams), **EVENTS},
)
async def watch_import(
    import_id: ImportPath,
    caller: Watcher,
    resources: AppResources,
    last_event_id: LastEventId = None,
) -> Response:
    """Follow an import as server-sent events.

    Each is the whole import, as `GET /imports/{import_id}` answers it, without its preview, its
    selection and what is wished of it. The last one is named `end`; it comes when the import is
    completed, failed, cancelled or undone.
    """

    async def look() -> State:
        return _seen(await watching.look(resources, caller.workspace_id, import_id))

    topic = topic_of(caller.workspace_id, import_id)
    watched = Watched(topic, topic, look)
    known = last_revision(last_event_id)
    return await followed(resources.streams, caller.workspace_id, watched, known)


@tickets.post("/imports/{import_id}/ticket", status_code=201, responses=problems(ImportNotFound))
async def create_import_ticket(
    import_id: ImportPath, request: Request, unit: ReadUnit, resources: AppResources
) -> TicketOut:
    """For a browser's EventSource, which can send no key: an address that is good for a while."""
    path = request.app.url_path_for(watch_import.__name__, import_id=import_id)
    return await unit.run(
        watching.ticket_for,
        import_id,
        resources.settings,
        str(path),
        answer=TicketOut.of,
        status=201,
    )


def _seen(found: Import) -> State:
    body = ImportOut.of(found).model_dump_json(by_alias=True).encode()
    return State(found.revision, body, found.state in ENDED)


router.include_router(streams)
router.include_router(tickets)
