"""The worker process: a sweep that looks for what is due, and arq, whose rings make it look sooner."""

import asyncio
import logging
from contextlib import suppress

from app.kit.queue import create_arq_worker
from app.kit.resources import Resources, open_resources
from app.settings import Settings
from app.values import JobId
from workers.runner import run_due, run_job

log = logging.getLogger(__name__)

SLOTS = 4
"""Jobs that one worker process runs at once."""
REDIS_RETRY_S = 2


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Work until ``stop``; what is in flight then is given back by its lease."""
    async with open_resources(settings) as resources:
        loops = [asyncio.create_task(_sweep(resources))]
        if settings.redis_url:
            loops.append(asyncio.create_task(_listen(resources, settings.redis_url)))
        await stop.wait()
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def _sweep(resources: Resources) -> None:
    """A lost ring, a killed worker, a flushed Redis: all are found here."""
    while True:
        try:
            await run_due(resources)
        except Exception as error:  # noqa: BLE001  # PostgreSQL away: it comes back
            log.warning("the sweep could not look: %s", type(error).__name__)
        await asyncio.sleep(resources.settings.sweep_interval_s)


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
