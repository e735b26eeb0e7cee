"""Raw sockets against uvicorn with our protocol: whatever arrives is answered, or ended in time."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import orjson
import pytest
import uvicorn
from fastapi import APIRouter, FastAPI, Request

from app.kit.heads import MAX_HEAD_BYTES, MAX_HEADERS
from app.kit.http import Frame, Route, add_problem_handlers
from app.kit.server import LINGER_S, protocol

TIMEOUT_S = 0.3
PATIENCE_S = 5.0

router = APIRouter(route_class=Route)


@router.get("/{path:path}")
async def told(request: Request, path: str) -> dict[str, Any]:
    return {"path": path, "trailer": request.headers.get("x-late")}


@router.post("/length")
async def length(body: list[int]) -> int:
    return len(body)


@router.post("/unread")
async def unread() -> str:
    return "not read"


@router.post("/late")
async def late(request: Request) -> int:
    """Begins to read, and goes on after a while."""
    import asyncio

    stream = request.stream()
    came = len(await anext(stream))
    await asyncio.sleep(3 * TIMEOUT_S)
    return came + sum([len(chunk) async for chunk in stream])


@router.put("/slow")
async def slow() -> str:
    import asyncio

    await asyncio.sleep(2 * TIMEOUT_S)
    return "slow"


@router.put("/long")
async def long() -> str:
    return "x" * 20_000_000


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = FastAPI()
    app.include_router(router)
    add_problem_handlers(app)
    app.add_middleware(Frame)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=protocol(TIMEOUT_S, TIMEOUT_S), ws="none", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture
def wire(port: int) -> Iterator[socket.socket]:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)) as connected:
        yield connected


def everything(wire: socket.socket) -> bytes:
    """Until the server closes; a reset counts as a failure."""
    came = b""
    while part := wire.recv(65536):
        came += part
    return came


def problem(answer: bytes) -> tuple[int, str]:
    """Of the last answer, which must be the last thing on the connection."""
    head, _, body = answer.rpartition(b"\r\n\r\n")
    lines = head[head.rindex(b"HTTP/1.1 ") :].decode().lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    told = orjson.loads(body)
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"] == told["request_id"]
    assert lines[0].split()[1] == str(told["status"])
    assert told["error"] == told["message"] == told["detail"]
    return told["status"], told["code"]


def statuses(answers: bytes) -> list[int]:
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]


GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"garbage\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
        b"\x00" * 100,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"FETCH / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"get / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/3.0\r\nHost: x\r\n\r\n",
        b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET \xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /?q=\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://x:99999999999/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        GET + b"Host: y\r\n\r\n",
        GET + b"no colon\r\n\r\n",
        GET + b"X-A: a\x00b\r\n\r\n",
        GET + b"X A: a\r\n\r\n",
        GET + b"X-A: a\r\n folded\r\n\r\n",
        GET + b": a\r\n\r\n",
        GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        GET + b"Content-Length: -1\r\n\r\n",
        GET + b"Content-Length: 99999999999999999999999\r\n\r\n",
        POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_http_is_told_so(wire: socket.socket, sent: bytes) -> None:
    wire.sendall(sent)
    assert problem(everything(wire)) == (400, "malformed_request")


def test_it_is_no_proxy(wire: socket.socket) -> None:
    wire.sendall(b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n")
    assert problem(everything(wire)) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/%zz%", "%zz%"),
        (b"/%C3%A4", "ä"),
        (b"//x/y", "/x/y"),
        (b"http://x", ""),
        (b"http://x?b=c", ""),
        (b"http://x/a?b=c", "a"),
        (b"/a#b", "a"),
        (b"/.." * 100, "../" * 99 + ".."),
    ],
)
def test_odd_addresses_reach_the_application(wire: socket.socket, target: bytes, path: str) -> None:
    wire.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = everything(wire)
    assert orjson.loads(answer.rpartition(b"\r\n\r\n")[2])["path"] == path


@pytest.mark.parametrize(
    "sent",
    [
        GET + b"X-Long: " + b"x" * 70 * 1024 + b"\r\n\r\n",
        GET + b"X-Endless: " + b"x" * 5_000_000,
        GET + b"x" * 5_000_000,
        b"GET /" + b"x" * 70 * 1024 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        GET + b"a:b\r\n" * 10_000 + b"\r\n",
        GET + b"a:b\r\n" * MAX_HEADERS + b"\r\n",
    ],
)
def test_a_head_is_bounded(wire: socket.socket, sent: bytes) -> None:
    wire.sendall(sent)
    assert problem(everything(wire)) == (431, "head_too_large")


def test_what_is_within_the_bounds_is_answered(wire: socket.socket) -> None:
    long = b"X-Long: " + b"x" * (MAX_HEAD_BYTES - 500) + b"\r\n"
    wire.sendall(GET + long + b"\r\n" + GET + b"a:b\r\n" * (MAX_HEADERS - 1) + b"\r\n" + LAST)
    assert statuses(everything(wire)) == [200, 200, 200]


@pytest.mark.parametrize("begun", [b"G", GET, b"\r\n", GET + b"X-Half: a"])
def test_half_a_head_is_waited_for_so_long_only(wire: socket.socket, begun: bytes) -> None:
    wire.sendall(begun)
    began = time.monotonic()
    assert problem(everything(wire)) == (408, "request_timeout")
    assert TIMEOUT_S / 2 < time.monotonic() - began < PATIENCE_S


def test_a_silent_socket_is_closed(wire: socket.socket) -> None:
    assert everything(wire) == b""


def test_dripping_does_not_buy_time(wire: socket.socket) -> None:
    began = time.monotonic()
    for byte in GET * 10:
        try:
            wire.sendall(bytes([byte]))
        except OSError:
            break
        time.sleep(0.05)
        if time.monotonic() - began > 2 * TIMEOUT_S:
            break
    assert problem(everything(wire)) == (408, "request_timeout")


def test_the_next_request_of_a_connection_has_its_own_time(wire: socket.socket) -> None:
    for _ in range(2):
        wire.sendall(GET + b"\r\n")
        assert wire.recv(65536).startswith(b"HTTP/1.1 200")
        time.sleep(TIMEOUT_S * 0.7)
    wire.sendall(GET)
    assert problem(everything(wire)) == (408, "request_timeout")


@pytest.mark.parametrize(
    "begun",
    [
        POST + b"Content-Length: 9\r\n\r\n[1,",
        POST + b"Content-Length: 9\r\n\r\n",
        POST + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        CHUNKED + b"3\r\n[1,\r\n",
        CHUNKED + b"2\r\n[]\r\n0\r\n",
    ],
)
def test_half_a_body_is_waited_for_so_long_only(wire: socket.socket, begun: bytes) -> None:
    wire.sendall(begun)
    assert problem(everything(wire)) == (408, "request_timeout")


def test_a_body_that_comes_slowly_is_waited_for(wire: socket.socket) -> None:
    wire.sendall(POST + b"Content-Length: 60000\r\n\r\n[1")
    began = time.monotonic()
    for _ in range(20):
        time.sleep(TIMEOUT_S / 5)
        wire.sendall(b" " * 2000)
    assert time.monotonic() - began > 3 * TIMEOUT_S
    wire.sendall(b" " * (60_000 - 2 - 20 * 2000 - 1) + b"]" + LAST)
    assert statuses(everything(wire)) == [200, 200]


@pytest.mark.parametrize("begun", [POST + b"Content-Length: 60000\r\n\r\n", CHUNKED])
def test_a_body_that_drips_is_not(wire: socket.socket, begun: bytes) -> None:
    """In chunks with long extensions much comes, but little of it is the body."""
    drop = b"1;" + b"x" * 1000 + b"\r\n \r\n" if begun is CHUNKED else b" "
    wire.sendall(begun)
    began = time.monotonic()
    while time.monotonic() - began < 3 * TIMEOUT_S:
        try:
            wire.sendall(drop)
        except OSError:
            break
        time.sleep(0.02)
    assert problem(everything(wire)) == (408, "request_timeout")


def test_a_body_is_not_late_while_nobody_reads_it(wire: socket.socket) -> None:
    late = POST.replace(b"/length", b"/late")
    wire.sendall(late + b"Content-Length: 1000000\r\n\r\n" + b"x" * 1_000_000 + LAST)
    answers = everything(wire)
    assert statuses(answers) == [200, 200]
    assert b"\r\n\r\n1000000HTTP" in answers


def test_the_rest_of_a_body_that_was_not_wanted_is_not_waited_for(wire: socket.socket) -> None:
    wire.sendall(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123")
    assert statuses(everything(wire)) == [200]


@pytest.mark.parametrize("head", [b"HTTP/1.1\r\nConnection: close\r\n", b"HTTP/1.0\r\n"])
def test_who_reads_only_after_sending_all_gets_the_answer(wire: socket.socket, head: bytes) -> None:
    wire.sendall(b"POST /unread " + head + b"Host: x\r\nContent-Length: 100000000\r\n\r\n")
    for _ in range(100):
        wire.sendall(b"x" * 1_000_000)
    began = time.monotonic()
    assert problem(everything(wire)) == (413, "body_too_large")
    assert time.monotonic() - began < TIMEOUT_S


def test_who_asks_to_close_and_never_sends_all_is_let_go(wire: socket.socket) -> None:
    wire.sendall(b"POST /unread HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
    wire.sendall(b"Content-Length: 100\r\n\r\nx")
    assert everything(wire).endswith(b'"not read"')
    time.sleep(TIMEOUT_S + LINGER_S + TIMEOUT_S)
    wire.sendall(b"x")  # is answered by a reset
    time.sleep(0.1)
    with pytest.raises(ConnectionError):
        wire.sendall(b"x")


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"zz\r\n", (400, "malformed_json")),
        (b"-1\r\n", (400, "malformed_json")),
        (b"fffffffffffffffff\r\n", (400, "malformed_json")),
        (b"2\r\n[]]\r\n0\r\n\r\n", (400, "malformed_json")),
        (b"2;" + b"x" * 200_000 + b"\r\n[]\r\n0\r\n\r\n", (431, "head_too_large")),
        (b"2\r\n[]\r\n0\r\nX-Late: " + b"x" * 200_000, (431, "head_too_large")),
    ],
)
def test_a_body_in_broken_chunks_is_a_problem(
    wire: socket.socket, body: bytes, answer: tuple[int, str]
) -> None:
    wire.sendall(CHUNKED + body)
    assert problem(everything(wire)) == answer


def test_chunks_with_extensions_are_read_and_trailers_are_none_of_the_headers(
    wire: socket.socket,
) -> None:
    chunked = b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n[]\r\n0\r\nX-Late: late\r\n\r\n"
    wire.sendall(POST + chunked + GET + chunked + LAST)
    answers = everything(wire)
    assert statuses(answers) == [200, 200, 200]
    assert b"late" not in answers


def test_large_bodies_in_few_pieces_are_no_heads(wire: socket.socket) -> None:
    body = orjson.dumps([1] * 500_000)
    wire.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(body) + body + LAST)
    assert statuses(everything(wire)) == [200, 200]


def test_pipelined_requests_are_answered_before_the_fault_behind_them(wire: socket.socket) -> None:
    slow = b"PUT /slow HTTP/1.1\r\nHost: x\r\n\r\n"
    wire.sendall(slow + GET + b"\r\n" + b"garbage")
    answers = everything(wire)
    assert statuses(answers) == [200, 200, 400]
    assert problem(answers) == (400, "malformed_request")


def test_half_a_head_behind_a_slow_request_is_refused_after_it(wire: socket.socket) -> None:
    wire.sendall(b"PUT /slow HTTP/1.1\r\nHost: x\r\n\r\n" + GET)
    answers = everything(wire)
    assert statuses(answers) == [200, 408]
    assert problem(answers) == (408, "request_timeout")


@pytest.mark.parametrize("offered", [b"h2c", b"websocket", b"x"])
def test_an_offer_of_another_protocol_is_passed_over(wire: socket.socket, offered: bytes) -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: x\r\nUpgrade: " + offered
    wire.sendall(POST + offer + b"\r\nContent-Length: 3\r\n\r\n")
    wire.sendall(b"[1]" + GET + offer + b"\r\n\r\n" + LAST)
    answers = everything(wire)
    assert statuses(answers) == [200, 200, 200]
    assert b"\r\n\r\n1HTTP" in answers


def test_head_is_answered_without_a_body_and_the_connection_goes_on(
    wire: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    wire.sendall(GET.replace(b"GET", b"HEAD") + b"\r\n" + LAST)
    answers = everything(wire)
    assert statuses(answers) == [200, 200]
    assert answers.count(b'"path"') == 1
    assert caplog.records == []


@pytest.mark.parametrize("extra", [b"", b"Connection: keep-alive\r\n", b"Host: x\r\n"])
def test_http_1_0_is_answered_and_closed(wire: socket.socket, extra: bytes) -> None:
    wire.sendall(b"GET / HTTP/1.0\r\n" + extra + b"\r\n")
    assert statuses(everything(wire)) == [200]


def test_a_body_is_asked_for_when_it_is_wanted(wire: socket.socket) -> None:
    wire.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert wire.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    wire.sendall(b"[]" + LAST)
    assert statuses(everything(wire)) == [200, 200]


def test_a_client_that_does_not_read_is_let_go(port: int) -> None:
    with closing(socket.socket()) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.connect(("127.0.0.1", port))
        wire.settimeout(PATIENCE_S)
        wire.sendall(b"PUT /long HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(4 * TIMEOUT_S)
        assert len(everything(wire)) < 20_000_000


def test_a_client_that_reads_slowly_gets_all(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)) as wire:
        wire.sendall(b"PUT /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        came = 0
        while part := wire.recv(1_000_000):
            came += len(part)
            time.sleep(0.05)
        assert came > 20_000_000


def test_a_client_that_goes_in_mid_body_is_nobodys_news(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    for begun in (POST + b"Content-Length: 9\r\n\r\n[1,", GET, CHUNKED + b"3\r\n"):
        with closing(socket.create_connection(("127.0.0.1", port))) as wire:
            wire.sendall(begun)
    assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
    assert caplog.records == []
