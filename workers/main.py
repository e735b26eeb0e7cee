"""The worker process: a crew that runs jobs, loops beside it, and arq, whose rings wake it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from app.counters.operations import queue_folds
from app.kit.queue import hear_rings
from app.kit.resources import Resources, open_resources
from app.leads.operations.demands import queue_revalidations
from app.leads.operations.judging import queue_judging
from app.leads.operations.validating import queue_validations
from app.retention.operations import queue_removals
from app.settings import Settings
from workers.crew import Crew
from workers.tasks import TASKS, Task
from workers.trouble import Trouble

SLOTS = 4
"""Jobs that one worker process runs at once."""
VALIDATE_EVERY_S = 15
"""For those whose next try is due; the new are told of by whoever brought them."""
REVALIDATE_EVERY_S = 900
REMOVE_EVERY_S = 3600
JUDGE_EVERY_S = 3600
"""The rules are of the program, so that there is something to do when it starts."""
LOOK_AGAIN_S = 60
"""After a look that failed: the next hour is too late."""
REDIS_RETRY_S = 2
CANCEL_AGAIN_S = 2


async def work(settings: Settings, stop: asyncio.Event, tasks: Mapping[str, Task] = TASKS) -> None:
    """Work until ``stop``; what does not end soon then is given back."""
    async with open_resources(settings) as resources, _metrics(resources):
        # A job takes a connection for its chunk, one to look ahead, and one to renew its lease.
        crew = Crew(resources, tasks, max(1, min(SLOTS, settings.database_pool_size // 3)))
        working = asyncio.create_task(crew.work())
        loops = [
            asyncio.create_task(_every(settings.fold_interval_s, queue_folds, resources)),
            asyncio.create_task(_every(VALIDATE_EVERY_S, queue_validations, resources)),
            asyncio.create_task(_every(REVALIDATE_EVERY_S, queue_revalidations, resources)),
            asyncio.create_task(_every(REMOVE_EVERY_S, queue_removals, resources)),
            asyncio.create_task(_every(JUDGE_EVERY_S, queue_judging, resources)),
        ]
        if settings.redis_url:
            loops.append(asyncio.create_task(_listen(crew, settings.redis_url)))
        await stop.wait()
        crew.stop()
        await asyncio.gather(working, _end(loops))


@asynccontextmanager
async def _metrics(resources: Resources) -> AsyncIterator[None]:
    port = resources.settings.worker_metrics_port
    end = resources.metrics.serve(port) if port else None
    try:
        yield
    finally:
        if end:
            await asyncio.to_thread(end)


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
    trouble = Trouble(f"{look.__name__} cannot look")
    while True:
        try:
            await look(resources)
            trouble.over()
            pause_s = interval_s
        except Exception as error:  # noqa: BLE001  # PostgreSQL away: it comes back
            trouble.met(error)
            pause_s = min(interval_s, LOOK_AGAIN_S)
        await asyncio.sleep(pause_s)


async def _listen(crew: Crew, redis_url: str) -> None:
    """arq ends when Redis goes away; begin again until it is back."""
    trouble = Trouble("no rings come from Redis")
    while True:
        try:
            await hear_rings(redis_url, connected=trouble.over, rung=crew.look)
        except Exception as error:  # noqa: BLE001  # without rings the crew looks by itself
            trouble.met(error)
        await asyncio.sleep(REDIS_RETRY_S)
