"""Spans of requests, transactions and jobs, for OpenTelemetry; without a collector they cost 1 µs.

They hold templates, codes and ids; no path, query, header or text of an error.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NoOpTracer, Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

SHUTDOWN_S = 1.5
"""For what is still to be sent: our supervisor leaves a process six seconds in all."""


@asynccontextmanager
async def open_tracer(endpoint: str | None) -> AsyncIterator[Tracer]:
    """Send spans by OTLP over HTTP while the block runs; without an endpoint, make none."""
    if endpoint is None:
        yield NoOpTracer()
        return
    from app.kit.otlp import provider  # a tenth of a second, which who has no collector keeps

    spans = provider(endpoint)
    try:
        yield spans.get_tracer("leadgate")
    finally:
        # A collector that is silent would hold it, and a thread of asyncio's holds the process.
        ending = threading.Thread(target=spans.shutdown, daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, SHUTDOWN_S)


@contextmanager
def span(
    tracer: Tracer,
    name: str,
    kind: SpanKind,
    attributes: Mapping[str, str | int],
    parent: Context | None = None,
) -> Iterator[Span]:
    """Of what is raised it tells the type alone. Attributes get the prefix ``leadgate.``."""
    with tracer.start_as_current_span(
        name,
        context=parent,
        kind=kind,
        attributes={f"leadgate.{label}": value for label, value in attributes.items()},
        record_exception=False,
        set_status_on_exception=False,
    ) as made:
        try:
            yield made
        except BaseException as error:
            made.set_attribute("error.type", type(error).__qualname__)
            raise


@contextmanager
def span_within(tracer: Tracer, name: str, kind: SpanKind) -> Iterator[Span]:
    """Part of a request or a job; what nobody asked for, like a look for jobs, makes no trace."""
    current = trace.get_current_span()
    if not current.get_span_context().is_valid:
        yield current
        return
    with span(tracer, name, kind, {}) as made:
        yield made


def name_request(made: Span, method: str, route: str, status: int) -> None:
    """By OpenTelemetry's conventions for HTTP; only what fails on our side is an error."""
    made.update_name(f"{method} {route}")
    made.set_attribute("http.request.method", method)
    made.set_attribute("http.route", route)
    made.set_attribute("http.response.status_code", status)
    if status >= 500:
        made.set_status(StatusCode.ERROR)


def parent_of(headers: Iterable[tuple[bytes, bytes]]) -> Context | None:
    """The caller's span (W3C Trace Context). Its ``tracestate`` is free text, and not taken."""
    for name, value in headers:
        if name == b"traceparent":
            return TraceContextTextMapPropagator().extract({"traceparent": value.decode("latin-1")})
    return None
