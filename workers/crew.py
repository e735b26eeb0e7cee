"""Looks for jobs that are due, and runs a few of them at once."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress

from app.kit.resources import Resources
from workers.runner import run
from workers.tasks import Task
from workers.trouble import Trouble

log = logging.getLogger(__name__)

GRACE_S = 4
"""What a stop leaves running jobs to end; our supervisor kills us two seconds later."""
GIVE_BACK_S = 1
"""What it leaves PostgreSQL to take the others back; their leases run out by themselves, too."""


class Crew:
    """The jobs of one worker process, never more than ``slots`` at once.

    A ring, a job's end and the sweep's interval only make it look: which job is next, PostgreSQL
    says, so that rings do not overtake one another.
    """

    def __init__(
        self,
        resources: Resources,
        tasks: Mapping[str, Task],
        slots: int,
        grace_s: float = GRACE_S,
    ) -> None:
        self._resources, self._tasks = resources, tasks
        self._slots, self._grace_s = slots, grace_s
        self._running: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._stopping = False

    def look(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        self._stopping = True
        self._woken.set()

    async def work(self) -> None:
        """Until stopped: then what runs may end, or is given back to other workers."""
        trouble = Trouble("no job can be claimed")
        while not self._stopping:
            self._woken.clear()
            try:
                await self._take()
                trouble.over()
            except Exception as error:  # noqa: BLE001  # PostgreSQL away: it comes back
                trouble.met(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(
                    self._woken.wait(), self._resources.settings.sweep_interval_s
                )
        await self._finish()

    async def _take(self) -> None:
        """Claim while hands are free and something is due."""
        while len(self._running) < self._slots and not self._stopping:
            lease = await self._resources.jobs.claim_next(self._tasks)
            if lease is None:
                return
            task = asyncio.create_task(run(self._resources, lease, self._tasks))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            log.warning("a job's end could not be written: %s", type(error).__name__)

    async def _finish(self) -> None:
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=self._grace_s)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=GIVE_BACK_S)
