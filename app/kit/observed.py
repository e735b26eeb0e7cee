"""Each request is counted, timed and traced, and leaves one line in the log."""

import logging
import time
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from opentelemetry.trace import SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

from app.kit.resources import Resources
from app.kit.traces import name_request, parent_of, span

log = logging.getLogger(__name__)

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
OTHER_METHOD, UNMATCHED = "other", "unmatched"
"""One word each for what clients make up: a label or a line per invention would be without end."""
PROBES = ("/health/", "/metrics")


class Observed:
    """Stands within Frame, which gives the request its id, and around everything else.

    The id stands in every line that is logged while the request runs, of libraries too. Path and
    query are never told, because they hold addresses and keys; the route's template is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._templates: dict[int, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        resources: Resources = scope["app"].state.resources
        metrics = resources.metrics
        began, status, head_s = time.perf_counter(), 500, 0.0

        async def noting(message: Message) -> None:
            nonlocal status, head_s
            if message["type"] == "http.response.start":
                status, head_s = message["status"], time.perf_counter() - began
            await send(message)

        request_id = scope["state"]["request_id"]
        method = scope["method"] if scope["method"] in METHODS else OTHER_METHOD
        parent = parent_of(scope["headers"])
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        metrics.in_flight.inc()
        attributes = {"request_id": request_id}
        with span(resources.tracer, method, SpanKind.SERVER, attributes, parent) as made:
            try:
                await self._app(scope, receive, noting)
            finally:
                duration_s = time.perf_counter() - began
                route = self._route(scope)
                metrics.in_flight.dec()
                metrics.requests.labels(method, route, status).inc()
                took_s = head_s if scope["state"].get("is_stream") else duration_s
                metrics.durations.labels(method, route).observe(took_s)
                name_request(made, method, route, status)
                _tell(scope, method, route, status, duration_s)
                clear_contextvars()

    def _route(self, scope: Scope) -> str:
        """The template, as ``/api/v1/campaigns/{campaign_id}``."""
        if not self._templates:
            self._templates = _templates(scope["app"])
        matched = scope.get("route") or scope.get("endpoint")
        return self._templates.get(id(matched), UNMATCHED)


def _templates(app: FastAPI) -> dict[int, str]:
    """By the route, and for those of Starlette itself, like /docs, by the endpoint."""
    found: dict[int, str] = {}
    for context in iter_route_contexts(app.routes):
        route: Any = context.original_route
        known = route if isinstance(route, APIRoute) else getattr(route, "endpoint", route)
        found[id(known)] = str(context.path_format)
    return found


def _tell(scope: Scope, method: str, route: str, status: int, duration_s: float) -> None:
    fields = {
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round(duration_s * 1000, 1),
    }
    if problem := scope["state"].get("problem"):
        fields["problem"] = problem
    level = logging.DEBUG if route.startswith(PROBES) else logging.INFO
    log.log(level, "request", extra=fields)
