"""arq as a doorbell: it carries the ids of jobs, and may lose them."""

import asyncio
import logging
import signal
from collections.abc import Callable, Iterable
from typing import Any, cast

import orjson
from arq.connections import ArqRedis
from arq.typing import StartupShutdown, WorkerCoroutine
from arq.worker import Worker, func

from app.values import JobId

log = logging.getLogger(__name__)
RING_TIMEOUT_S = 0.5
HEAR_TIMEOUT_S = 2.0
"""A server that vanished closes nothing; without a limit its worker would listen for ever."""
RINGS_AT_ONCE = 100
"""More would wake nobody who is not awake: workers look until nothing is due."""


class Doorbell:
    """Rings the workers. Without Redis it is silent, and they find the work by looking."""

    def __init__(self, redis_url: str | None) -> None:
        self._redis = _connect(redis_url, RING_TIMEOUT_S) if redis_url else None
        self._ringing: set[asyncio.Task[None]] = set()

    async def ring(self, jobs: Iterable[JobId]) -> None:
        """Return at once: an answer never waits for Redis."""
        if self._redis:
            task = asyncio.create_task(self._ring(self._redis, list(jobs)[:RINGS_AT_ONCE]))
            self._ringing.add(task)
            task.add_done_callback(self._ringing.discard)

    async def _ring(self, redis: ArqRedis, jobs: list[JobId]) -> None:
        try:
            for job_id in jobs:
                await redis.enqueue_job("run_job", job_id)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with Redis, the job is in PostgreSQL
            log.warning("the workers could not be rung: %s", type(error).__name__)

    async def is_there(self) -> bool:
        """Does Redis answer? False, too, when there is none."""
        if not self._redis:
            return False
        try:
            return bool(await asyncio.wait_for(self._redis.ping(), RING_TIMEOUT_S))
        except Exception:  # noqa: BLE001  # any failure is a no
            return False

    async def close(self) -> None:
        await asyncio.gather(*self._ringing, return_exceptions=True)
        if self._redis:
            await self._redis.aclose()


async def hear_rings(
    redis_url: str, *, connected: Callable[[], None], rung: Callable[[], None]
) -> None:
    """Call ``rung`` at each ring, until Redis goes away: then raise.

    An arq worker that only listens: our own look finds the job, in its turn. What it loses the next
    look finds, so it retries and remembers nothing. A ring is over at once: none is ever under way
    when a worker dies, and none takes another's place in the queue.
    """
    redis = _connect(redis_url, HEAR_TIMEOUT_S)
    worker = _arq_worker(redis, connected, rung)
    try:
        await worker.async_run()
    finally:
        worker.handle_sig(signal.SIGUSR1)  # cancels what it does, and asks Redis for nothing
        await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
        await redis.aclose()


def _arq_worker(redis: ArqRedis, connected: Callable[[], None], rung: Callable[[], None]) -> Worker:
    async def start(_context: dict[Any, Any]) -> None:
        connected()

    async def ring(_context: dict[Any, Any], _job_id: int) -> None:
        rung()

    return Worker(
        functions=[
            func(cast(WorkerCoroutine, ring), name="run_job", keep_result=0, max_tries=1),
        ],
        on_startup=cast(StartupShutdown, start),
        redis_pool=redis,
        max_jobs=RINGS_AT_ONCE,
        poll_delay=0.1,
        keep_result=0,
        handle_signals=False,
        job_serializer=_packed,
        job_deserializer=orjson.loads,
    )


def _connect(redis_url: str, timeout_s: float) -> ArqRedis:
    redis: ArqRedis = ArqRedis.from_url(redis_url, socket_timeout=timeout_s)
    redis.job_serializer, redis.job_deserializer = _packed, orjson.loads
    return redis


def _packed(ring: dict[str, Any]) -> bytes:
    """JSON, because whoever can write to Redis would run code in a reader of arq's own pickles.

    Of an exception, which arq keeps of a ring that failed, the name.
    """
    return orjson.dumps(ring, default=lambda error: type(error).__name__)
