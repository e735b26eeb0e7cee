"""Claims among many jobs: nobody starves, and a claim takes no longer."""

import asyncio
import json
import time
from collections.abc import Callable

import pytest

from app.kit.jobs import Lease
from app.kit.leases import ALONG_THE_INDEX, DUE, DUE_OF_IDLE
from app.kit.resources import Resources
from tests.client import Tenant
from workers.crew import Crew
from workers.tasks import Task

PATIENCE_S = 20
MANY = 10_000
FILL = """
insert into jobs (workspace_id, kind, run_at)
select $1, $2, now() + $3 * interval '1 s' from generate_series(1, $4::int)
"""
CLAIM_S = 0.1
"""Far above the 2 ms that it takes: of 10,000 jobs none is read but those that are claimed."""


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")


async def fill(
    resources: Resources, workspace: int, count: int, kind: str = "wait", due_in_s: float = 0
) -> None:
    await resources.database.fetch(FILL, workspace, kind, due_in_s, count)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if true():
                return
            await asyncio.sleep(0.01)


async def claim_s(resources: Resources) -> float:
    """The quickest of a few claims."""
    took = []
    for _ in range(5):
        began = time.perf_counter()
        await resources.jobs.claim_next(["wait"])
        took.append(time.perf_counter() - began)
    return min(took)


async def test_one_job_does_not_wait_for_ten_thousand_of_another_workspace(
    resources: Resources, tenant: Tenant, other: Tenant
) -> None:
    """Three workers, busy with the many; the one is among the next to be begun."""
    begun: list[int] = []

    async def wait(_resources: Resources, lease: Lease) -> None:
        begun.append(lease.workspace_id)
        await asyncio.sleep(0.02)

    tasks: dict[str, Task] = {"wait": wait}
    await fill(resources, tenant.id, MANY)
    crews = [Crew(resources, tasks, slots=2) for _ in range(3)]
    working = [asyncio.create_task(crew.work()) for crew in crews]
    await until(lambda: len(begun) > 12)
    before = len(begun)
    await fill(resources, other.id, 1)
    await until(lambda: other.id in begun)
    for crew in crews:
        crew.stop()
    await asyncio.gather(*working)
    assert begun.index(other.id) - before < 12


async def test_claims_stay_quick_whatever_waits(
    resources: Resources, tenant: Tenant, other: Tenant
) -> None:
    await fill(resources, tenant.id, MANY)
    assert await claim_s(resources) < CLAIM_S
    await fill(resources, other.id, MANY, due_in_s=3600)
    assert await claim_s(resources) < CLAIM_S
    await resources.database.fetch("delete from jobs where run_at <= now()")
    assert await claim_s(resources) < CLAIM_S
    assert await resources.jobs.claim_next(["wait"]) is None


@pytest.mark.parametrize("statistics", [0, MANY])
@pytest.mark.parametrize("look", [DUE_OF_IDLE, DUE])
async def test_a_look_reads_no_more_jobs_than_it_may_claim(
    resources: Resources, tenant: Tenant, look: str, statistics: int
) -> None:
    """Whether PostgreSQL counted the jobs in a quiet moment or in a busy one."""
    await fill(resources, tenant.id, statistics)
    await resources.database.fetch("analyze jobs")
    await fill(resources, tenant.id, MANY - statistics)
    async with resources.database.transaction() as tx:
        await tx.rows(ALONG_THE_INDEX)
        [row] = await tx.rows(
            f"explain (analyze, format json) {look.replace('$1', 'array[$$wait$$]')}"
        )
    document = row[0]
    plan = json.loads(document) if isinstance(document, str) else document
    assert most_read(plan[0]["Plan"]) <= 100


def most_read(node: dict[str, object]) -> float:
    below = node.get("Plans", [])
    assert isinstance(below, list)
    rows = node["Actual Rows"]
    assert isinstance(rows, int | float)
    return max([rows, *map(most_read, below)])
