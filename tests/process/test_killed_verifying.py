"""Workers that are killed while a provider is asked: nobody is asked for twice in vain."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from app.kit.resources import Resources
from app.settings import Settings
from tests.client import Tenant
from tests.consistency import offenders
from tests.dns import DnsServer
from tests.imports.test_files import imported
from tests.imports.undoing import Work
from tests.leads.conftest import ZONE, asking, checking
from tests.leads.validated import found, later, waiting
from tests.process.test_killed_validating import worker
from tests.providers import Answer, Asked, Provider, provider

__all__ = ["asking", "checking"]

PEOPLE, KILLS, BATCH, IN_FLIGHT = 3_000, 3, 100, 2
END_S = 60
ANSWERED = """
select count(*) n from validations where workspace_id = $1 and level = 'provider'
"""


@pytest.fixture
async def dns() -> AsyncIterator[DnsServer]:
    async with DnsServer(ZONE) as server:
        yield server


def slowly(asked: Asked) -> Answer:
    """Every tenth mailbox is not there."""
    items = [
        {"id": one["id"], "status": "invalid" if "0@" in one["address"] else "valid"}
        for one in asked.body["items"]
    ]
    return Answer({"items": items}, delay_s=0.05)


async def test_a_worker_is_killed_again_and_again(
    tenant: Tenant, checking: Resources, asking: Settings, work: Work
) -> None:
    lines = ["email", *(f"p{n}@good.com" for n in range(PEOPLE))]
    await imported(tenant, await tenant.campaign(), "\n".join(lines))
    await work()
    await checking.database.fetch("delete from provider_budgets")
    async with provider(slowly) as served:
        settings = asking.model_copy(
            update={"verifier_url": served.url, "verifier_in_flight": IN_FLIGHT}
        )
        answered = 0
        for _ in range(KILLS):
            async with worker(settings) as process:
                answered = await until(checking, tenant, answered + PEOPLE // (KILLS + 2))
                await asyncio.sleep(random.uniform(0, 0.05))
                process.kill()
        async with worker(settings) as process:
            await until_nobody_is_due(checking, tenant)
            process.terminate()
        # Whoever was being asked for waits for the next try.
        left = len(await waiting(checking, tenant))
        assert left <= KILLS * BATCH * IN_FLIGHT
        check_asked(served, at_most_twice=0)
        await later(checking, tenant, timedelta(minutes=16))
        async with worker(settings) as process:
            await until(checking, tenant, PEOPLE)
            process.terminate()
        check_asked(served, at_most_twice=left)
    assert await waiting(checking, tenant) == {}
    assert Counter((await found(checking, tenant)).values()) == {
        ("valid", "provider_confirmed"): PEOPLE * 9 // 10,
        ("invalid", "provider_confirmed"): PEOPLE // 10,
    }
    assert await offenders(checking, tenant.id) == []
    await checking.database.fetch("delete from provider_budgets")


def check_asked(served: Provider, at_most_twice: int) -> None:
    times = Counter(served.addresses)
    assert max(times.values()) <= 2
    assert sum(n == 2 for n in times.values()) <= at_most_twice


async def until(resources: Resources, tenant: Tenant, answered: int) -> int:
    """Until the provider has answered for so many; gives for how many it has."""
    async with asyncio.timeout(END_S):
        while True:
            [row] = await resources.database.fetch(ANSWERED, tenant.id)
            if row["n"] >= answered:
                known: int = row["n"]
                return known
            await asyncio.sleep(0.02)


async def until_nobody_is_due(resources: Resources, tenant: Tenant) -> None:
    due = "select count(*) n from unvalidated where workspace_id = $1 and due_at <= now()"
    async with asyncio.timeout(END_S):
        while True:
            [row] = await resources.database.fetch(due, tenant.id)
            if not row["n"]:
                break
            await asyncio.sleep(0.1)
    # What is asked for just now is answered by then.
    await asyncio.sleep(1)
