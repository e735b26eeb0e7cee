import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from app import migrate
from app.health.operations import PROBE_TIMEOUT_S
from app.kit.resources import Resources
from app.main import create_app
from app.settings import Settings
from app.workspaces.operations import bootstrap
from tests.servers import Servers, fresh_database

READY = {"status": "ok", "missing": [], "degraded": []}
CLOSED = "127.0.0.1:1"


@asynccontextmanager
async def running(settings: Settings, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    """An application of its own; ``resources`` of its state are open."""
    app = create_app(settings.model_copy(update=changes))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://leadgate.test"
        ) as client,
    ):
        yield client


def unavailable(missing: str, degraded: list[str] | None = None) -> dict[str, Any]:
    return {"status": "unavailable", "missing": [missing], "degraded": degraded or []}


@pytest.mark.usefixtures("tenant")
async def test_it_is_ready_with_all_there_and_asks_for_no_key(settings: Settings) -> None:
    async with running(settings) as client:
        for path in ("/health/ready", "/health/ready/"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()) == (200, READY)
        assert (await client.get("/health/live")).json() == {"status": "ok"}
        assert (await client.get("/api/v1/health/ready")).status_code == 404


async def test_each_step_of_a_first_start_is_named(settings: Settings, servers: Servers) -> None:
    async with fresh_database(servers.database_url) as url:
        app = create_app(settings.model_copy(update={"database_url": url}))
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://leadgate.test") as client,
        ):
            resources: Resources = app.state.resources
            empty = await client.get("/health/ready")
            assert (empty.status_code, empty.json()) == (503, unavailable("migrations"))
            assert int(empty.headers["retry-after"]) > 0
            await asyncio.to_thread(migrate.upgrade, url)
            assert (await client.get("/health/ready")).json() == unavailable("api_key")
            await bootstrap(resources)
            assert (await client.get("/health/ready")).json() == READY
            await resources.database.fetch("update alembic_version set version_num = 'newer'")
            assert (await client.get("/health/ready")).json() == READY
            await resources.database.fetch("delete from alembic_version")
            assert (await client.get("/health/ready")).json() == unavailable("migrations")


async def test_without_postgresql_it_lives_but_is_not_ready(settings: Settings) -> None:
    url = f"postgresql://leadgate@{CLOSED}/leadgate"
    async with running(settings, database_url=url) as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()) == (503, unavailable("postgresql"))
        assert (await client.get("/health/live")).status_code == 200
        refused = await client.get("/api/v1/me", headers={"X-API-Key": "any"})
        assert (refused.status_code, refused.json()["code"]) == (503, "service_unavailable")
        assert int(refused.headers["retry-after"]) > 0


async def test_a_postgresql_that_says_nothing_is_not_waited_for(settings: Settings) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"postgresql://leadgate@127.0.0.1:{port}/leadgate"
        async with running(settings, database_url=url) as client:
            began = time.monotonic()
            answer = await client.get("/health/ready")
            assert answer.json() == unavailable("postgresql")
            assert time.monotonic() - began < PROBE_TIMEOUT_S + 1


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize(("redis_url", "degraded"), [(f"redis://{CLOSED}", ["redis"]), (None, [])])
async def test_without_redis_it_is_ready(
    settings: Settings, redis_url: str | None, degraded: list[str]
) -> None:
    async with running(settings, redis_url=redis_url) as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()) == (200, READY | {"degraded": degraded})
