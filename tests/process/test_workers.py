"""Worker processes that are killed, stalled and stopped in the middle of a job: one effect."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest

from app.kit.jobs import queue
from app.kit.resources import Resources
from app.settings import Settings
from app.values import JobId, WorkspaceId
from tests.client import Tenant
from tests.processes import environment
from tests.workers.counting import TABLE, Count

PATIENCE_S = 30
LEASE_S = 0.6
STOPPED_WITHIN_S = 10
COUNTING = ("-m", "tests.workers.counting")
REAL = ("-P", "-m", "app.cli", "worker")


@pytest.fixture(autouse=True)
async def counted(resources: Resources) -> AsyncIterator[None]:
    await resources.database.fetch("delete from jobs")
    await resources.database.fetch(TABLE)
    yield
    await resources.database.fetch("delete from jobs")


@contextmanager
def worker(settings: Settings, *program: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Without Redis."""
    hasty = {"redis_url": None, "job_lease_s": LEASE_S, "sweep_interval_s": 0.05}
    process = subprocess.Popen(
        [sys.executable, *(program or COUNTING)],
        env=environment(settings.model_copy(update=hasty)),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def queued(resources: Resources, tenant: Tenant, to: int) -> JobId:
    async with resources.database.transaction() as tx:
        return await queue(tx, Count(WorkspaceId(tenant.id), to, pause_s=0.03))


async def counts(resources: Resources, job_id: JobId) -> list[int]:
    rows = await resources.database.fetch("select n from counted where job_id = $1", job_id)
    return sorted(row["n"] for row in rows)


async def attempts(resources: Resources, job_id: JobId) -> set[int]:
    rows = await resources.database.fetch("select attempt from counted where job_id = $1", job_id)
    return {row["attempt"] for row in rows}


async def stored(resources: Resources, job_id: JobId) -> tuple[str, int, int]:
    [row] = await resources.database.fetch(
        "select state, attempt, failures from jobs where id = $1", job_id
    )
    return row["state"], row["attempt"], row["failures"]


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if await true():
                return
            await asyncio.sleep(0.02)


async def begun(resources: Resources, job_id: JobId) -> None:
    async def some() -> bool:
        return len(await counts(resources, job_id)) > 2

    await until(some)


async def ended(resources: Resources, job_id: JobId) -> None:
    async def completed() -> bool:
        return (await stored(resources, job_id))[0] == "completed"

    await until(completed)


async def exit_code(process: "subprocess.Popen[bytes]") -> int:
    process.terminate()
    return await asyncio.to_thread(process.wait, STOPPED_WITHIN_S)


async def test_a_worker_that_is_killed_leaves_its_job_to_another(
    resources: Resources, settings: Settings, tenant: Tenant
) -> None:
    job_id = await queued(resources, tenant, 30)
    with worker(settings) as first:
        await begun(resources, job_id)
        first.kill()
        first.wait()
    with worker(settings):
        await ended(resources, job_id)
    assert await counts(resources, job_id) == list(range(1, 31))
    assert await attempts(resources, job_id) == {1, 2}
    assert await stored(resources, job_id) == ("completed", 2, 0)  # it got on since


async def test_a_worker_that_stalls_longer_than_its_lease_has_no_effect_any_more(
    resources: Resources, settings: Settings, tenant: Tenant
) -> None:
    job_id = await queued(resources, tenant, 30)
    with worker(settings) as first:
        await begun(resources, job_id)
        first.send_signal(signal.SIGSTOP)
        with worker(settings) as second:
            await until(lambda: taken_over(resources, job_id))
            first.send_signal(signal.SIGCONT)
            await ended(resources, job_id)
            assert await exit_code(second) == 0
        assert await exit_code(first) == 0
    assert await counts(resources, job_id) == list(range(1, 31))
    assert await attempts(resources, job_id) == {1, 2}
    assert await stored(resources, job_id) == ("completed", 2, 0)  # it got on since


async def taken_over(resources: Resources, job_id: JobId) -> bool:
    return 2 in await attempts(resources, job_id)


async def test_a_worker_that_is_stopped_gives_back_what_does_not_end(
    resources: Resources, settings: Settings, tenant: Tenant
) -> None:
    job_id = await queued(resources, tenant, 10_000)
    with worker(settings) as process:
        await begun(resources, job_id)
        began = time.monotonic()
        assert await exit_code(process) == 0
        assert time.monotonic() - began < STOPPED_WITHIN_S
    assert await stored(resources, job_id) == ("queued", 1, 0)
    done = await counts(resources, job_id)
    assert done == list(range(1, len(done) + 1))


async def test_a_worker_that_is_stopped_lets_a_short_job_end(
    resources: Resources, settings: Settings, tenant: Tenant
) -> None:
    job_id = await queued(resources, tenant, 20)
    with worker(settings) as process:
        await begun(resources, job_id)
        assert await exit_code(process) == 0
    assert await stored(resources, job_id) == ("completed", 1, 0)


async def test_an_idle_worker_stops_at_once(
    resources: Resources, settings: Settings, tenant: Tenant
) -> None:
    campaign = await tenant.campaign()
    job_id = (await tenant.api.delete(f"/campaigns/{campaign}")).json()["job_id"]
    with worker(settings, *REAL) as process:
        await ended(resources, job_id)
        began = time.monotonic()
        assert await exit_code(process) == 0
        assert time.monotonic() - began < 2
