"""Who gets which job, how often a job may fail, and what stays of it."""

import asyncpg
import pytest

from app.counters.jobs import FoldCounters
from app.kit.db import DatabaseAway
from app.kit.jobs import RETRY_DELAYS_S, Job, Lease, queue_all, remove_ended
from app.kit.resources import Resources, open_resources
from app.launch.jobs import RemoveCampaign
from app.values import CampaignId, JobId, JobState, WorkspaceId
from tests.client import Tenant
from tests.jobs import taken_over
from workers.runner import run
from workers.tasks import TASKS

MOST = len(RETRY_DELAYS_S) + 1


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    """Those of other tests would be claimed too."""
    await resources.database.fetch("delete from jobs")


@pytest.fixture
def broken(tenant: Tenant) -> Job:
    """A removal that does not say of what."""

    class Broken(RemoveCampaign):
        def arguments(self) -> dict[str, object]:
            return {}

    return Broken(WorkspaceId(tenant.id), CampaignId(0))


async def queued(resources: Resources, job: Job, *, singleton: bool = False) -> JobId:
    async with resources.database.transaction() as tx:
        [job_id] = await queue_all(tx, [job], singleton=singleton)
        return job_id


async def claimed(resources: Resources, job_id: JobId) -> Lease:
    await resources.database.fetch("update jobs set run_at = now() where id = $1", job_id)
    lease = await resources.jobs.claim(job_id)
    assert lease
    return lease


async def stored(resources: Resources, job_id: JobId) -> tuple[str, int, str | None]:
    [row] = await resources.database.fetch(
        "select state, failures, error from jobs where id = $1", job_id
    )
    return row["state"], row["failures"], row["error"]


async def ids(resources: Resources) -> set[int]:
    return {row["id"] for row in await resources.database.fetch("select id from jobs")}


async def test_a_job_fails_for_good_after_its_last_retry(resources: Resources, broken: Job) -> None:
    job_id = await queued(resources, broken)
    for failures in range(1, MOST):
        await run(resources, await claimed(resources, job_id), TASKS)
        assert await stored(resources, job_id) == ("queued", failures, "An unexpected TypeError")
    await run(resources, await claimed(resources, job_id), TASKS)
    state, _, error = await stored(resources, job_id)
    assert (state, error) == ("failed", f"An unexpected TypeError, {MOST} times")


async def test_a_job_that_is_given_back_has_not_failed(resources: Resources, broken: Job) -> None:
    job_id = await queued(resources, broken)
    for attempt in range(1, MOST + 2):
        lease = await claimed(resources, job_id)
        assert (lease.attempt, lease.failures) == (attempt, 0)
        await resources.jobs.give_back(lease)
    await run(resources, await claimed(resources, job_id), TASKS)
    assert await stored(resources, job_id) == ("queued", 1, "An unexpected TypeError")


async def test_a_job_that_kills_its_workers_fails_for_good(
    resources: Resources, tenant: Tenant
) -> None:
    job_id = await queued(resources, FoldCounters(WorkspaceId(tenant.id)))
    lease = await claimed(resources, job_id)
    for failures in range(1, MOST + 1):
        lease = await taken_over(resources, lease)
        assert lease.failures == failures
    await run(resources, lease, TASKS)
    assert await stored(resources, job_id) == ("failed", MOST, f"The worker was lost, {MOST} times")


async def test_a_job_that_gets_on_may_lose_any_number_of_workers(
    resources: Resources, tenant: Tenant
) -> None:
    lease = await claimed(resources, await queued(resources, FoldCounters(WorkspaceId(tenant.id))))
    for chunk in range(MOST + 1):
        lease = await taken_over(resources, lease)
        assert lease.failures == 1
        async with resources.database.transaction() as tx:
            await lease.fence(tx, {"chunks": chunk})
    await run(resources, lease, TASKS)
    assert (await stored(resources, lease.job_id))[0] == "completed"


async def test_a_job_that_got_on_before_it_fails_has_all_its_tries_again(
    resources: Resources, tenant: Tenant
) -> None:
    async def get_on_and_fail(resources: Resources, lease: Lease) -> None:
        async with resources.database.transaction() as tx:
            await lease.fence(tx, {"chunks": 1})
        raise ValueError

    job_id = await queued(resources, FoldCounters(WorkspaceId(tenant.id)))
    for _ in range(MOST + 1):
        lease = await claimed(resources, job_id)
        await run(resources, lease, {FoldCounters.kind: get_on_and_fail})
        assert await stored(resources, job_id) == ("queued", 1, "An unexpected ValueError")
    [waits] = await resources.database.fetch(
        "select run_at < now() + $2::int * interval '1 s' for_the_first_delay from jobs"
        " where id = $1",
        job_id,
        RETRY_DELAYS_S[0],
    )
    assert waits["for_the_first_delay"]


@pytest.mark.parametrize(("gets_on", "least_s", "most_s"), [(True, -60, 1), (False, 60, 120)])
async def test_what_was_away_is_not_waited_for_by_the_number_of_runs(
    resources: Resources, tenant: Tenant, gets_on: bool, least_s: int, most_s: int
) -> None:
    async def lose(resources: Resources, lease: Lease) -> None:
        async with resources.database.transaction() as tx:
            await lease.fence(tx, {"chunks": lease.attempt} if gets_on else None)
        raise DatabaseAway

    job_id = await queued(resources, FoldCounters(WorkspaceId(tenant.id)))
    for _ in range(MOST):
        await run(resources, await claimed(resources, job_id), {FoldCounters.kind: lose})
    [job] = await resources.database.fetch(
        "select failures, run_at - now() waits from jobs where id = $1", job_id
    )
    assert job["failures"] == 0
    assert least_s < job["waits"].total_seconds() <= most_s


async def test_a_lease_that_ran_out_while_postgresql_was_down_is_no_failure(
    resources: Resources, broken: Job
) -> None:
    lease = await claimed(resources, await queued(resources, broken))
    await resources.database.fetch(
        "update jobs set lease_until = pg_postmaster_start_time() - interval '1 s' where id = $1",
        lease.job_id,
    )
    again = await resources.jobs.claim(lease.job_id)
    assert again
    assert (again.attempt, again.failures) == (2, 0)


async def test_a_lease_that_was_taken_over_gives_nothing_back(
    resources: Resources, broken: Job
) -> None:
    dead = await claimed(resources, await queued(resources, broken))
    await taken_over(resources, dead)
    await resources.jobs.give_back(dead)
    assert await stored(resources, dead.job_id) == ("running", 1, None)


async def test_kinds_that_a_worker_does_not_know_wait_for_one_that_does(
    resources: Resources, tenant: Tenant
) -> None:
    class FromTheFuture(Job):
        kind = "from_the_future"

    await queued(resources, FromTheFuture(WorkspaceId(tenant.id)))
    assert await resources.jobs.claim_next(TASKS) is None
    assert await resources.jobs.claim_next([*TASKS, "from_the_future"])


async def test_many_jobs_of_one_workspace_do_not_starve_another(
    resources: Resources, tenant: Tenant, other: Tenant
) -> None:
    async with resources.database.transaction() as tx:
        jobs = [RemoveCampaign(WorkspaceId(tenant.id), CampaignId(n)) for n in range(1000)]
        await queue_all(tx, jobs)
    await queued(resources, RemoveCampaign(WorkspaceId(other.id), CampaignId(1)))
    await queued(resources, RemoveCampaign(WorkspaceId(other.id), CampaignId(2)))
    leases = [await resources.jobs.claim_next(TASKS) for _ in range(5)]
    assert [lease and lease.workspace_id for lease in leases] == [
        *(tenant.id, other.id) * 2,
        tenant.id,
    ]


async def test_workers_that_claim_at_once_get_different_jobs(
    resources: Resources, tenant: Tenant
) -> None:
    first = await queued(resources, RemoveCampaign(WorkspaceId(tenant.id), CampaignId(1)))
    second = await queued(resources, RemoveCampaign(WorkspaceId(tenant.id), CampaignId(2)))
    async with resources.database.transaction() as tx:
        await tx.rows("select id from jobs where id = $1 for update", first)
        lease = await resources.jobs.claim_next(TASKS)
    assert lease
    assert lease.job_id == second


async def test_a_singleton_that_succeeded_leaves_nothing(
    resources: Resources, tenant: Tenant
) -> None:
    fold = FoldCounters(WorkspaceId(tenant.id))
    alone = await queued(resources, fold, singleton=True)
    await run(resources, await claimed(resources, alone), TASKS)
    one_of_many = await queued(resources, fold)
    await run(resources, await claimed(resources, one_of_many), TASKS)
    assert await ids(resources) == {one_of_many}
    assert await stored(resources, one_of_many) == ("completed", 0, None)


async def test_a_singleton_that_failed_stays(resources: Resources, tenant: Tenant) -> None:
    job_id = await queued(resources, FoldCounters(WorkspaceId(tenant.id)), singleton=True)
    await resources.jobs.end(
        await claimed(resources, job_id), JobState.FAILED, error="for a reason"
    )
    assert await stored(resources, job_id) == ("failed", 0, "for a reason")


async def test_jobs_that_ended_are_removed_after_a_week(
    resources: Resources, tenant: Tenant
) -> None:
    job = FoldCounters(WorkspaceId(tenant.id))
    async with resources.database.transaction() as tx:
        await queue_all(tx, [job] * 1501)
        await tx.rows("update jobs set state = 'completed', finished_at = now() - interval '169 h'")
    recent, waiting = await queued(resources, job), await queued(resources, job)
    await resources.database.fetch(
        "update jobs set state = 'failed', finished_at = now() - interval '167 h' where id = $1",
        recent,
    )
    async with resources.database.transaction() as tx:
        assert await remove_ended(tx, 1000) == 1000
        assert await remove_ended(tx, 1000) == 501
    assert await ids(resources) == {recent, waiting}


async def test_a_singleton_that_is_tried_again_holds_others_back_and_leaves_nothing(
    resources: Resources, tenant: Tenant
) -> None:
    fold = FoldCounters(WorkspaceId(tenant.id))
    first = await queued(resources, fold, singleton=True)
    failing = await claimed(resources, first)
    beside = await queued(resources, fold, singleton=True)
    stopped = await claimed(resources, beside)
    await resources.jobs.retry(failing, "for a reason", 60)
    await resources.jobs.give_back(stopped)
    async with resources.database.transaction() as tx:
        assert await queue_all(tx, [fold], singleton=True) == []
    for job_id in (first, beside):
        await run(resources, await claimed(resources, job_id), TASKS)
    assert await ids(resources) == set()


async def test_several_singletons_are_queued_at_once_unless_they_wait(
    resources: Resources, tenant: Tenant, other: Tenant
) -> None:
    waiting = await queued(resources, FoldCounters(WorkspaceId(tenant.id)), singleton=True)
    async with resources.database.transaction() as tx:
        folds = [FoldCounters(WorkspaceId(id_)) for id_ in sorted((tenant.id, other.id))]
        await queue_all(tx, folds, singleton=True)
        [queued_now] = tx.queued
    lease = await claimed(resources, queued_now)
    assert (lease.workspace_id, lease.as_job(FoldCounters)) == (
        other.id,
        FoldCounters(WorkspaceId(other.id)),
    )
    assert await ids(resources) == {waiting, queued_now}


async def test_the_table_of_jobs_does_not_wait_for_a_lock_for_ever(
    resources: Resources, broken: Job
) -> None:
    lease = await claimed(resources, await queued(resources, broken))
    impatient = resources.settings.model_copy(update={"lock_timeout_s": 0.05})
    async with open_resources(impatient) as opened, resources.database.transaction() as tx:
        await tx.rows("select id from jobs where id = $1 for update", lease.job_id)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await opened.jobs.renew(lease)


async def test_a_dead_workers_job_is_found_beside_the_others(
    resources: Resources, tenant: Tenant
) -> None:
    jobs = [RemoveCampaign(WorkspaceId(tenant.id), CampaignId(n)) for n in range(3)]
    lost, alive, _ = [await queued(resources, job) for job in jobs]
    for job_id in (lost, alive):
        await claimed(resources, job_id)
    await resources.database.fetch(
        "update jobs set lease_until = now(), run_at = now() - interval '1 h' where id = $1", lost
    )
    lease = await resources.jobs.claim_next(TASKS)
    assert lease
    assert (lease.job_id, lease.attempt, lease.failures) == (lost, 2, 1)
