"""How a run ends, and what the job says of it then."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from app.kit.embedded.ports import free_port
from app.kit.jobs import RETRY_DELAYS_S, Job, JobFailed, Lease, ask, queue
from app.kit.problems import ServiceUnavailable
from app.kit.resources import Resources, open_resources
from app.values import JobId, JobState, Wish, WorkspaceId
from tests.client import Tenant
from tests.workers.counting import COUNTING, TABLE, Count
from workers.crew import Crew
from workers.runner import run

PATIENCE_S = 20


@pytest.fixture(autouse=True)
async def counted(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")
    await resources.database.fetch(TABLE)
    await resources.database.fetch("truncate counted")


async def queued(resources: Resources, job: Job) -> JobId:
    async with resources.database.transaction() as tx:
        return await queue(tx, job)


async def leased(resources: Resources, job: Job) -> Lease:
    lease = await resources.jobs.claim(await queued(resources, job))
    assert lease
    return lease


async def stored(resources: Resources, job_id: JobId) -> dict[str, object]:
    [row] = await resources.database.fetch(
        "select state, failures, progress, error, result, wish, run_at - now() > '0 s' later,"
        " finished_at is not null ended from jobs where id = $1",
        job_id,
    )
    return dict(row)


async def counted_to(resources: Resources, job_id: JobId) -> list[int]:
    rows = await resources.database.fetch("select n from counted where job_id = $1", job_id)
    return sorted(row["n"] for row in rows)


async def ended(resources: Resources, job_id: JobId) -> object:
    return (await stored(resources, job_id))["ended"]


async def until(true: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if await true():
                return
            await asyncio.sleep(0.01)


async def asked(resources: Resources, workspace: int, job_id: JobId, wish: Wish) -> JobState | None:
    async with resources.database.transaction() as tx:
        said = await ask(tx, WorkspaceId(workspace), job_id, wish)
    return said[0] if said else None


async def test_a_job_says_how_far_it_is_and_how_it_ended(
    resources: Resources, tenant: Tenant
) -> None:
    lease = await leased(resources, Count(WorkspaceId(tenant.id), 3))
    await run(resources, lease, COUNTING)
    assert await stored(resources, lease.job_id) == {
        "state": "completed",
        "failures": 0,
        "progress": {"n": 3},
        "error": None,
        "result": {"counted": 3},
        "wish": None,
        "later": False,
        "ended": True,
    }


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("ann@example.com is no number"), "An unexpected ValueError"),
        (asyncpg.LockNotAvailableError("leads of ann@example.com"), "The database was too busy"),
        (ServiceUnavailable("ann@example.com"), "The database was too busy"),
    ],
)
async def test_what_an_unexpected_error_says_is_told_to_nobody(
    resources: Resources, tenant: Tenant, error: Exception, said: str
) -> None:
    async def fail(_resources: Resources, _lease: Lease) -> None:
        raise error

    lease = await leased(resources, Count(WorkspaceId(tenant.id), 1))
    await run(resources, lease, {Count.kind: fail})
    seen = await stored(resources, lease.job_id)
    assert (seen["state"], seen["failures"], seen["error"]) == ("queued", 1, said)
    await resources.database.fetch(
        "update jobs set failures = $2, run_at = now() where id = $1",
        lease.job_id,
        len(RETRY_DELAYS_S),
    )
    last = await resources.jobs.claim(lease.job_id)
    assert last
    await run(resources, last, {Count.kind: fail})
    seen = await stored(resources, lease.job_id)
    assert (seen["state"], seen["error"]) == ("failed", f"{said}, 7 times")


async def test_a_job_that_cannot_succeed_ends_at_once_with_its_reason(
    resources: Resources, tenant: Tenant
) -> None:
    async def fail(_resources: Resources, _lease: Lease) -> None:
        raise JobFailed("The file has no rows.")

    lease = await leased(resources, Count(WorkspaceId(tenant.id), 1))
    await run(resources, lease, {Count.kind: fail})
    seen = await stored(resources, lease.job_id)
    assert (seen["state"], seen["failures"], seen["error"]) == (
        "failed",
        0,
        "The file has no rows.",
    )


async def test_a_postgresql_that_is_away_is_no_failure_of_the_job(
    resources: Resources, tenant: Tenant
) -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    away = resources.settings.model_copy(update={"database_url": nowhere})

    async def lose(_resources: Resources, _lease: Lease) -> None:
        async with open_resources(away) as opened:
            await opened.database.fetch("select 1")

    lease = await leased(resources, Count(WorkspaceId(tenant.id), 1))
    await run(resources, lease, {Count.kind: lose})
    seen = await stored(resources, lease.job_id)
    assert (seen["state"], seen["failures"], seen["error"], seen["later"]) == (
        "queued",
        0,
        "The database was away",
        True,
    )


async def test_how_a_run_ended_is_written_when_postgresql_is_back(
    resources: Resources, tenant: Tenant
) -> None:
    lease = await leased(resources, Count(WorkspaceId(tenant.id), 0))
    impatient = resources.settings.model_copy(update={"lock_timeout_s": 0.05})
    async with open_resources(impatient) as opened:
        async with resources.database.transaction() as tx:
            await tx.rows("select id from jobs where id = $1 for update", lease.job_id)
            running = asyncio.create_task(run(opened, lease, COUNTING))
            await asyncio.sleep(0.2)
            assert not running.done()
        await running
    assert (await stored(resources, lease.job_id))["state"] == "completed"


async def test_a_wish_is_granted_after_the_chunk(resources: Resources, tenant: Tenant) -> None:
    job_id = await queued(resources, Count(WorkspaceId(tenant.id), 1000, pause_s=0.05))
    crew = Crew(resources, COUNTING, slots=1)
    working = asyncio.create_task(crew.work())
    await until(lambda: counted_to(resources, job_id))
    assert await asked(resources, tenant.id, job_id, Wish.CANCEL) is JobState.RUNNING
    await until(lambda: ended(resources, job_id))
    crew.stop()
    await working
    seen = await stored(resources, job_id)
    done = await counted_to(resources, job_id)
    assert (seen["state"], seen["wish"], seen["error"]) == ("cancelled", "cancel", None)
    assert seen["progress"] == {"n": len(done)}
    assert len(done) < 100


async def test_a_wish_does_not_wait_for_the_chunk(resources: Resources, tenant: Tenant) -> None:
    lease = await leased(resources, Count(WorkspaceId(tenant.id), 1, pause_s=0.3))
    running = asyncio.create_task(run(resources, lease, COUNTING))
    await asyncio.sleep(0.1)
    assert await asked(resources, tenant.id, lease.job_id, Wish.PAUSE) is JobState.RUNNING
    assert not await counted_to(resources, lease.job_id)
    await running
    assert (await stored(resources, lease.job_id))["state"] == "cancelled"


async def test_who_asks_ends_a_job_that_nobody_runs(resources: Resources, tenant: Tenant) -> None:
    job_id = await queued(resources, Count(WorkspaceId(tenant.id), 1))
    assert await asked(resources, tenant.id, job_id, Wish.CANCEL) is JobState.CANCELLED
    seen = await stored(resources, job_id)
    assert (seen["state"], seen["ended"]) == ("cancelled", True)
    assert await resources.jobs.claim_next(COUNTING) is None
    assert await asked(resources, tenant.id, job_id, Wish.CANCEL) is None


async def test_a_wish_outlives_the_worker_that_should_have_heard_it(
    resources: Resources, tenant: Tenant
) -> None:
    lease = await leased(resources, Count(WorkspaceId(tenant.id), 3))
    assert await asked(resources, tenant.id, lease.job_id, Wish.CANCEL) is JobState.RUNNING
    await resources.jobs.give_back(lease)
    again = await resources.jobs.claim(lease.job_id)
    assert again
    await run(resources, again, COUNTING)
    assert (await stored(resources, lease.job_id))["state"] == "cancelled"
    assert await counted_to(resources, lease.job_id) == [1]


async def test_nobody_asks_another_workspaces_job(
    resources: Resources, tenant: Tenant, other: Tenant
) -> None:
    job_id = await queued(resources, Count(WorkspaceId(tenant.id), 1))
    assert await asked(resources, other.id, job_id, Wish.CANCEL) is None
    assert (await stored(resources, job_id))["state"] == "queued"
