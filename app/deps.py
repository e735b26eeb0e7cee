"""What routers ask for: the resources, the caller, a transaction to read in, a unit to write in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Annotated, TypeVar, TypeVarTuple, cast

from fastapi import Depends, Query, Request, Response, Security
from fastapi.dependencies.models import Dependant
from fastapi.security import APIKeyHeader, APIKeyQuery, HTTPBearer
from pydantic import BaseModel, Field
from structlog.contextvars import bind_contextvars

from app.kit.answers import Answer
from app.kit.db import Tx
from app.kit.description import Responses, described
from app.kit.fields import AN_INTEGER
from app.kit.guard import CheckedRequest
from app.kit.http import Route
from app.kit.idempotency import RequestIdentity
from app.kit.pages import MAX_LIMIT, Page
from app.kit.problems import InvalidRequest, Problem, ServiceUnavailable, TooBusy
from app.kit.repeats import KeyHeader, Repeatable, fingerprint
from app.kit.resources import Resources
from app.settings import Settings
from app.tickets.operations import redeem_ticket
from app.values import KeyScope
from app.workspaces.errors import InvalidApiKey, RateLimited, ScopeMissing
from app.workspaces.operations import authenticate
from app.workspaces.rules import Caller

Ts = TypeVarTuple("Ts")
R = TypeVar("R")
A = TypeVar("A", bound=BaseModel)


def _resources(request: Request) -> Resources:
    return cast(Resources, request.app.state.resources)


AppResources = Annotated[Resources, Depends(_resources)]

BEARER = HTTPBearer(
    auto_error=False, scheme_name="Bearer", description="The API key as a bearer token."
)
HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="ApiKeyHeader")
QUERY = APIKeyQuery(
    name="api_key",
    auto_error=False,
    scheme_name="ApiKeyQuery",
    description="As SmartLead's clients send it.",
)
TICKET = APIKeyQuery(
    name="ticket",
    auto_error=False,
    scheme_name="Ticket",
    description="For a browser's EventSource, which can send no key. It opens one stream.",
)


async def _key(request: Request) -> str | None:
    bearer = await BEARER(request)
    return (bearer.credentials if bearer else None) or await HEADER(request) or await QUERY(request)


@dataclass(frozen=True)
class Needs:
    """The caller, whose key has this scope. The route has asked already; see ``KeyedRoute``."""

    scope: KeyScope

    def __call__(
        self,
        request: Request,
        _bearer: Annotated[object, Security(BEARER)],
        _header: Annotated[object, Security(HEADER)],
        _query: Annotated[object, Security(QUERY)],
    ) -> Caller:
        """The parameters tell the OpenAPI document how a key is sent."""
        return cast(Caller, request.state.caller)


class KeyedRoute(Route):
    """Asks for the key before the body is touched: 401, 403, 429, then what every route asks.

    Which scope it takes is what its endpoint's dependencies need.
    """

    async def admit(self, request: Request) -> None:
        resources = _resources(request)
        caller = await self.identify(request, resources)
        bind_contextvars(workspace_id=caller.workspace_id, key_id=caller.key_id)
        standing = await resources.rate_limiter.take(
            str(caller.key_id), _rate_limit(resources.settings, caller)
        )
        if standing:
            request.state.answer_headers.extend(standing.headers())
        for scope in self._scopes:
            if not caller.scope.includes(scope):
                raise ScopeMissing(scope)
        if standing and standing.retry_after_s:
            raise RateLimited(standing.limit, standing.retry_after_s)
        request.state.caller = caller

    async def identify(self, request: Request, resources: Resources) -> Caller:
        """Raises InvalidApiKey."""
        return await authenticate(resources, await _key(request))

    @cached_property
    def _scopes(self) -> frozenset[KeyScope]:
        return frozenset(_needed(self.dependant))


class TicketRoute(KeyedRoute):
    """A ticket in the query, if there is one, stands for the key."""

    async def identify(self, request: Request, resources: Resources) -> Caller:
        """Raises InvalidTicket, InvalidApiKey."""
        if ticket := await TICKET(request):
            return await redeem_ticket(resources, ticket, request.scope["path"])
        return await super().identify(request, resources)


def _rate_limit(settings: Settings, caller: Caller) -> int:
    own = caller.rate_limit_per_minute
    return settings.rate_limit_per_minute if own is None else own


def _needed(dependant: Dependant) -> Iterator[KeyScope]:
    if isinstance(dependant.call, Needs):
        yield dependant.call.scope
    for below in dependant.dependencies:
        yield from _needed(below)


Reader = Annotated[Caller, Depends(Needs(KeyScope.READ))]
Writer = Annotated[Caller, Depends(Needs(KeyScope.WRITE))]
Admin = Annotated[Caller, Depends(Needs(KeyScope.ADMIN))]


def _watcher(caller: Reader, _ticket: Annotated[object, Security(TICKET)]) -> Caller:
    return caller


Watcher = Annotated[Caller, Depends(_watcher)]
"""A reader, who may show a ticket; see ``TicketRoute``."""


async def _read(resources: AppResources) -> AsyncIterator[Tx]:
    async with resources.database.transaction() as tx:
        yield tx


ReadTx = Annotated[Tx, Depends(_read, scope="function")]
"""For reads; it ends before the answer leaves."""


def _page(default: int) -> Callable[..., Page]:
    def page(
        cursor: Annotated[
            str | None, Query(description="The `next_cursor` of the page before.")
        ] = None,
        limit: Annotated[
            int, Field(ge=1, le=MAX_LIMIT), AN_INTEGER, Query(description="Rows per page.")
        ] = default,
    ) -> Page:
        return Page(cursor, limit)

    return page


PageParams = Annotated[Page, Depends(_page(100))]
ArrayPageParams = Annotated[Page, Depends(_page(MAX_LIMIT))]
"""For bare arrays, whose clients may know nothing of pages."""


class Unit:
    """One unit of work of a write endpoint: begin, operation, answer encoded, commit.

    All of it again after a lost conflict. A request with a key is worked on once.
    """

    def __init__(self, resources: Resources, caller: Caller, repeatable: Repeatable | None) -> None:
        self._resources = resources
        self._repeatable = repeatable
        self.caller = caller

    async def run(
        self,
        operation: Callable[[Tx, Caller, *Ts], Awaitable[R]],
        *args: *Ts,
        answer: Callable[[R], A],
        status: int | Callable[[R], int] = 200,
        headers: Callable[[R], Mapping[str, str]] | None = None,
    ) -> A:
        """Call ``operation(tx, caller, *args)`` in a transaction and answer with what it returned.

        The result is encoded before the commit, so it is a Response in truth, which FastAPI passes
        through; its type names the shape for the OpenAPI document.
        """

        async def work(tx: Tx) -> Response:
            found = await operation(tx, self.caller, *args)
            code = status(found) if callable(status) else status
            return Answer(answer(found), code, headers(found) if headers else None)

        once = partial(self._repeatable.once, work=work) if self._repeatable else work
        return cast(A, await self._resources.database.run(once))


@dataclass(frozen=True)
class StreamedUnit:
    """The unit of an endpoint that reads its body itself, which it asks for when it has."""

    request: Request
    resources: Resources
    caller: Caller
    key: str | None

    def after(self, body: bytes) -> Unit:
        """``body`` stands for what was read: by it a request with a key is known again."""
        if self.key is None:
            return Unit(self.resources, self.caller, None)
        path, query = self.request.scope["path"], self.request.scope["query_string"]
        known_by = fingerprint(self.request.method, path, query, body)
        identity = RequestIdentity(self.caller.workspace_id, self.key, known_by)
        repeatable = Repeatable(self.request, identity, self.resources.settings.secret_key)
        return Unit(self.resources, self.caller, repeatable)


def _streamed(scope: KeyScope) -> Callable[..., Awaitable[StreamedUnit]]:
    async def streamed(
        request: Request,
        resources: AppResources,
        caller: Annotated[Caller, Depends(Needs(scope))],
        key: KeyHeader = None,
    ) -> StreamedUnit:
        return StreamedUnit(request, resources, caller, key)

    return streamed


def _unit(scope: KeyScope) -> Callable[..., Awaitable[Unit]]:
    async def unit(
        request: CheckedRequest,
        streamed: Annotated[StreamedUnit, Depends(_streamed(scope))],
    ) -> Unit:
        return streamed.after(request.canonical_json())

    return unit


ReadUnit = Annotated[Unit, Depends(_unit(KeyScope.READ))]
"""For a POST that only asks: it may be sent again like every other."""
WriteUnit = Annotated[Unit, Depends(_unit(KeyScope.WRITE))]
AdminUnit = Annotated[Unit, Depends(_unit(KeyScope.ADMIN))]
StreamedWriteUnit = Annotated[StreamedUnit, Depends(_streamed(KeyScope.WRITE))]


EVERYWHERE = (
    InvalidApiKey,
    ScopeMissing,
    RateLimited,
    InvalidRequest,
    ServiceUnavailable,
    TooBusy,
)


def problems(*own: type[Problem]) -> Responses:
    """The ``responses`` of an endpoint: its own problems, and those that every endpoint has.

    The route itself adds those of bodies, where it takes one.
    """
    return described(*own, *EVERYWHERE)
