"""Two processes that are asked for streams. A module that uses them imports both fixtures."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from app.settings import Settings
from tests.client import Tenant, client
from tests.processes import Process, api_processes


@pytest.fixture(scope="module")
async def ports(settings: Settings) -> AsyncIterator[list[int]]:
    """They tell that they live more often than others do."""
    often = settings.model_copy(update={"stream_heartbeat_s": 0.2})
    async with api_processes(often, 2) as found:
        yield found


@pytest.fixture
async def readers(ports: list[int], tenant: Tenant) -> AsyncIterator[list[httpx.AsyncClient]]:
    """One at each process."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(client(Process(port), tenant.key)) for port in ports]
