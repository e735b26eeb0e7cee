"""Who works on what: claims, renews, gives back and ends jobs."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple, Self

from app.kit.db import Database
from app.kit.documents import written
from app.kit.jobs import Lease
from app.values import JobId, JobState, WorkspaceId

LOOKS = 3
"""How often one looks whose finds were all claimed by others; then their ends wake everybody."""

# Those who run fewest jobs come first, of these the one that is due longest: nobody's many jobs
# starve another. Several ids, because other workers may be claiming the first ones.
#
# Statistics of a quiet moment say that nothing waits, and then PostgreSQL sorts all that does.
ALONG_THE_INDEX = """
select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)
"""

# With many workspaces, the job that is due longest is mostly of one that runs none: found at once.
DUE_OF_IDLE = """
with longest as (
    select id, workspace_id, kind, run_at from jobs
    where state = 'queued' and run_at <= now() order by run_at limit 100),
running as materialized (
    select id, workspace_id, kind, run_at, lease_until < clock_timestamp() lost
    from jobs where state = 'running'),
due as (
    select * from longest
    where workspace_id <> all(array(select workspace_id from running where not lost))
    union all
    select id, workspace_id, kind, run_at from running where lost)
select id from due where kind = any($1) order by run_at, id limit 8
"""

# With few workspaces and many jobs: from one workspace to the next by the index, however many jobs
# each has waiting, and only if something is due. 0.1 ms for 10,000 of one workspace, 80 ms for one
# of each of 10,000.
DUE = """
with recursive waiting as (
    (select workspace_id from jobs
     where state = 'queued'
       and exists (select from jobs where state = 'queued' and run_at <= now())
     order by workspace_id limit 1)
    union all
    select (select next.workspace_id from jobs next
            where next.state = 'queued' and next.workspace_id > waiting.workspace_id
            order by next.workspace_id limit 1)
    from waiting where waiting.workspace_id is not null),
running as materialized (
    select id, workspace_id, kind, run_at, lease_until < clock_timestamp() lost
    from jobs where state = 'running'),
due as (
    select job.* from waiting cross join lateral (
        select id, workspace_id, run_at from jobs
        where state = 'queued' and workspace_id = waiting.workspace_id
          and run_at <= now() and kind = any($1)
        order by run_at limit 8) job
    union all
    select id, workspace_id, run_at from running where lost and kind = any($1)),
busy as (select workspace_id, count(*) jobs from running where not lost group by workspace_id)
select id from due left join busy using (workspace_id)
order by coalesce(busy.jobs, 0), run_at, id limit 8
"""

# A lease that ran out is a run that failed, because its worker died; unless it ran out while
# PostgreSQL was down, and nobody could have renewed it.
CLAIM = """
update jobs set state = 'running', attempt = attempt + 1,
    failures = failures
        + (state = 'running' and lease_until > pg_postmaster_start_time())::int,
    lease_until = clock_timestamp() + $2
where id = (
    select id from jobs where id = any($1::bigint[])
      and (state = 'queued' and run_at <= now()
           or state = 'running' and lease_until < clock_timestamp())
    order by array_position($1::bigint[], id) limit 1 for update skip locked)
returning id, workspace_id, kind, arguments, attempt, failures, progress
"""

RENEW = """
update jobs set lease_until = clock_timestamp() + $3
where id = $1 and attempt = $2 and state = 'running' returning id
"""

END = """
update jobs set state = $3, error = $4, result = $5::jsonb, lease_until = null,
    finished_at = now()
where id = $1 and attempt = $2 and state = 'running'
"""

END_SINGLETON = """
delete from jobs where id = $1 and attempt = $2 and state = 'running' and singleton
"""

RETRY = """
update jobs set state = 'queued', failures = failures + $5::int, error = $3,
    lease_until = null, run_at = now() + $4
where id = $1 and attempt = $2 and state = 'running'
"""

STANDING = "select failures, progress from jobs where id = $1 and attempt = $2"

GIVE_BACK = """
update jobs set state = 'queued', lease_until = null, run_at = now()
where id = $1 and attempt = $2 and state = 'running' returning id
"""


class Standing(NamedTuple):
    """How often a job has failed, and whether its last run got on before it failed or was lost."""

    failures: int
    got_on: bool


OTHERS = """
select count(*) filter (where state = 'running') running,
       count(*) filter (where state = 'queued') waiting
from jobs
where workspace_id = $1 and kind = $2 and id <> $3
  and (state = 'queued' or state = 'running' and lease_until > clock_timestamp())
"""


class Others(NamedTuple):
    """How many other jobs of the same kind a workspace has."""

    running: int
    waiting: int


class JobTable:
    """Each call is a transaction of its own."""

    def __init__(self, database: Database, lease_s: float) -> None:
        self._database = database
        self._lease = timedelta(seconds=lease_s)

    async def claim_next(self, kinds: Iterable[str]) -> Lease | None:
        """Take a job that is due, of one of these kinds. None when there is none."""
        known = list(kinds)
        for _ in range(LOOKS):
            async with self._database.transaction() as tx:
                await tx.rows(ALONG_THE_INDEX)
                due = await tx.rows(DUE_OF_IDLE, known) or await tx.rows(DUE, known)
            if not due:
                return None
            if lease := await self._claim([row["id"] for row in due]):
                return lease
        return None

    async def claim(self, job_id: JobId) -> Lease | None:
        """Take this job. None when it is not due, or somebody has it."""
        return await self._claim([job_id])

    async def _claim(self, job_ids: Sequence[JobId]) -> Lease | None:
        rows = await self._rows(CLAIM, job_ids, self._lease)
        return next((_lease(row) for row in rows), None)

    async def renew(self, lease: Lease) -> bool:
        """False when the job was taken over or ended."""
        return bool(await self._rows(RENEW, lease.job_id, lease.attempt, self._lease))

    async def others(self, lease: Lease) -> Others:
        """Of the same kind, in the same workspace."""
        [row] = await self._rows(OTHERS, lease.workspace_id, lease.kind, lease.job_id)
        return Others(**row)

    async def end(
        self,
        lease: Lease,
        state: JobState,
        *,
        error: str | None = None,
        result: dict[str, Any] | None = None,
    ) -> None:
        """A singleton that succeeded leaves nothing: another will come."""
        async with self._database.transaction() as tx:
            if state is JobState.COMPLETED:
                await tx.rows(END_SINGLETON, lease.job_id, lease.attempt)
            said = written(result) if result is not None else None
            await tx.rows(END, lease.job_id, lease.attempt, state, error, said)

    async def retry(self, lease: Lease, error: str, delay_s: float, *, failed: bool = True) -> None:
        """The job is due again after the delay. Not ``failed``: it is not to blame for the run."""
        delay = timedelta(seconds=delay_s)
        await self._rows(RETRY, lease.job_id, lease.attempt, error, delay, failed)

    async def standing(self, lease: Lease) -> Standing:
        """After a run; of a job that was taken over meanwhile as it was before."""
        for row in await self._rows(STANDING, lease.job_id, lease.attempt):
            return Standing(row["failures"], (row["progress"] or {}) != lease.progress)
        return Standing(lease.failures, got_on=False)

    async def give_back(self, lease: Lease) -> None:
        """The run was stopped, and did not fail; another worker is rung at once."""
        async with self._database.transaction() as tx:
            rows = await tx.rows(GIVE_BACK, lease.job_id, lease.attempt)
            tx.queued.extend(JobId(row["id"]) for row in rows)

    async def _rows(self, sql: str, *arguments: Any) -> list[Any]:
        async with self._database.transaction() as tx:
            return await tx.rows(sql, *arguments)


def _lease(row: Any) -> Lease:
    return Lease(
        JobId(row["id"]),
        WorkspaceId(row["workspace_id"]),
        row["kind"],
        row["arguments"],
        row["attempt"],
        row["failures"],
        row["progress"] or {},
    )


class Renewal:
    """Keeps a lease while a block runs, on another connection than the block's own."""

    def __init__(self, table: JobTable, lease: Lease, every_s: float) -> None:
        self._table, self._lease, self._every_s = table, lease, every_s

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._renew())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            # A lease that could not be renewed in time is lost, and the fence says so.
            with suppress(Exception):
                await self._table.renew(self._lease)
