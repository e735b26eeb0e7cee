"""A collector of traces: OTLP over HTTP, on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httptools
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Collector:
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Span]:
        """In the order in which they began."""
        found = [
            span
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
        return sorted(found, key=lambda span: span.start_time_unix_nano)


def attributes(span: Span) -> dict[str, Any]:
    return {
        one.key: getattr(one.value, one.value.WhichOneof("value") or "") for one in span.attributes
    }


class _Receiver:
    def __init__(self, collector: Collector) -> None:
        self.collector, self.body, self.complete = collector, b"", False

    def on_url(self, url: bytes) -> None:
        assert url == b"/v1/traces"

    def on_body(self, part: bytes) -> None:
        self.body += part

    def on_message_complete(self) -> None:
        self.collector.bodies.append(self.body)
        self.body, self.complete = b"", True


@asynccontextmanager
async def collecting(*, silent: bool = False) -> AsyncIterator[Collector]:
    """One that takes everything; or one that takes the connection, and never answers."""
    collector = Collector()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiver = _Receiver(collector)
        parser = httptools.HttpRequestParser(receiver)
        while data := await reader.read(65536):
            if silent:
                continue
            parser.feed_data(data)
            if receiver.complete:
                receiver.complete = False
                writer.write(OK)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        collector.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield collector
