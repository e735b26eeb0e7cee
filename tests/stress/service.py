"""The service under stress: processes, or applications in this one, and a worker beside them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import httpx

from app.counters.operations import queue_folds
from app.kit.processes import running
from app.kit.resources import Resources, open_resources
from app.main import create_app
from app.settings import Settings
from tests.client import Tenant, new_tenant
from tests.jobs import run_due
from tests.processes import Process, api_processes, leadgate

API_PROCESSES = 2
DELAY_S = 0.004
"""At most, before a request leaves: so that no two runs interleave alike."""
WORK_EVERY_S = 0.2
READY_S = 40.0
EXPECTED = {200, 404, 409, 422}
"""Whom it was about may be gone, or in another state, by the time that the request arrives."""


@dataclass
class Answers:
    """What was answered, and what should not have been."""

    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest_s: float = 0

    async def note(self, response: httpx.Response) -> None:
        await response.aread()
        self.slowest_s = max(self.slowest_s, response.elapsed.total_seconds())
        code = "" if response.is_success else f" {response.json()['code']}"
        self.counted[f"{response.status_code}{code}"] += 1
        if response.status_code not in EXPECTED:
            asked = f"{response.request.method} {response.request.url.path}"
            self.wrong.append(f"{asked}: {response.status_code} {response.text[:500]}")


class Spread(httpx.AsyncBaseTransport):
    """Each request goes to one of several servers, after a tiny delay."""

    def __init__(self, servers: Sequence[httpx.AsyncBaseTransport], seed: str) -> None:
        self._servers, self._random = servers, Random(seed)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self._random.random() * DELAY_S)
        return await self._random.choice(self._servers).handle_async_request(request)


@dataclass(frozen=True)
class Service:
    resources: Resources
    transport: httpx.AsyncBaseTransport
    answers: Answers = field(default_factory=Answers)

    @asynccontextmanager
    async def tenant(self) -> AsyncIterator[Tenant]:
        """A workspace of its own, whose answers are noted."""
        made = await new_tenant(self.resources, self.transport)
        made.api.event_hooks = {"response": [self.answers.note]}
        async with made.api:
            yield made

    async def deadlocks(self) -> int:
        """Since the database was made; backends tell of them with a second's delay."""
        [row] = await self.resources.database.fetch(
            "select deadlocks from pg_stat_database where datname = current_database()"
        )
        count: int = row["deadlocks"]
        return count

    async def work_is_done(self) -> None:
        """Until no job is left."""
        async with asyncio.timeout(READY_S):
            while True:
                await run_due(self.resources)
                if not await self.resources.database.fetch(
                    "select from jobs where state in ('queued', 'running')"
                    " and kind <> 'validate_leads' limit 1"
                ):
                    return
                await asyncio.sleep(WORK_EVERY_S)


@asynccontextmanager
async def in_this_process(settings: Settings, seed: str) -> AsyncIterator[Service]:
    """Applications with pools of their own, and what a worker does."""
    settings = settings.model_copy(update={"rate_limit_per_minute": 0})
    async with AsyncExitStack() as stack:
        resources = await stack.enter_async_context(open_resources(settings))
        servers: list[httpx.AsyncBaseTransport] = []
        for _ in range(API_PROCESSES):
            app = create_app(settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            servers.append(httpx.ASGITransport(app, raise_app_exceptions=False))
        worker = asyncio.create_task(_work(resources))
        try:
            yield Service(resources, Spread(servers, seed))
            assert not worker.done(), worker.result()
        finally:
            worker.cancel()


@asynccontextmanager
async def in_processes(settings: Settings, seed: str) -> AsyncIterator[Service]:
    """`leadgate api`, `leadgate worker`, as in a deployment."""
    settings = settings.model_copy(
        update={
            "fold_interval_s": 0.5,
            "sweep_interval_s": WORK_EVERY_S,
            "rate_limit_per_minute": 0,
        }
    )
    async with (
        running(leadgate(settings, "worker")),
        api_processes(settings, API_PROCESSES) as ports,
        open_resources(settings) as resources,
    ):
        yield Service(resources, Spread([Process(port) for port in ports], seed))


async def _work(resources: Resources) -> None:
    while True:
        await queue_folds(resources)
        await run_due(resources)
        await asyncio.sleep(WORK_EVERY_S)
