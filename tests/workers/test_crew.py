"""A worker's crew: how many jobs at once, and what a stop leaves behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from app.kit.jobs import queue_all
from app.kit.resources import Resources, open_resources
from app.launch.jobs import RemoveCampaign
from app.values import CampaignId, WorkspaceId
from tests.client import Tenant
from workers.crew import Crew
from workers.main import work
from workers.tasks import TASKS

PATIENCE_S = 20
UNREACHABLE = "redis://127.0.0.1:1"


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    """Those of other tests would be claimed too, and whom they left unvalidated makes new ones."""
    async with resources.database.transaction() as tx:
        await tx.rows("delete from unvalidated")
        await tx.rows("delete from jobs")


async def removals(resources: Resources, tenant: Tenant, count: int) -> None:
    """Jobs that remove campaigns which do not exist."""
    async with resources.database.transaction() as tx:
        await queue_all(
            tx, [RemoveCampaign(WorkspaceId(tenant.id), CampaignId(-n)) for n in range(count)]
        )


async def states(resources: Resources) -> list[str]:
    rows = await resources.database.fetch("select state from jobs order by state")
    return [row["state"] for row in rows]


async def until(resources: Resources, expected: list[str]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if await states(resources) == expected:
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def removals_held(resources: Resources) -> AsyncIterator[None]:
    """No removal ends as long as the block."""
    async with resources.database.transaction() as tx:
        await tx.rows("lock table campaigns in share mode")
        yield


@asynccontextmanager
async def crew(resources: Resources, slots: int, grace_s: float) -> AsyncIterator[Crew]:
    hasty = resources.settings.model_copy(update={"sweep_interval_s": 0.05})
    async with open_resources(hasty) as opened:
        hands = Crew(opened, TASKS, slots, grace_s)
        working = asyncio.create_task(hands.work())
        try:
            yield hands
        finally:
            hands.stop()
            await working


async def test_a_crew_runs_no_more_jobs_at_once_than_it_has_hands(
    resources: Resources, tenant: Tenant
) -> None:
    await removals(resources, tenant, 3)
    async with crew(resources, slots=2, grace_s=5):
        async with removals_held(resources):
            await until(resources, ["queued", "running", "running"])
            await asyncio.sleep(0.3)
            assert await states(resources) == ["queued", "running", "running"]
        await until(resources, ["completed"] * 3)


async def test_a_stop_lets_jobs_end_and_takes_no_others(
    resources: Resources, tenant: Tenant
) -> None:
    await removals(resources, tenant, 2)
    async with crew(resources, slots=1, grace_s=10) as hands, removals_held(resources):
        await until(resources, ["queued", "running"])
        hands.stop()
        await asyncio.sleep(0.1)
    assert await states(resources) == ["completed", "queued"]


async def test_a_stop_gives_back_what_does_not_end(
    resources: Resources, tenant: Tenant, work: Callable[[], Awaitable[int]]
) -> None:
    await removals(resources, tenant, 1)
    async with removals_held(resources):
        async with crew(resources, slots=2, grace_s=0.1):
            await until(resources, ["running"])
        [row] = await resources.database.fetch("select * from jobs")
        given_back = {name: row[name] for name in ("state", "attempt", "failures", "lease_until")}
        assert given_back == {"state": "queued", "attempt": 1, "failures": 0, "lease_until": None}
    assert await work() == 1
    assert await states(resources) == ["completed"]


async def test_a_redis_that_cannot_be_heard_is_told_of_once(
    resources: Resources, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    deaf = resources.settings.model_copy(
        update={"redis_url": UNREACHABLE, "sweep_interval_s": 0.05}
    )
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(work(deaf, stop))
        try:
            await removals(resources, tenant, 1)
            await until(resources, ["completed"])
            await asyncio.sleep(2.5)
        finally:
            stop.set()
    told = [r.getMessage() for r in caplog.records if "rings" in r.getMessage()]
    assert told == ["no rings come from Redis: ConnectionError"]
