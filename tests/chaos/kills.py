"""Who is killed when, and what must be true in the end."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.environment import FILE
from app.kit.resources import Resources, open_resources
from app.settings import Settings
from tests.chaos.load import Client, Members
from tests.chaos.patience import Patient, Stopwatch, Told
from tests.client import Tenant, new_tenant
from tests.consistency import offenders
from tests.process.up import Up
from tests.processes import Process

CLIENTS = 4
VICTIMS = ("postgres", "valkey-server", "api", "worker")
REST_S = 1.5
"""At most, between being well again and the next kill."""
BACK_S = 40.0
"""A start after several deaths waits five seconds; PostgreSQL also reads its log again."""
DONE_S = 90.0
OFTEN = {
    "LEADGATE_JOB_LEASE_S": "3",
    "LEADGATE_SWEEP_INTERVAL_S": "0.5",
    "LEADGATE_FOLD_INTERVAL_S": "0.5",
    "LEADGATE_RATE_LIMIT_PER_MINUTE": "0",
    "LEADGATE_LOG_LEVEL": "WARNING",
}
MEMBERS = """
select cl.campaign_id, l.email, cl.status from campaign_leads cl
join leads l on l.workspace_id = $1 and l.id = cl.lead_id where cl.workspace_id = $1
"""
LEFT_TO_DO = """
select kind, state, attempt, error from jobs
where state in ('queued', 'running') and kind <> 'validate_leads'
"""
"""Addresses wait for as long as there is no DNS, and here may be none."""
FAILED = "select kind, error from jobs where state = 'failed'"


@dataclass(frozen=True)
class Outcome:
    wrong: list[str]
    told: Told
    longest_s: float
    leads: int
    """That are members in the end."""


@dataclass(frozen=True)
class Load:
    """Clients that send until they are told to stop, to a workspace that they share."""

    data_dir: Path
    tenant: Tenant
    told: Told
    clients: list[Client]
    _stop: asyncio.Event
    _work: "asyncio.Future[list[None]]"

    async def outcome(self) -> list[str]:
        """What is wrong, once all have got their last answer."""
        self._stop.set()
        await asyncio.wait_for(self._work, BACK_S)
        async with _resources(self.data_dir) as resources:
            return self.told.wrong + await _wrong(resources, self.tenant, self.clients)

    def leads(self) -> int:
        """That are members by what was told."""
        return sum(len(client.members) for client in self.clients)


@asynccontextmanager
async def under_load(up: Up, data_dir: Path, seed: str) -> AsyncIterator[Load]:
    told, stop = Told(), asyncio.Event()
    async with _resources(data_dir) as resources:
        tenant = await new_tenant(resources, Process(up.port))
    async with tenant.api:
        clients = [
            Client(f"c{n}", Patient(tenant.api, told), Random(f"{seed}-{n}"))
            for n in range(CLIENTS)
        ]
        work = asyncio.gather(*(client.work(stop) for client in clients))
        try:
            yield Load(data_dir, tenant, told, clients, stop, work)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


def _resources(data_dir: Path) -> AbstractAsyncContextManager[Resources]:
    """After a start of `up` its servers have other ports."""
    return open_resources(Settings.from_environment(data_dir / FILE))


async def chaos(up: Up, data_dir: Path, *, kills: int, seed: str) -> Outcome:
    """Kill so often, one or two at a time, while clients send; then look what is there."""
    watch = Stopwatch()
    async with under_load(up, data_dir, seed) as load:
        await _kill(up, load.tenant, watch, Random(seed), kills)
        wrong = await load.outcome()
    return Outcome(wrong, load.told, watch.longest_s, load.leads())


async def _kill(up: Up, tenant: Tenant, watch: Stopwatch, random: Random, kills: int) -> None:
    left = kills
    while left > 0:
        await asyncio.sleep(random.random() * REST_S)
        victims = random.sample(VICTIMS, min(left, random.choice((1, 1, 1, 2))))
        children = up.children()
        for name in victims:
            if name in children:  # else it is just being started again
                with suppress(ProcessLookupError):
                    os.kill(children[name], signal.SIGKILL)
                left -= 1
        await asyncio.wait_for(watch.until_back(tenant.api), BACK_S)


async def _wrong(resources: Resources, tenant: Tenant, clients: list[Client]) -> list[str]:
    await _done(resources)
    told: Members = {}
    for client in clients:
        told |= client.members
    rows = await resources.database.fetch(MEMBERS, tenant.id)
    stored = {(row["campaign_id"], row["email"]): row["status"] for row in rows}
    differ = {key for key in told.keys() | stored.keys() if told.get(key) != stored.get(key)}
    failed = await resources.database.fetch(FAILED)
    return [
        *(f"{key}: told {told.get(key)}, stored {stored.get(key)}" for key in sorted(differ)),
        *(["somebody is twice in one place"] if len(rows) > len(stored) else []),
        *(f"a job failed: {dict(row)}" for row in failed),
        *await offenders(resources, tenant.id),
    ]


async def _done(resources: Resources) -> None:
    """Until no job is left: what was interrupted is taken up by itself."""
    async with asyncio.timeout(DONE_S):
        while True:
            if not await resources.database.fetch(LEFT_TO_DO):
                return
            await asyncio.sleep(0.1)
