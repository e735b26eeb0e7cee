"""SIGTERM: what is in flight is answered, what hangs is cut off, and in ten seconds it is over."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from app.kit.resources import Resources
from app.settings import Settings
from tests.client import Tenant, new_tenant
from tests.faults.service import through, upstream_port
from tests.locks import Locks
from tests.make import batch
from tests.processes import Process, api_process
from tests.proxy import Proxy

ANN = "ann@example.com"
LONGEST_S = 10.0
STOPPED = {0, -signal.SIGTERM}
"""uvicorn ends by the signal itself, once it has stopped."""


@asynccontextmanager
async def tenant_at(port: int, resources: Resources) -> AsyncIterator[Tenant]:
    tenant = await new_tenant(resources, Process(port))
    async with tenant.api:
        yield tenant


async def test_what_is_in_flight_is_answered_and_nothing_new(
    settings: Settings, resources: Resources
) -> None:
    async with api_process(settings) as (process, port), tenant_at(port, resources) as tenant:
        campaign = await tenant.campaign()
        sent = tenant.api.post(f"/campaigns/{campaign}/leads", json=batch(ANN))
        async with Locks(resources, tenant.id).at_address(ANN, sent) as request:
            process.send_signal(signal.SIGTERM)
            await refusing(tenant)
            assert not request.done()
        assert (await request).json()["added_count"] == 1
        assert await process.wait() in STOPPED
    rows = await resources.database.fetch("select from leads where workspace_id = $1", tenant.id)
    assert len(rows) == 1


async def refusing(tenant: Tenant) -> None:
    """One that was accepted just before is closed without an answer."""
    async with asyncio.timeout(LONGEST_S):
        with suppress(httpx.ConnectError):
            while True:
                with suppress(httpx.RemoteProtocolError):
                    await tenant.api.get("/me")


@pytest.mark.parametrize("answered", [True, False])
async def test_what_hangs_is_not_waited_for(
    settings: Settings, resources: Resources, *, answered: bool
) -> None:
    """A client in the middle of its body, and a PostgreSQL that says nothing any more."""
    async with Proxy(upstream_port(settings.database_url)) as proxy:
        away = settings.model_copy(update={"database_url": through(settings.database_url, proxy)})
        async with api_process(away) as (process, port), tenant_at(port, resources) as tenant:
            await asyncio.gather(*(tenant.campaign() for _ in range(8)))
            _, half = await asyncio.open_connection("127.0.0.1", port)
            half.write(b"POST /api/v1/campaigns/create HTTP/1.1\r\nHost: x\r\n")
            half.write(f"X-API-Key: {tenant.key}\r\n".encode())
            half.write(b"Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
            await asyncio.sleep(0.2)
            proxy.silence(on=not answered)
            waiting = [
                asyncio.create_task(tenant.api.get("/me")) for _ in range(3 * (not answered))
            ]
            await asyncio.sleep(0.2)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert await process.wait() in STOPPED
            assert time.monotonic() - began < LONGEST_S
            await asyncio.gather(*waiting, return_exceptions=True)
            half.close()
