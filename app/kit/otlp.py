"""OpenTelemetry's SDK, in the background of a process. Imported where there is a collector only."""

import logging
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

log = logging.getLogger(__name__)

EXPORT_TIMEOUT_S = 5


class Exporter(OTLPSpanExporter):
    """Tells once that the collector does not take the spans, and once that it does again."""

    _is_away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        away = result is not SpanExportResult.SUCCESS
        if away and not self._is_away:
            log.warning("the collector does not take traces; they are dropped until it does")
        elif self._is_away and not away:
            log.warning("the collector takes traces again")
        self._is_away = away
        return result


def provider(endpoint: str) -> TracerProvider:
    """What OpenTelemetry's own variables say (sampler, headers, resource) holds, too."""
    # It would tell of every attempt; and of every span that finds the queue full.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    exporter = Exporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_TIMEOUT_S)
    made = TracerProvider(
        resource=Resource.create({"service.name": "leadgate"}), shutdown_on_exit=False
    )
    made.add_span_processor(BatchSpanProcessor(exporter))
    return made
