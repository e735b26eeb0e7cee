"""Through a small application: whatever is sent, a problem says what is wrong with it."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import orjson
import pytest
from fastapi import APIRouter, Body, FastAPI, Query, Request
from pydantic import BaseModel

from app.kit.guard import MAX_BODY_BYTES
from app.kit.http import Frame, Route, add_problem_handlers
from app.kit.json_text import MAX_DEPTH


class EchoIn(BaseModel):
    name: str = ""
    custom: Any = None


router = APIRouter(route_class=Route)


@router.post("/echo")
async def echo(body: EchoIn) -> dict[str, Any]:
    return {"name": body.name, "custom": body.custom}


class MendingRoute(Route):
    mends_text = True


mending = APIRouter(route_class=MendingRoute)


@mending.post("/mended")
async def mended_echo(body: EchoIn) -> str:
    return body.name


@router.post("/perhaps")
async def perhaps(body: Annotated[EchoIn | None, Body()] = None) -> bool:
    return body is not None


@router.post("/nothing")
async def nothing() -> bool:
    return True


@router.get("/search")
async def search(q: str = "") -> str:
    return q


@router.get("/page")
async def page(limit: int = 7, of: Annotated[list[str], Query()] = []) -> str:  # noqa: B006
    return f"{limit} of {of}"


@router.get("/needed")
async def needed(q: str) -> str:
    return q


@router.get("/words/{word}", name="word")
async def word(word: str) -> str:
    return word


@router.get("/things/fixed")
async def fixed() -> str:
    return "fixed"


@router.post("/things/{thing_id}")
@router.get("/things/{thing_id}/{word}", name="thing")
async def thing(thing_id: int, word: str = "") -> str:
    return f"{thing_id} {word}"


@router.post("/upload")
async def upload(request: Request) -> int:
    return len(await request.body())


@pytest.fixture
async def echoes() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(router)
    app.include_router(mending)
    add_problem_handlers(app)
    app.add_middleware(Frame)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://x.test"
    ) as client:
        yield client


JSON = {"Content-Type": "application/json"}
DEEP = 300
HIDDEN = b'["]",' * DEEP + b"1" + b',"["]' * DEEP
"""Whoever counts the brackets of its texts, too, finds no bracket within another."""


@pytest.mark.parametrize(
    ("status", "code", "body"),
    [
        (400, "malformed_json", b"{"),
        (400, "malformed_json", b" "),
        (400, "malformed_json", b'{"name": "a"} b'),
        (400, "malformed_json", b'{"custom": NaN}'),
        (400, "malformed_json", b'{"custom": -Infinity}'),
        (400, "malformed_json", b'{"custom": 1e999}'),
        (400, "malformed_json", b'{"custom": ' + b"9" * 5000 + b"}"),
        (400, "malformed_json", b'{"name": "\\ud800"}'),
        (400, "malformed_json", b'{"\\udfff": 1}'),
        (400, "malformed_json", b'{"name": "\xff"}'),
        (400, "malformed_json", b'{"name": "\xed\xa0\x80"}'),
        (400, "malformed_json", b'{"name": "\x00"}'),
        (400, "malformed_json", b"[" * 10_000 + b"]" * 10_000),
        (422, "invalid_request", b'{"custom": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}"),
        (422, "invalid_request", b'{"custom": ["]",' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"]}"),
        (422, "invalid_request", b'{"custom": ' + HIDDEN + b"}"),
        (422, "invalid_request", b'{"name": "a\\u0000b"}'),
        (422, "invalid_request", b'{"custom": {"a\\u0000b": 1}}'),
        (422, "invalid_request", b"5"),
        (422, "invalid_request", b'"text"'),
    ],
)
async def test_what_cannot_be_read_or_stored_is_refused(
    echoes: httpx.AsyncClient, status: int, code: str, body: bytes
) -> None:
    answer = await echoes.post("/echo", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_each_nul_is_pointed_at(echoes: httpx.AsyncClient) -> None:
    body = {"name": "\x00", "custom": [{"a/b~": "x\x00"}, "\\u0000 is text"]}
    answer = await echoes.post("/echo", content=orjson.dumps(body), headers=JSON)
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/name",
        "/custom/0/a~1b~0",
    ]
    assert answer.json()["detail"] == "/name: Text may not hold a NUL character."


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"a\\u0000b", "a\ufffdb"),
        (b"\\ud800", "\ufffd"),
        (b"\\uD800\\uDFFF", "\U000103ff"),
        (b"\\udfff\\ud800", "\ufffd\ufffd"),
        (b"\\ud800\\ud83d\\ude00", "\ufffd\U0001f600"),
        (b"\\ud800\\\\udc00", "\ufffd\\udc00"),
        (b"\\\\u0000\\\\ud800", "\\u0000\\ud800"),
        (b'\\"\\u0041\\n', '"A\n'),
    ],
)
async def test_what_cannot_be_stored_is_mended_where_that_is_judged(
    echoes: httpx.AsyncClient, written: bytes, shown: str
) -> None:
    body = b'{"name": "%s"}' % written
    answer = await echoes.post("/mended", content=body, headers=JSON)
    assert (answer.status_code, answer.json()) == (200, shown)


@pytest.mark.parametrize(
    ("body", "pointers", "code"),
    [
        (b'{"name": "a", "name": "a"}', ["/name"], "duplicate_name"),
        (b'{"name": "a", "n\\u0061me": ":"}', ["/name"], "duplicate_name"),
        (b'{"name": "a:", "name": "\\u003a:"}', ["/name"], "duplicate_name"),
        (b'{"name": "a", "name": "\\u003A"}', ["/name"], "duplicate_name"),
        (
            b'{"custom": [{}, {"a/b": 1, "a/b": {"c": 1, "c": 2}}]}',
            ["/custom/1/a~1b", "/custom/1/a~1b/c"],
            "duplicate_name",
        ),
        (b'{"custom": 18446744073709551616}', ["/custom"], "number_too_large"),
        (b'{"custom": [1, -9223372036854775809]}', ["/custom/1"], "number_too_large"),
        (b'{"custom":[{"~":' + b"9" * 300 + b"}]}", ["/custom/0/~0"], "number_too_large"),
        (b"18446744073709551616", [""], "number_too_large"),
    ],
)
async def test_what_would_be_lost_in_reading_is_pointed_at(
    echoes: httpx.AsyncClient, body: bytes, pointers: list[str], code: str
) -> None:
    answer = await echoes.post("/echo", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    errors = answer.json()["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [(p, code) for p in pointers]
    assert answer.json()["detail"] == f"{pointers[0]}: {errors[0]['detail']}"


async def test_many_faults_are_not_all_told(echoes: httpx.AsyncClient) -> None:
    body = b'{"custom": [' + b",".join([b'{"a": 1, "a": 2}'] * 1000) + b"]}"
    answer = await echoes.post("/echo", content=body, headers=JSON)
    assert len(answer.json()["errors"]) == 100


@pytest.mark.parametrize(
    "body",
    [
        b'{"custom": "12345678901234567890123"}',
        b'{"custom": "ids: 12345678901234567890123"}',
        b'{"custom": ["\\u003a", ":::", {"a": {"a": ":"}}, {"a": 1}]}',
        b'{"custom": [18446744073709551615, -9223372036854775808]}',
        b'{"custom": [0.12345678901234567, 1e20, 1.5e-7]}',
    ],
)
async def test_nothing_else_is_taken_for_lost(echoes: httpx.AsyncClient, body: bytes) -> None:
    answer = await echoes.post("/echo", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["custom"]) == (200, orjson.loads(body)["custom"])


@pytest.mark.parametrize(
    "custom",
    [
        "\\u0000 is text",
        "äöü 😀",
        [[[{"deep": []}]]],
        18446744073709551615,
        -1.5,
        None,
        {"a": {}},
        "unpaired ]}{[",
    ],
)
async def test_everything_else_arrives_as_it_was_sent(
    echoes: httpx.AsyncClient, custom: object
) -> None:
    answer = await echoes.post("/echo", json={"name": "Ann", "custom": custom})
    assert answer.json() == {"name": "Ann", "custom": custom}


async def test_depth_is_counted_not_length(echoes: httpx.AsyncClient) -> None:
    just = b'{"custom": ' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}"
    assert (await echoes.post("/echo", content=just, headers=JSON)).status_code == 200


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("application/vnd.api+json", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("json", 415),
        ("", 415),
        (None, 415),
    ],
)
async def test_a_body_must_say_that_it_is_json(
    echoes: httpx.AsyncClient, content_type: str | None, status: int
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = await echoes.post("/echo", content=b"{}", headers=headers)
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "unsupported_media_type"


async def test_no_body_needs_no_type(echoes: httpx.AsyncClient) -> None:
    assert (await echoes.post("/nothing")).json() is True
    assert (await echoes.post("/nothing", content=b"x")).json() is True
    assert (await echoes.post("/perhaps")).json() is False
    assert (await echoes.post("/perhaps", json=None)).json() is False
    assert (await echoes.post("/perhaps", json={})).json() is True
    assert (await echoes.post("/echo")).status_code == 422


@pytest.mark.parametrize("path", ["/echo", "/upload"])
@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_limit_is_not_read(
    echoes: httpx.AsyncClient, path: str, declared: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 2**20):
            yield b" " * 2**20
        yield b"{}"

    content = b" " * MAX_BODY_BYTES + b"{}" if declared else chunks()
    answer = await echoes.post(path, content=content, headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/search?q=a%00", 422, "invalid_request"),
        ("/search?a%00=b", 422, "invalid_request"),
        ("/search?q=%ed%a0%80", 422, "invalid_request"),
        ("/search?q=%ff", 422, "invalid_request"),
        ("/search%00", 404, "route_not_found"),
        ("/words/%ff", 404, "route_not_found"),
        ("/words/%ed%a0%80", 404, "route_not_found"),
        ("/nowhere", 404, "route_not_found"),
        ("/echo", 405, "method_not_allowed"),
    ],
)
async def test_an_address_that_is_no_text_is_refused(
    echoes: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await echoes.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_query_arrives_as_it_was_sent(echoes: httpx.AsyncClient) -> None:
    for text in ("ä ö%2B+&=", "100%", "😀"):
        assert (await echoes.get("/search", params={"q": text})).json() == text


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("limit=", "7 of []"),
        ("limit=&of=", "7 of []"),
        ("limit=&of", "7 of []"),
        ("limit=&limit=3&of=a&of=&of=b", "3 of ['a', 'b']"),
    ],
)
async def test_an_empty_parameter_is_not_there(
    echoes: httpx.AsyncClient, query: str, answer: str
) -> None:
    assert (await echoes.get(f"/page?{query}")).json() == answer


async def test_unless_nothing_goes_without_it(echoes: httpx.AsyncClient) -> None:
    assert (await echoes.get("/needed?q=")).json() == ""
    assert (await echoes.get("/needed")).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/things/7/word", (200, "7 word")),
        ("POST", "/things/0012", (200, "12 ")),
        ("POST", f"/things/{'9' * 19}", (200, f"{'9' * 19} ")),
        ("GET", "/things/fixed", (200, "fixed")),
        ("POST", "/things/fixed", (405, "method_not_allowed")),
        ("POST", "/things/word", (404, "route_not_found")),
        ("GET", "/things/word", (404, "route_not_found")),
        ("GET", "/things/word/word", (404, "route_not_found")),
        ("POST", "/things/-1", (404, "route_not_found")),
        ("POST", "/things/1.0", (404, "route_not_found")),
        ("POST", "/things/٣", (404, "route_not_found")),
        ("POST", f"/things/{'9' * 20}", (404, "route_not_found")),
        ("POST", f"/things/{'9' * 5000}", (404, "route_not_found")),
    ],
)
async def test_an_id_in_a_path_is_a_number(
    echoes: httpx.AsyncClient, method: str, path: str, answer: tuple[int, str]
) -> None:
    found = await echoes.request(method, path)
    body = found.json()
    assert (found.status_code, body["code"] if found.is_error else body) == answer


async def test_windows_may_begin_with_a_byte_order_mark(echoes: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    body = b'\xef\xbb\xbf{"name": "Ann"}'
    answer = await echoes.post("/echo", content=body, headers=headers)
    assert answer.json() == {"name": "Ann", "custom": None}
