"""The worker process: loops that look for work, and arq, whose rings make them look sooner."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from app.counters.operations import queue_folds
from app.kit.queue import create_arq_worker
from app.kit.resources import Resources, open_resources
from app.settings import Settings
from app.values import JobId
from workers.runner import run_due, run_job

log = logging.getLogger(__name__)

SLOTS = 4
"""Jobs that one worker process runs at once."""
REDIS_RETRY_S = 2
CANCEL_AGAIN_S = 2


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Work until ``stop``; what is in flight then is given back by its lease."""
    async with open_resources(settings) as resources:
        loops = [
            asyncio.create_task(_every(settings.sweep_interval_s, run_due, resources)),
            asyncio.create_task(_every(settings.fold_interval_s, queue_folds, resources)),
        ]
        if settings.redis_url:
            loops.append(asyncio.create_task(_listen(resources, settings.redis_url)))
        await stop.wait()
        await _end(loops)


async def _end(loops: Iterable[asyncio.Task[None]]) -> None:
    """Cancel until all have ended: while it connects, the Redis client may swallow one."""
    running = set(loops)
    while running:
        for loop in running:
            loop.cancel()
        _, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_S)


async def _every(
    interval_s: float, look: Callable[[Resources], Awaitable[object]], resources: Resources
) -> None:
    """Look for work: a lost ring, a killed worker, a flushed Redis are found here."""
    while True:
        try:
            await look(resources)
        except Exception as error:  # noqa: BLE001  # PostgreSQL away: it comes back
            log.warning("%s could not look: %s", look.__name__, type(error).__name__)
        await asyncio.sleep(interval_s)


async def _listen(resources: Resources, redis_url: str) -> None:
    """arq ends when Redis goes away; begin again until it is back."""

    async def ring(job_id: JobId) -> None:
        await run_job(resources, job_id)

    while True:
        with suppress(Exception):
            worker = create_arq_worker(redis_url, ring, slots=SLOTS)
            try:
                await worker.async_run()
            finally:
                await worker.close()
        await asyncio.sleep(REDIS_RETRY_S)
