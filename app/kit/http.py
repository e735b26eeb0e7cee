"""HTTP for any service: request ids, trailing slashes, security headers, problems."""

import logging
import re
import uuid

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import problems
from app.kit.answers import problem_response
from app.kit.db import is_away, is_out_of_range, is_slow, reason
from app.kit.findings import of_validation
from app.kit.guard import Route
from app.kit.problems import InvalidRequest, MalformedJson, Problem
from app.kit.storage import StorageAway, StorageFull

__all__ = ["Frame", "Route", "add_problem_handlers"]

log = logging.getLogger(__name__)

SANE_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]
RETRY_AFTER_S = "2"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Frame:
    """The outermost middleware: a request id, paths without trailing slash, security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = dict(scope)  # the server reads its own, to know what it may send
        request_id = _request_id(scope)
        own = [(b"x-request-id", request_id.encode()), *SECURITY_HEADERS]
        bare = scope["method"] == "HEAD"  # the answer to GET without its body (RFC 9110, 9.3.2)
        # Whoever learns something of the answer before there is one adds to its headers.
        scope.setdefault("state", {}).update(
            request_id=request_id, answer_headers=own, is_head=bare
        )
        if len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope["path"] = scope["path"].rstrip("/") or "/"
        if bare:
            scope["method"] = "GET"

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *own]
            elif bare:
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, framed)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and SANE_REQUEST_ID.fullmatch(value):
            given: bytes = value
            return given.decode()
    return uuid.uuid4().hex


def add_problem_handlers(app: FastAPI) -> None:
    """Whatever goes wrong leaves as application/problem+json."""

    @app.exception_handler(Problem)
    async def _(request: Request, problem: Problem) -> Response:
        return problem_response(request, problem)

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> Response:
        return problem_response(request, of_validation(error.errors(), error.body))

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> Response:
        if error.status_code == 405:
            return _not_allowed(request)
        return problem_response(request, of_status(error))

    app.add_middleware(Unexpected)


class Unexpected:
    """The innermost middleware: what nobody expected is a 500 without its inside.

    Except PostgreSQL or the storage being away or too slow, a 503, and numbers that it cannot hold.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            response = problem_response(Request(scope), _unexpected(error, scope))
            await response(scope, receive, send)


def _unexpected(error: Exception, scope: Scope) -> Problem:
    if is_away(error):
        log.warning("the database is away: %s", reason(error))
        return problems.ServiceUnavailable(
            "The database cannot be reached. Try again.", headers={"Retry-After": RETRY_AFTER_S}
        )
    if is_slow(error):
        log.warning("the database was too slow: %s", type(error).__name__)
        return problems.ServiceUnavailable(
            "The database took too long to answer. Try again.",
            headers={"Retry-After": RETRY_AFTER_S},
        )
    if isinstance(error, StorageAway):
        return _without_storage(error)
    if is_out_of_range(error):
        return InvalidRequest("A number in the request is larger than any that can be kept.")
    if isinstance(error, ClientDisconnect):
        return MalformedJson("The connection was closed before the body had come.")
    log.error("request %s failed", scope["state"]["request_id"], exc_info=error)
    return problems.InternalError("Something went wrong on our side; the request id tells us what.")


def _without_storage(error: StorageAway) -> Problem:
    full = isinstance(error, StorageFull)
    log.warning("the storage is %s: %s", "full" if full else "away", error)
    return problems.ServiceUnavailable(
        "There is no room left for files."
        if full
        else "Files cannot be stored or read. Try again.",
        headers={"Retry-After": RETRY_AFTER_S},
    )


def _not_allowed(request: Request) -> Response:
    """``Allow`` names what all routes of the path answer to; OPTIONS asks for nothing else."""
    asked = ("type", "path", "raw_path", "root_path", "headers")
    scope = {name: request.scope[name] for name in asked}
    allowed = [
        method
        for method in METHODS
        for route in request.app.routes
        if route.matches({**scope, "method": method})[0] is Match.FULL
    ]
    if "GET" in allowed:
        allowed.insert(0, "HEAD")
    headers = {"Allow": ", ".join(dict.fromkeys([*allowed, "OPTIONS"]))}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=headers)
    said = "This path does not answer to this method."
    return problem_response(request, problems.MethodNotAllowed(said, headers=headers))


def of_status(error: HTTPException) -> Problem:
    """Starlette's own refusals."""
    if error.status_code == 404:
        return problems.RouteNotFound("There is nothing at this path.")
    if error.status_code == 408:
        return problems.RequestTimeout("The body did not come in time.")
    if error.status_code == 431:
        return problems.HeadTooLarge()
    if error.status_code == 413:
        return problems.BodyTooLarge(error.detail)
    return MalformedJson("The request could not be read.")
