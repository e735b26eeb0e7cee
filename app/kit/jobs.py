"""Background work: PostgreSQL is the record, a job's row is written beside the data it is about.

Whoever holds the lease works; the attempt is the fencing token. A lost ring, a killed worker or a
flushed Redis cost time only, because every worker looks for what is due.
"""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Tx
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
from app.values import JobId, WorkspaceId

RETRY_DELAYS_S = (1, 5, 30, 120, 600, 3600)
"""After the last of these a job fails for good."""


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
            postgresql_where=text("singleton and state = 'queued'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    workspace_id: Mapped[BigId]
    kind: Mapped[Word]
    arguments: Mapped[Document]
    singleton: Mapped[bool] = mapped_column(server_default=text("false"))
    """At most one such job of a workspace waits at a time."""
    state: Mapped[str] = mapped_column(server_default=text("'queued'"))
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    """How often it was claimed: the fencing token."""
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    """Runs that raised, or whose worker died. One that was given back is none."""
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
    """The job cannot succeed, however often it is tried. The text is for people."""


@dataclass(frozen=True)
class Lease:
    """The right to work on a job, until it is not renewed any more."""

    job_id: JobId
    workspace_id: WorkspaceId
    kind: str
    arguments: dict[str, Any]
    attempt: int
    failures: int

    def as_job(self, job: type[J]) -> J:
        return job(workspace_id=self.workspace_id, **self.arguments)

    async def fence(self, tx: Tx, progress: dict[str, Any] | None = None) -> None:
        """The last statement of a chunk: raises LeaseLost, and so rolls it back, if taken over.

        Last, because pause, cancel and the lease's renewal would else wait for the chunk.
        """
        held = await tx.rows(
            "update jobs set progress = coalesce($3::jsonb, progress)"
            " where id = $1 and attempt = $2 and state = 'running' returning id",
            self.job_id,
            self.attempt,
            json.dumps(progress) if progress else None,
        )
        if not held:
            raise LeaseLost(self.kind)


QUEUE = """
insert into jobs (workspace_id, kind, arguments, singleton, run_at)
select workspace_id, kind, arguments, $4, now() + $5
from unnest($1::bigint[], $2::text[], $3::jsonb[]) job(workspace_id, kind, arguments)
on conflict do nothing returning id
"""


async def queue(tx: Tx, job: Job, *, singleton: bool = False, delay_s: float = 0) -> None:
    """Write the job; after the commit the workers are rung.

    A singleton that waits already is not queued again.
    """
    await queue_all(tx, [job], singleton=singleton, delay_s=delay_s)


async def queue_all(
    tx: Tx, jobs: Sequence[Job], *, singleton: bool = False, delay_s: float = 0
) -> None:
    """Several in one statement; singletons in the order of their workspaces, against deadlocks."""
    rows = await tx.rows(
        QUEUE,
        [job.workspace_id for job in jobs],
        [job.kind for job in jobs],
        [json.dumps(job.arguments()) for job in jobs],
        singleton,
        timedelta(seconds=delay_s),
    )
    tx.queued.extend(JobId(row["id"]) for row in rows)
