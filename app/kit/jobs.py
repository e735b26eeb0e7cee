"""Background work: PostgreSQL is the record, a job's row is written beside the data it is about.

Whoever holds the lease works; the attempt is the fencing token. A lost ring, a killed worker or a
flushed Redis cost time only, because every worker looks for what is due.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Tx
from app.kit.documents import written
from app.kit.schema import (
    Base,
    BigId,
    Document,
    Now,
    OptionalDocument,
    OptionalMoment,
    OptionalWord,
    Word,
)
from app.values import JobId, JobState, Wish, WorkspaceId

RETRY_DELAYS_S = (1, 5, 30, 120, 600, 3600)
"""After the last of these a job fails for good."""
KEPT = timedelta(days=7)
"""How long a job is kept that has ended."""


class JobRow(Base):
    """Outside the tenants' tables: the only rows that are claimed across workspaces."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(None, "run_at", postgresql_where=text("state = 'queued'")),
        Index(None, "workspace_id", "run_at", postgresql_where=text("state = 'queued'")),
        Index("jobs_running_idx", "workspace_id", postgresql_where=text("state = 'running'")),
        Index(None, "finished_at", postgresql_where=text("finished_at is not null")),
        Index(
            "jobs_singleton_key",
            "workspace_id",
            "kind",
            unique=True,
            postgresql_where=text("singleton and state = 'queued' and attempt = 0"),
        ),
        Index(
            "jobs_singleton_idx",
            "workspace_id",
            "kind",
            postgresql_where=text("singleton and state = 'queued'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    workspace_id: Mapped[BigId]
    kind: Mapped[Word]
    arguments: Mapped[Document]
    singleton: Mapped[bool] = mapped_column(server_default=text("false"))
    """One that waits is enough, and one that succeeded leaves nothing."""
    state: Mapped[str] = mapped_column(server_default=text("'queued'"))
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    """How often it was claimed: the fencing token."""
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    """Runs that raised, or whose worker died.

    None of them: one that was given back, or that PostgreSQL or the storage left alone.
    """
    run_at: Mapped[Now]
    lease_until: Mapped[OptionalMoment]
    progress: Mapped[OptionalDocument]
    wish: Mapped[OptionalWord]
    """What somebody asked of the job while it runs; whoever holds the lease grants it."""
    result: Mapped[OptionalDocument]
    error: Mapped[OptionalWord]
    created_at: Mapped[Now]
    finished_at: Mapped[OptionalMoment]


@dataclass(frozen=True)
class Job:
    """A command for a worker.

    Subclasses fix ``kind`` and add ids; they live in the domain that queues them.
    """

    kind: ClassVar[str]
    workspace_id: WorkspaceId

    def arguments(self) -> dict[str, Any]:
        own = dataclasses.asdict(self)
        del own["workspace_id"]
        return own


J = TypeVar("J", bound=Job)


class LeaseLost(Exception):
    """Another worker has taken the job over; whatever this one was about to commit must not be."""


class JobFailed(Exception):
    """The job cannot succeed, however often it is tried. The text is shown to clients."""


class NotNow(Exception):
    """The job cannot go on, and may later. The text is shown to clients if it never does."""


class JobPostponed(Exception):
    """Something is away that the job needs, or in its way: it comes again, and has not failed.

    The text is shown to clients.
    """

    def __init__(self, why: str, delay_s: float) -> None:
        super().__init__(why)
        self.delay_s = delay_s


class WishGranted(Exception):
    """The job did what was wished of it after its last chunk; it ends as cancelled."""


@dataclass(frozen=True)
class Lease:
    """The right to work on a job, until it is not renewed any more."""

    job_id: JobId
    workspace_id: WorkspaceId
    kind: str
    arguments: dict[str, Any]
    attempt: int
    failures: int
    """When it was claimed; a run that gets on begins anew to count."""
    progress: dict[str, Any]
    """What the last chunk before it said, of whichever attempt."""

    def as_job(self, job: type[J]) -> J:
        return job(workspace_id=self.workspace_id, **self.arguments)

    async def fence(self, tx: Tx, progress: dict[str, Any] | None = None) -> Wish | None:
        """The last statement of a chunk: raises LeaseLost, and so rolls it back, if taken over.

        Last, because wishes and the lease's renewal would else wait for the chunk. A job that gets
        on begins anew to count its failures: a long one may meet more than it has tries; and its
        last error is past. Gives what somebody wishes of the job: once the chunk is committed, the
        job may grant it, write down what that means for its own records, and raise WishGranted.
        """
        held = await tx.rows(
            "update jobs set progress = coalesce($3::jsonb, progress),"
            " failures = case when $3::jsonb is null then failures else 0 end,"
            " error = case when $3::jsonb is null then error end"
            " where id = $1 and attempt = $2 and state = 'running' returning wish",
            self.job_id,
            self.attempt,
            written(progress) if progress else None,
        )
        if not held:
            raise LeaseLost(self.kind)
        wish = held[0]["wish"]
        return Wish(wish) if wish else None


QUEUE = """
insert into jobs (workspace_id, kind, arguments, singleton, run_at)
select workspace_id, kind, arguments, $4, now() + $5
from unnest($1::bigint[], $2::text[], $3::jsonb[]) job(workspace_id, kind, arguments)
where not ($4 and exists (
    select from jobs waiting
    where waiting.workspace_id = job.workspace_id and waiting.kind = job.kind
      and waiting.singleton and waiting.state = 'queued' offset 0))
on conflict do nothing returning id
"""

# Who holds the lease hears of the wish; without one the asker ends the job here and now.
# Who wants it ended gets that, whatever else is wished of it meanwhile.
ASK = """
update jobs set wish = case when wish = 'cancel' then wish else $3 end,
    state = case state when 'queued' then 'cancelled' else state end,
    finished_at = case state when 'queued' then now() end
where workspace_id = $1 and id = $2 and state in ('queued', 'running')
returning state, wish
"""

WITHDRAW = """
update jobs set wish = null where workspace_id = $1 and id = $2 and wish = $3
"""

HURRY = """
update jobs set run_at = now()
where workspace_id = $1 and id = $2 and state = 'queued' and run_at > now()
returning id
"""

REMOVE_ENDED = """
with gone as (
    delete from jobs where id = any(array(
        select id from jobs where finished_at < now() - $1::interval
        order by finished_at limit $2))
    returning 1)
select count(*) from gone
"""


async def queue(tx: Tx, job: Job, *, delay_s: float = 0) -> JobId:
    """Write the job; after the commit the workers are rung."""
    [job_id] = await queue_all(tx, [job], delay_s=delay_s)
    return job_id


async def queue_all(
    tx: Tx, jobs: Sequence[Job], *, singleton: bool = False, delay_s: float = 0
) -> list[JobId]:
    """Several in one statement; singletons in the order of their workspaces, against deadlocks.

    A singleton that waits already, for its first run or for another try, is not queued again.
    """
    rows = await tx.rows(
        QUEUE,
        [job.workspace_id for job in jobs],
        [job.kind for job in jobs],
        [written(job.arguments()) for job in jobs],
        singleton,
        timedelta(seconds=delay_s),
    )
    queued = [JobId(row["id"]) for row in rows]
    tx.queued.extend(queued)
    return queued


async def ask(
    tx: Tx, workspace_id: WorkspaceId, job_id: JobId, wish: Wish
) -> tuple[JobState, Wish] | None:
    """Ask a job to pause or to cancel; gives what is wished of it now.

    ``CANCELLED``: it was not running, and this transaction ended it. ``RUNNING``: whoever holds
    its lease grants the wish after the chunk, unless that was the last one. None: it has ended, or
    is nobody's.
    """
    rows = await tx.rows(ASK, workspace_id, job_id, wish.value)
    return (JobState(rows[0]["state"]), Wish(rows[0]["wish"])) if rows else None


async def withdraw(tx: Tx, workspace_id: WorkspaceId, job_id: JobId, wish: Wish) -> None:
    """Ask it no longer, unless it was granted."""
    await tx.rows(WITHDRAW, workspace_id, job_id, wish.value)


async def hurry(tx: Tx, workspace_id: WorkspaceId, job_id: JobId) -> None:
    """Have its next try now."""
    rows = await tx.rows(HURRY, workspace_id, job_id)
    tx.queued.extend(JobId(row["id"]) for row in rows)


async def remove_ended(tx: Tx, limit: int) -> int:
    """Of all workspaces, those that ended long ago, the oldest first; gives how many."""
    [row] = await tx.rows(REMOVE_ENDED, KEPT, limit)
    removed: int = row["count"]
    return removed
