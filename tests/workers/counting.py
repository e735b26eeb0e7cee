"""A job of the tests: it counts to a number, a committed chunk each, and each has one effect.

``python -m tests.workers.counting`` is a worker process that knows this job alone.
"""

import asyncio
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.kit.db import Tx
from app.kit.jobs import Job, Lease, WishGranted
from app.kit.resources import Resources
from app.settings import Settings
from app.values import Wish
from workers.main import work
from workers.tasks import Task

TABLE = "create table if not exists counted (job_id bigint, n bigint, attempt bigint)"


@dataclass(frozen=True)
class Count(Job):
    """Count up to a number, with a pause in each chunk."""

    kind: ClassVar[str] = "count"
    to: int
    pause_s: float = 0.0


async def count(resources: Resources, lease: Lease) -> dict[str, int]:
    job, n = lease.as_job(Count), lease.progress.get("n", 0)

    async def chunk(tx: Tx) -> Wish | None:
        await tx.rows("insert into counted values ($1, $2, $3)", lease.job_id, n, lease.attempt)
        await asyncio.sleep(job.pause_s)
        return await lease.fence(tx, {"n": n})

    while n < job.to:
        n += 1
        if await resources.database.run(chunk):
            raise WishGranted
    return {"counted": n}


COUNTING: Mapping[str, Task] = {Count.kind: count}


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await work(Settings.from_environment(), stop, COUNTING)


if __name__ == "__main__":
    asyncio.run(main())
