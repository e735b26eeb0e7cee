"""Background work. PostgreSQL is the record: a job's row is written beside the data that it is
about.

Whoever holds the lease works; the attempt is the fencing token. A lost ring, a killed worker or a
flushed Redis cost time only, because every worker looks for what is due.
"""

import asyncio
import dataclasses
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Self, TypeVar

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Database, Tx
from app.kit.schema import (
    Base,
    Document,
    Now,
    OptionalBigId,
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
        Index(None, "run_at", postgresql_where=text("state in ('queued', 'running')")),
        Index(
            "jobs_singleton_key",
            "workspace_id",
            "kind",
            unique=True,
            postgresql_where=text("singleton and state = 'queued'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    workspace_id: Mapped[OptionalBigId]
    kind: Mapped[Word]
    arguments: Mapped[Document]
    singleton: Mapped[bool] = mapped_column(server_default=text("false"))
    """At most one such job of a workspace waits at a time."""
    state: Mapped[str] = mapped_column(server_default=text("'queued'"))
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    run_at: Mapped[Now]
    lease_until: Mapped[OptionalMoment]
    progress: Mapped[OptionalDocument]
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

    def as_job(self, job: type[J]) -> J:
        return job(workspace_id=self.workspace_id, **self.arguments)

    async def fence(self, tx: Tx, progress: dict[str, Any] | None = None) -> None:
        """The last statement of a chunk: raises LeaseLost, and so rolls it back, when the job was
        taken over.

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


async def queue(tx: Tx, job: Job, *, singleton: bool = False, delay_s: float = 0) -> None:
    """Write the job; after the commit a worker is rung.

    A singleton that waits already is not queued again.
    """
    rows = await tx.rows(
        "insert into jobs (workspace_id, kind, arguments, singleton, run_at)"
        " values ($1, $2, $3::jsonb, $4, now() + $5) on conflict do nothing returning id",
        job.workspace_id,
        job.kind,
        json.dumps(job.arguments()),
        singleton,
        timedelta(seconds=delay_s),
    )
    tx.queued.extend(JobId(row["id"]) for row in rows)


CLAIM = """
update jobs set state = 'running', attempt = attempt + 1, lease_until = clock_timestamp() + $2
where id = (
    select id from jobs
    where state in ('queued', 'running') and run_at <= now() and (lease_until is null or lease_until
    < now())
      and ($1::bigint is null or id = $1)
    order by run_at limit 1 for update skip locked)
returning id, workspace_id, kind, arguments, attempt
"""


class JobTable:
    """Claims, renews and ends jobs; each call is a transaction of its own."""

    def __init__(self, database: Database, lease_s: float) -> None:
        self._database = database
        self._lease = timedelta(seconds=lease_s)

    async def claim(self, job_id: JobId | None = None) -> Lease | None:
        """Take this job, or the one that is due longest.

        None when there is none, or somebody has it.
        """
        rows = await self._database.fetch(CLAIM, job_id, self._lease)
        return next((_lease(row) for row in rows), None)

    async def renew(self, lease: Lease) -> bool:
        """False when the job was taken over or ended."""
        rows = await self._database.fetch(
            "update jobs set lease_until = clock_timestamp() + $3"
            " where id = $1 and attempt = $2 and state = 'running' returning id",
            lease.job_id,
            lease.attempt,
            self._lease,
        )
        return bool(rows)

    async def end(self, lease: Lease, state: str, error: str | None = None) -> None:
        await self._database.fetch(
            "update jobs set state = $3, error = $4, lease_until = null, finished_at = now()"
            " where id = $1 and attempt = $2 and state = 'running'",
            lease.job_id,
            lease.attempt,
            state,
            error,
        )

    async def retry(self, lease: Lease, error: str, delay_s: float) -> None:
        """Give the lease back; the job is due again after the delay."""
        await self._database.fetch(
            "update jobs set state = 'queued', singleton = false, error = $3, lease_until = null,"
            " run_at = now() + $4"
            " where id = $1 and attempt = $2 and state = 'running'",
            lease.job_id,
            lease.attempt,
            error,
            timedelta(seconds=delay_s),
        )


def _lease(row: Any) -> Lease:
    return Lease(
        JobId(row["id"]),
        WorkspaceId(row["workspace_id"]),
        row["kind"],
        row["arguments"],
        row["attempt"],
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
            with suppress(
                Exception
            ):  # a lease that could not be renewed in time is lost, and the fence says so
                await self._table.renew(self._lease)
