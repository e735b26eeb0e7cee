"""Redis goes away: everything is answered as before, the probe says so, and rings come again."""

import asyncio
import time
from collections.abc import Awaitable

import pytest
from arq.connections import ArqRedis

from app.kit.resources import Resources
from app.settings import Settings
from tests.client import Tenant
from tests.faults.breaks import BREAKS, Break, heal, refuse, silence
from tests.faults.service import Service
from workers.main import work

READY = {"status": "ok", "missing": [], "degraded": []}
AT_ONCE_S = 0.4
"""Less than Redis itself is given."""
POLLS_S = 0.3
"""A worker asks for rings several times meanwhile."""
PATIENCE_S = 10


async def ring(tenant: Tenant) -> None:
    """By a request that queues a job."""
    campaign = await tenant.campaign()
    answer = await tenant.api.delete(f"/campaigns/{campaign}")
    assert answer.status_code == 200, answer.text


async def took(request: Awaitable[None]) -> float:
    """Seconds."""
    began = time.monotonic()
    await request
    return time.monotonic() - began


async def rings(settings: Settings) -> int:
    """That wait for a worker."""
    assert settings.redis_url
    redis = ArqRedis.from_url(settings.redis_url)
    try:
        return int(await redis.zcard("arq:queue"))
    finally:
        await redis.aclose()


@pytest.mark.parametrize("broken", BREAKS)
async def test_no_answer_waits_for_it(service: Service, settings: Settings, broken: Break) -> None:
    tenant, proxy = service.tenant, service.redis
    await ring(tenant)
    await broken(proxy)
    assert min([await took(ring(tenant)) for _ in range(3)]) < AT_ONCE_S
    async with asyncio.timeout(PATIENCE_S):
        while (await service.probe()).json() != READY | {"degraded": ["redis"]}:
            pass
    await heal(proxy)
    async with asyncio.timeout(PATIENCE_S):
        while (await service.probe()).json() != READY:
            pass
    before = await rings(settings)
    await ring(tenant)
    async with asyncio.timeout(PATIENCE_S):
        while await rings(settings) <= before:
            pass


@pytest.mark.parametrize("broken", [refuse, silence])
async def test_a_worker_hears_it_again(
    service: Service, settings: Settings, resources: Resources, broken: Break
) -> None:
    """One that would look by itself in a minute only."""
    tenant, proxy = service.tenant, service.redis
    rung = settings.model_copy(
        update={"redis_url": service.resources.settings.redis_url, "sweep_interval_s": 60}
    )
    stop = asyncio.Event()
    worker = asyncio.create_task(work(rung, stop))
    await has_run(resources, tenant)
    await broken(proxy)
    await asyncio.sleep(POLLS_S)
    await heal(proxy)
    await has_run(resources, tenant)
    stop.set()
    await worker


async def has_run(resources: Resources, tenant: Tenant) -> None:
    """One of the jobs that are queued, and rung for, in the meantime."""
    await resources.database.fetch("delete from jobs where workspace_id = $1", tenant.id)
    ended = "select from jobs where workspace_id = $1 and state = 'completed'"
    async with asyncio.timeout(PATIENCE_S):
        while not await resources.database.fetch(ended, tenant.id):
            await ring(tenant)
            await asyncio.sleep(POLLS_S)
