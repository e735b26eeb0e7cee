"""What a collector gets to see."""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import NoOpTracer

from app.kit.jobs import queue
from app.kit.otlp import Exporter, provider
from app.kit.resources import open_resources
from app.launch.jobs import RemoveCampaign
from app.main import create_app
from app.settings import Settings
from app.values import CampaignId, WorkspaceId
from tests.client import Tenant, client
from tests.collector import Collector, attributes, collecting
from tests.lines import lines_of
from workers.runner import run
from workers.tasks import TASKS

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
UNSAMPLED = f"00-{TRACE}-{PARENT}-00"
LEADS = "/api/v1/campaigns/{campaign_id}/leads"


@asynccontextmanager
async def traced(settings: Settings, endpoint: str, key: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application of its own; at the end, what it has to send is sent."""
    app = create_app(settings.model_copy(update={"otlp_endpoint": endpoint}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), client(transport, key) as api:
        yield api


def requests_in(collector: Collector) -> list[Span]:
    return [span for span in collector.spans() if span.kind == Span.SPAN_KIND_SERVER]


async def test_a_request_is_a_span_with_those_of_postgresql(
    settings: Settings, tenant: Tenant
) -> None:
    campaign = await tenant.campaign()
    async with collecting() as collector:
        async with traced(settings, collector.url, tenant.key) as api:
            answer = await api.post(
                f"/campaigns/{campaign}/leads?api_key={tenant.key}",
                json={"lead_list": [{"email": "ann@example.com", "first_name": "Annabella"}]},
                headers={
                    "X-Request-Id": "trace-1",
                    "traceparent": f"00-{TRACE}-{PARENT}-01",
                    "tracestate": "who=annabella",
                },
            )
            assert answer.status_code == 200
        request, *below = collector.spans()
        assert request.name == f"POST {LEADS}"
        assert attributes(request) == {
            "leadgate.request_id": "trace-1",
            "http.request.method": "POST",
            "http.route": LEADS,
            "http.response.status_code": 200,
        }
        assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, PARENT)
        assert {span.name for span in below} == {"postgresql"}
        assert {span.parent_span_id for span in below} == {request.span_id}
        assert attributes(below[-1]) == {"leadgate.attempt": 1}
        for body in collector.bodies:
            for word in (b"example.com", b"nnabella", tenant.key.encode(), b"campaigns/1"):
                assert word not in body
            assert b"service.name" in body


async def test_only_what_fails_on_our_side_is_an_error(settings: Settings, tenant: Tenant) -> None:
    closed = settings.model_copy(update={"database_url": "postgresql://a@127.0.0.1:1/a"})
    async with collecting() as collector:
        async with traced(settings, collector.url, tenant.key) as api:
            assert (await api.get("/campaigns/999999")).status_code == 404
        async with traced(closed, collector.url, tenant.key) as api:
            assert (await api.get("/me")).status_code == 503
        found = [(attributes(span), span.status.code) for span in requests_in(collector)]
        told = [(span["http.response.status_code"], code) for span, code in found]
        assert told == [(404, Status.STATUS_CODE_UNSET), (503, Status.STATUS_CODE_ERROR)]
        assert "error.type" in str([attributes(span) for span in collector.spans()])


async def test_who_traces_nothing_is_heard(settings: Settings, tenant: Tenant) -> None:
    async with collecting() as collector:
        async with traced(settings, collector.url, tenant.key) as api:
            await api.get("/me", headers={"traceparent": UNSAMPLED})
            await api.get("/me", headers={"traceparent": "ann@example.com"})
        (request,) = requests_in(collector)
        assert request.parent_span_id == b""


async def test_a_job_is_a_span_and_a_look_for_one_is_none(
    settings: Settings, tenant: Tenant
) -> None:
    async with collecting() as collector:
        update = {"otlp_endpoint": collector.url}
        async with open_resources(settings.model_copy(update=update)) as resources:
            async with resources.database.transaction() as tx:
                await queue(tx, RemoveCampaign(WorkspaceId(tenant.id), CampaignId(4711)))
            (job_id,) = tx.queued
            lease = await resources.jobs.claim(job_id)
            assert lease
            await run(resources, lease, TASKS)
        job, *below = collector.spans()
        assert job.name == f"job {RemoveCampaign.kind}"
        assert attributes(job) == {
            "leadgate.workspace_id": tenant.id,
            "leadgate.job_id": job_id,
            "leadgate.kind": RemoveCampaign.kind,
            "leadgate.attempt": 1,
            "leadgate.outcome": "completed",
        }
        assert {span.parent_span_id for span in below} == {job.span_id}


async def test_a_silent_collector_holds_up_nobody(settings: Settings, tenant: Tenant) -> None:
    async with collecting(silent=True) as collector:
        async with traced(settings, collector.url, tenant.key) as api:
            began = time.monotonic()
            for _ in range(3):
                assert (await api.get("/me")).status_code == 200
            assert time.monotonic() - began < 2
            began = time.monotonic()
        assert time.monotonic() - began < 4


async def test_a_collector_that_is_away_is_told_of_once() -> None:
    away = "http://127.0.0.1:1/v1/traces"
    with lines_of(logging.getLogger()) as lines:
        tracer = provider(away).get_tracer("test")
        span = tracer.start_span("x")
        assert isinstance(span, ReadableSpan)
        exporter = Exporter(endpoint=away, timeout=0.2)
        for _ in range(3):
            assert await asyncio.to_thread(exporter.export, [span]) is SpanExportResult.FAILURE
    told = [(line["level"], line["event"]) for line in lines.all() if line["logger"] != "asyncio"]
    message = "the collector does not take traces; they are dropped until it does"
    assert told == [("warning", message)]


async def test_without_an_endpoint_nothing_is_loaded(settings: Settings) -> None:
    program = "import sys, app.main, workers.main; print(*sys.modules, sep='\\n')"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        env={"PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
    )
    loaded = (await process.communicate())[0].decode().split()
    assert "app.kit.traces" in loaded
    for name in ("app.kit.otlp", "opentelemetry.sdk", "opentelemetry.exporter", "requests"):
        assert name not in loaded
    async with open_resources(settings) as resources:
        assert isinstance(resources.tracer, NoOpTracer)
