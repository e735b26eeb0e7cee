"""Through a small application: what every answer carries, and what becomes of the unexpected."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from starlette.requests import ClientDisconnect

from app.kit.http import Frame, Route, add_problem_handlers
from app.kit.logs import formatter
from app.kit.resources import Resources

BEYOND = 2**63
ADDRESS = "ann@example.com"
AWAY = "The database cannot be reached. Try again."
SLOW = "The database took too long to answer. Try again."


def unexpected(router: APIRouter, resources: Resources) -> None:
    @router.get("/driver")
    async def driver() -> None:
        async with resources.database.transaction() as tx:
            await tx.rows("select $1::bigint", BEYOND)

    @router.get("/alchemy")
    async def alchemy() -> None:
        async with resources.database.transaction() as tx:
            await tx.execute(text("select cast(:n as bigint)"), {"n": BEYOND})

    @router.get("/server")
    async def server() -> None:
        async with resources.database.transaction() as tx:
            await tx.rows("select $1::text::bigint", str(BEYOND))

    @router.get("/gone")
    async def gone() -> None:
        raise ClientDisconnect

    @router.get("/bug")
    async def bug() -> None:
        raise ZeroDivisionError("secret")

    @router.get("/wrong-argument")
    async def wrong_argument() -> None:
        await resources.database.fetch("select $1::bigint", "secret")


def out_of_service(router: APIRouter, resources: Resources) -> None:
    @router.get("/slow")
    async def slow() -> None:
        async with resources.database.transaction() as tx:
            await tx.rows("set local statement_timeout = 20")
            await tx.rows("select pg_sleep(10)")

    @router.get("/locked")
    async def locked() -> None:
        async with resources.database.transaction() as held, resources.database.transaction() as tx:
            await held.rows("select pg_advisory_xact_lock(4711)")
            await tx.rows("set local lock_timeout = 20")
            await tx.rows("select pg_advisory_xact_lock(4711)")

    @router.get("/read-only")
    async def read_only() -> None:
        async with resources.database.transaction() as tx:
            await tx.rows("set transaction read only")
            await tx.rows("delete from jobs where id = 0")


def bugs(router: APIRouter, resources: Resources) -> None:
    @router.get("/file")
    async def file() -> None:
        raise FileNotFoundError("secret")

    @router.get("/time-out")
    async def time_out() -> None:
        raise TimeoutError("secret")

    @router.get("/twice")
    async def twice(by: str) -> None:
        add = "insert into leads (workspace_id, email) values (-1, {0}), (-1, {0})"
        async with resources.database.transaction() as tx:
            if by == "driver":
                await tx.rows(add.format("$1"), ADDRESS)
            else:
                await tx.execute(text(add.format(":email")), {"email": ADDRESS})


@pytest.fixture
async def small(resources: Resources) -> AsyncIterator[httpx.AsyncClient]:
    router = APIRouter(route_class=Route)
    for add_routes in (unexpected, out_of_service, bugs):
        add_routes(router, resources)
    app = FastAPI()
    app.include_router(router)
    add_problem_handlers(app)
    app.add_middleware(Frame)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://x.test"
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/driver", 422, "invalid_request"),
        ("/alchemy", 422, "invalid_request"),
        ("/server", 422, "invalid_request"),
        ("/gone", 400, "malformed_json"),
        ("/bug", 500, "internal_error"),
        ("/wrong-argument", 500, "internal_error"),
        ("/file", 500, "internal_error"),
        ("/time-out", 500, "internal_error"),
    ],
)
async def test_the_unexpected_is_a_problem_without_its_inside(
    small: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await small.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("path", "detail"), [("/slow", SLOW), ("/locked", SLOW), ("/read-only", AWAY)]
)
async def test_a_database_that_cannot_serve_says_what_is_wrong(
    small: httpx.AsyncClient, path: str, detail: str
) -> None:
    answer = await small.get(path)
    assert (answer.status_code, answer.json()["detail"]) == (503, detail)
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("by", ["driver", "alchemy"])
async def test_the_log_of_a_failure_tells_where_but_not_of_whom(
    small: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, by: str
) -> None:
    caplog.handler.setFormatter(formatter())
    answer = await small.get("/twice", params={"by": by})
    assert answer.status_code == 500
    assert "asyncpg.exceptions.UniqueViolationError (23505)" in caplog.text
    assert "in twice" in caplog.text
    assert answer.json()["request_id"] in caplog.text
    assert ADDRESS not in caplog.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [("trace-1.a_B", True), ("x" * 128, True), ("x" * 129, False), ("a b", False), ("", False)],
)
async def test_a_sane_request_id_is_kept(
    anonymous: httpx.AsyncClient, given: str, kept: bool
) -> None:
    answer = await anonymous.get("/me", headers={"X-Request-Id": given})
    request_id = answer.headers["x-request-id"]
    assert (request_id == given) is kept
    assert answer.json()["request_id"] == request_id


async def test_a_problem_is_readable_for_smartleads_clients(anonymous: httpx.AsyncClient) -> None:
    body = (await anonymous.get("/me")).json()
    assert body == {
        "type": "urn:leadgate:problem:invalid_api_key",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Invalid API Key",
        "code": "invalid_api_key",
        "request_id": body["request_id"],
        "errors": [],
        "ok": False,
        "error": "Invalid API Key",
        "message": "Invalid API Key",
    }


async def test_every_answer_is_framed(api: httpx.AsyncClient) -> None:
    for path in ("/me", "/me/", "/me//", "/nowhere"):
        answer = await api.get(path)
        assert answer.status_code == (404 if path == "/nowhere" else 200)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/api/v1/me", "POST", "HEAD, GET, OPTIONS"),
        ("/api/v1/campaigns/7", "PUT", "HEAD, GET, POST, PATCH, DELETE, OPTIONS"),
        ("/api/v1/campaigns/7/", "TRACE", "HEAD, GET, POST, PATCH, DELETE, OPTIONS"),
        ("/api/v1/campaigns/create", "HEAD", "POST, OPTIONS"),
        ("/health/live", "DELETE", "HEAD, GET, OPTIONS"),
        ("/docs", "POST", "HEAD, GET, OPTIONS"),
    ],
)
async def test_405_names_all_methods_of_the_path(
    app: FastAPI, path: str, method: str, allowed: str
) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://x.test"
    ) as client:
        answer = await client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert answer.headers["content-type"] == "application/problem+json"
        assert method == "HEAD" or answer.json()["code"] == "method_not_allowed"
        asked = await client.options(path)
        assert (asked.status_code, asked.content) == (204, b"")
        assert asked.headers["allow"] == allowed
        assert (await client.options("/api/v1/nothing/here")).status_code == 404


async def test_head_is_get_without_the_body(api: httpx.AsyncClient) -> None:
    got, head = await api.get("/campaigns"), await api.head("/campaigns")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert (await api.head("/nothing/here")).status_code == 404
