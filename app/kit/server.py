"""uvicorn's HTTP/1.1 for clients that are slow, silent, broken or hostile."""

import logging
import uuid
from asyncio import TimerHandle, Transport
from collections.abc import Callable
from functools import partial
from socket import socket
from typing import Any, cast

import httptools
import orjson
import uvicorn
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    RequestResponseCycle,
)

from app.kit.heads import MAX_HEAD_BYTES, MAX_HEADERS, checked_address
from app.kit.http import SECURITY_HEADERS
from app.kit.problems import (
    PROBLEM_JSON,
    HeadTooLarge,
    MalformedRequest,
    MethodNotAllowed,
    Problem,
    RequestTimeout,
)
from app.kit.unread import ReadProtocol

LINGER_S = 2
"""How long a refused client may go on sending. To close at once would reset the connection, and
the client would lose the answer."""

SLOWEST_SEND_BYTES_PER_S = 16 * 1024
"""What a client has to send of its body, on average over each of its times."""

log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """Ends what has no end of its own, before it waits for what is in flight."""

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self._end_streams()
        await super().shutdown(sockets)


class Protocol(ReadProtocol):
    """A time-out for each head, a least speed for bodies, bounded heads, and problems, not text.

    What is wrong with a head is answered here, after the requests before it. What is wrong with a
    body is raised where the application reads it, and answered there. Who is answered while the
    body still comes may send all of it: many clients do not listen before.
    """

    def __init__(
        self, *args: Any, header_timeout_s: float, body_timeout_s: float, **options: Any
    ) -> None:
        super().__init__(*args, read_timeout_s=body_timeout_s, **options)
        self._header_timeout_s, self._body_timeout_s = header_timeout_s, body_timeout_s
        self._deadline: TimerHandle | None = None
        self._in_head = self._in_body = False
        self._fed_bytes = 0
        """Since the last piece of a body, or the end of a request."""
        self._body_bytes = 0
        """Since the body's deadline was set."""
        self._unanswered = 0
        self._closes = False
        """Answered before the body has ended, for the last time on this connection."""
        self._fault: Problem | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._set_deadline(self._header_timeout_s)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._drop_deadline()

    def data_received(self, data: bytes) -> None:
        if self._fault:
            return
        self._unset_keepalive_if_required()
        try:
            for start in range(0, len(data), MAX_HEAD_BYTES):
                self._feed(data[start : start + MAX_HEAD_BYTES])
        except Problem as problem:
            self._refuse(problem)
        except httptools.HttpParserError as error:
            self._refuse(_fault_of(error))
        else:
            if self._in_body:
                self._set_deadline(self._body_timeout_s)
            elif self._in_head or self._fed_bytes:
                self._set_deadline(self._header_timeout_s)

    def _feed(self, data: bytes) -> None:
        self._fed_bytes += len(data)
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = self._head_without_upgrade() + data[upgrade.args[0] :]
            else:
                break
        if self._fed_bytes > MAX_HEAD_BYTES:  # a head, chunk extensions, trailers
            raise HeadTooLarge

    def _head_without_upgrade(self) -> bytes:
        """Offers of another protocol are passed over; Java's client makes one with each request.

        The parser would take the body behind it for that other protocol.
        """
        version = self.scope["http_version"].encode()
        head = [self.parser.get_method() + b" " + self.url + b" HTTP/" + version]
        head += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join(head) + b"\r\n\r\n"

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_body:
            return  # a trailer; it must not become a header after the fact
        if len(self.headers) == MAX_HEADERS:
            raise HeadTooLarge
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._drop_deadline()
        if self.parser.get_method() == b"CONNECT":
            raise MethodNotAllowed("This is no proxy.")
        if self.parser.should_upgrade():
            self.scope["http_version"] = self.parser.get_http_version()
            return
        self.url = checked_address(self.url, self.headers, self.parser.get_http_version())
        self._in_head, self._in_body, self._body_bytes = False, True, 0
        self._unanswered += 1
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._fed_bytes = 0
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._fed_bytes = 0
        if self.parser.should_upgrade():
            return
        self._in_body = False
        self._drop_deadline()
        super().on_message_complete()
        if self._closes and not self._unanswered:
            self.timeout_keep_alive_handler()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, cast(Any, partial(self._call, cycle, app)))

    async def _call(
        self, cycle: RequestResponseCycle, app: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        async def receive_whole() -> Message:
            message = await receive()
            if self._fault and cycle is self.cycle and self._in_body:
                raise HTTPException(self._fault.status)
            return message

        async def send_lingering(message: Message) -> None:
            begins = message["type"] == "http.response.start"
            is_early = begins and cycle is self.cycle and self._in_body
            if is_early and self._fault:
                cycle.keep_alive = False  # so it says "Connection: close" …
            await send(message)
            if is_early:  # … and it is not uvicorn that closes, with the body still on its way
                self._closes, cycle.keep_alive = not cycle.keep_alive, True

        await app(scope, receive_whole, send_lingering)

    def on_response_complete(self) -> None:
        self._unanswered -= 1
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self._fault and not self._unanswered:
            self._end(self._fault)
        elif self._closes and not self._in_body:
            self.timeout_keep_alive_handler()
        elif self._in_body or self._in_head:
            self._unset_keepalive_if_required()  # it has a deadline
            if self._closes and self.transport.can_write_eof():
                self.transport.write_eof()

    def _refuse(self, problem: Problem) -> None:
        """Nothing more is read. Answer at once, or when the requests before have been answered."""
        self._fault = problem
        self._drop_deadline()
        self._unset_keepalive_if_required()
        if self._unanswered:
            self.cycle.message_event.set()
        else:
            self._end(problem)

    def _end(self, problem: Problem) -> None:
        """Half-close, and throw away what still comes, as LINGER_S says."""
        self._unset_keepalive_if_required()
        if not (self._in_body or self._closes):
            self._answer(problem)
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.flow.resume_reading()
            self._deadline = self.loop.call_later(LINGER_S, self.transport.abort)
        else:
            self.transport.close()

    def _answer(self, problem: Problem) -> None:
        request_id = uuid.uuid4().hex
        log.info("refused", extra={"request_id": request_id, "problem": problem.code})
        body = orjson.dumps(problem.document(request_id))
        headers = [
            *self.server_state.default_headers,
            (b"content-type", PROBLEM_JSON.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"x-request-id", request_id.encode()),
            *SECURITY_HEADERS,
            (b"connection", b"close"),
        ]
        head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(STATUS_LINE[problem.status] + head + b"\r\n" + body)

    def _set_deadline(self, timeout_s: float) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(timeout_s, self._too_late)

    def _drop_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        if self._in_body and self._is_body_on_its_way():
            self._body_bytes = 0
            self._set_deadline(self._body_timeout_s)
        elif self._in_body:
            self._refuse(RequestTimeout("The body did not come in time."))
        elif self._in_head or self._fed_bytes:
            self._refuse(RequestTimeout("The headers did not come in time."))
        else:
            self.transport.close()

    def _is_body_on_its_way(self) -> bool:
        """A large one takes its time; and while we do not read, the client cannot send."""
        enough = self._body_timeout_s * SLOWEST_SEND_BYTES_PER_S
        return self.flow.read_paused or self._body_bytes >= enough


def protocol(header_timeout_s: float, body_timeout_s: float) -> type[Protocol]:
    """For uvicorn's ``http``, which calls it for each connection."""
    made = partial(Protocol, header_timeout_s=header_timeout_s, body_timeout_s=body_timeout_s)
    return cast(type[Protocol], made)


def _fault_of(error: httptools.HttpParserError) -> Problem:
    """The parser wraps what our own callbacks raise."""
    cause = error.__context__
    if isinstance(cause, Problem):
        return cause
    if cause:
        log.error("the reading of a request failed", exc_info=cause)
    return MalformedRequest(str(error))
