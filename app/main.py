"""The HTTP application."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.about import INFO, TAGS
from app.audit.router import router as audit
from app.campaigns.router import router as campaigns
from app.gate.router import router as gate
from app.health.router import router as health
from app.imports.router import router as imports
from app.jobs.router import router as jobs
from app.kit.concurrency import AtMost
from app.kit.description import DescribedApp
from app.kit.http import Frame, add_problem_handlers
from app.kit.observed import Observed
from app.kit.rate_limits import HEADERS
from app.kit.repeats import REPLAYED
from app.kit.resources import open_resources
from app.launch.router import router as launch
from app.leads.router import router as leads
from app.metrics.router import router as metrics
from app.settings import Settings
from app.suppression.router import router as suppression
from app.uploads.router import router as uploads
from app.validation.overrides.router import router as overrides
from app.workspaces.router import router as workspaces

ROUTERS = (
    *(workspaces, audit, campaigns, suppression, overrides, gate),
    *(uploads, imports, leads, launch, jobs),
)
"""In this order: fixed paths stand before those with an id."""
SHOWN_HEADERS = ("Link", "X-Next-Cursor", "X-Request-Id", "Retry-After", REPLAYED, *HEADERS)
"""What a web page of another origin may read besides the body."""
ALWAYS_ANSWERED = re.compile(
    r"/health/|/metrics$|/api/v1/(imports/[0-9]+|campaigns/[0-9]+/validation)/events$"
)
"""Streams have a limit of their own: opened by many at once, they wait, as a browser whose stream
is answered 503 never comes again."""


def create_app(settings: Settings) -> FastAPI:
    """The application with its routers; its resources open with the lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(settings) as resources:
            app.state.resources = resources
            yield

    app = DescribedApp(
        **INFO,
        openapi_tags=sorted(TAGS, key=lambda tag: str(tag["name"])),
        servers=[{"url": "/"}],
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        docs_url="/docs" if settings.docs else None,
        openapi_url="/openapi.json" if settings.docs else None,
        redoc_url=None,
        # Of its own it would send paths and queries, and with them addresses and keys.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    add_problem_handlers(app)
    app.add_middleware(AtMost, limit=settings.max_concurrent_requests, exempt=ALWAYS_ANSWERED)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=SHOWN_HEADERS,
        )
    app.add_middleware(Observed)
    app.add_middleware(Frame)
    for router in ROUTERS:
        app.include_router(router, prefix="/api/v1")
    app.include_router(health)
    if settings.metrics:
        app.include_router(metrics)
    return app
