"""The real application on real servers; a workspace of its own for each test."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI

from app.kit.resources import Resources
from app.main import create_app
from app.settings import Settings
from tests.client import Tenant, client, new_tenant
from tests.jobs import run_due
from tests.processes import Process, api_processes
from tests.proxy import Proxy
from tests.run_log import RUN_LOG
from tests.servers import mute_dns, servers, settings

__all__ = ["mute_dns", "servers", "settings"]

LEAVE_NOTHING_TO_DO = """
with waiting as (delete from unvalidated where workspace_id = $1)
delete from jobs where workspace_id = $1
"""
"""Workers of later tests would find it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--api-processes",
        type=int,
        default=0,
        help="Send each request to the next of so many API processes; 0: to one in this process.",
    )


@pytest.fixture(scope="session", autouse=True)
def run_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The last to end: nothing that was logged meanwhile tells of people, or what they sent."""
    with RUN_LOG.recording(tmp_path_factory.mktemp("log") / "tests.log"):
        yield
    leaks = RUN_LOG.leaks()
    assert not leaks, f"{len(leaks)} lines of the log:\n" + "\n".join(leaks[:50])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What the processes that a test started wrote, where nobody else reads it."""
    for title, text in report.sections:
        if title == f"Captured stderr {report.when}":
            RUN_LOG.add(text)


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
def resources(app: FastAPI) -> Resources:
    opened: Resources = app.state.resources
    return opened


@pytest.fixture(scope="session")
async def transport(
    app: FastAPI, settings: Settings, pytestconfig: pytest.Config
) -> AsyncIterator[httpx.AsyncBaseTransport]:
    if not (count := pytestconfig.getoption("api_processes")):
        yield httpx.ASGITransport(app, raise_app_exceptions=False)
        return
    async with api_processes(settings, count) as ports, Proxy(*ports) as proxy:
        yield Process(proxy.port)


@pytest.fixture
async def tenant(
    resources: Resources, transport: httpx.AsyncBaseTransport
) -> AsyncIterator[Tenant]:
    made = await new_tenant(resources, transport)
    async with made.api:
        yield made
    await resources.database.fetch(LEAVE_NOTHING_TO_DO, made.id)


@pytest.fixture
async def other(resources: Resources, transport: httpx.AsyncBaseTransport) -> AsyncIterator[Tenant]:
    """Somebody else's workspace."""
    made = await new_tenant(resources, transport)
    async with made.api:
        yield made
    await resources.database.fetch(LEAVE_NOTHING_TO_DO, made.id)


@pytest.fixture
def api(tenant: Tenant) -> httpx.AsyncClient:
    return tenant.api


@pytest.fixture
async def anonymous(transport: httpx.AsyncBaseTransport) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    async with client(transport) as nobody:
        yield nobody


@pytest.fixture
def work(resources: Resources) -> Callable[[], Awaitable[int]]:
    """Run every job that is due, as a worker does; gives how many ran."""

    async def run() -> int:
        return await run_due(resources)

    return run
