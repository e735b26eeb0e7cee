"""A real browser's EventSource: a ticket, a network that drops, the end."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from app.kit.embedded.ports import free_port
from app.settings import Settings
from tests.client import Tenant
from tests.imports.test_watching import draft
from tests.processes import alive, api_process
from tests.proxy import Proxy

PAGE = Path(__file__).with_name("page.html")
SOON_S = 60.0

pytestmark = pytest.mark.browser


@dataclass
class Page:
    """What the page has told, in its order."""

    port: int
    told: asyncio.Queue[dict[str, Any]]

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """All that is told, up to the first of this kind."""
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(SOON_S):
            while not found or found[-1]["kind"] != kind:
                found.append(await self.told.get())
        return found


@asynccontextmanager
async def page() -> AsyncIterator[Page]:
    made = Page(free_port(), asyncio.Queue())

    async def show(_: Request) -> Response:
        return FileResponse(PAGE)

    async def take(request: Request) -> Response:
        await made.told.put(json.loads(await request.body()))
        return Response()

    routes = [Route("/", show), Route("/seen", take, methods=["POST"])]
    config = uvicorn.Config(Starlette(routes=routes), port=made.port, log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await alive(made.port)
        yield made
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def browser(url: str, profile: Path) -> AsyncIterator[None]:
    program = shutil.which("chromium")
    assert program, "this test needs Debian's chromium"
    process = await asyncio.create_subprocess_exec(
        *(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"),
        *("--disable-dev-shm-usage", f"--user-data-dir={profile}", url),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.seed("DS-15")
async def test_a_browser_follows_an_import_through_a_dropped_network(
    settings: Settings,
    tenant: Tenant,
    work: Callable[[], Awaitable[int]],
    tmp_path: Path,
) -> None:
    import_id = await draft(tenant, 3000)
    async with page() as shown:
        origins = settings.model_copy(update={"cors_origins": (f"http://127.0.0.1:{shown.port}",)})
        async with api_process(origins) as (_, port), Proxy(port) as network:
            ticket = (await tenant.api.post(f"/imports/{import_id}/ticket")).json()
            stream = quote(f"http://127.0.0.1:{network.port}{ticket['url']}", safe="")
            async with browser(f"http://127.0.0.1:{shown.port}/?stream={stream}", tmp_path):
                assert await shown.until("message") == [
                    {"kind": "open"},
                    {"kind": "message", "id": 1, "state": "draft"},
                ]
                await tenant.api.patch(f"/imports/{import_id}", json={"settings": {"tags": ["a"]}})
                assert await shown.until("message") == [
                    {"kind": "message", "id": 2, "state": "draft"}
                ]
                await network.refuse()
                network.reset()
                assert (await shown.until("lost"))[-1] == {"kind": "lost"}
                await tenant.api.post(f"/imports/{import_id}/start")
                await work()
                await network.accept()
                told = await shown.until("end")
                assert [one for one in told if "id" in one] == told[-1:]
                assert told[-1]["state"] == "completed"
                # It comes once more, is told that there is nothing, and stays away.
                assert (await shown.until("closed"))[-1] == {"kind": "closed"}
                await asyncio.sleep(2)
                assert shown.told.empty()
