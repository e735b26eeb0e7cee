"""Workers that are killed while they check addresses: the same results, and nobody asked twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.kit.resources import Resources
from app.settings import Settings
from tests.client import Tenant
from tests.consistency import offenders
from tests.dns import Behaviour, DnsServer
from tests.imports.test_files import imported
from tests.imports.undoing import Work
from tests.leads.conftest import ZONE, asking, checking
from tests.leads.validated import found, waiting
from tests.processes import leadgate

__all__ = ["asking", "checking"]

DOMAINS, LARGE, KILLS = 1_500, 5_000, 3
NO_MAIL = 20
"""One domain in so many takes none."""
END_S = 60
DONE = """
select (select count(*) from mail_domains where domain like 'd%' and facts is not null)
     + (select count(*) from validations where workspace_id = $1) n
"""


@pytest.fixture
async def dns() -> AsyncIterator[DnsServer]:
    lines = [
        f"d{n}.com. MX {'0 .' if n % NO_MAIL == 0 else '10 mx.canary.com.'}" for n in range(DOMAINS)
    ]
    slow = Behaviour(delay_s=0.1)
    async with DnsServer("\n".join([ZONE, *lines]), everywhere=slow) as server:
        yield server


def people() -> str:
    """Two of each domain, and more of one than fit into a chunk."""
    small = [f"p{n}@d{n % DOMAINS}.com" for n in range(2 * DOMAINS)]
    return "\n".join(["email", *small, *(f"p{n}@good.com" for n in range(LARGE))])


async def test_a_worker_is_killed_again_and_again(
    tenant: Tenant, checking: Resources, asking: Settings, dns: DnsServer, work: Work
) -> None:
    await imported(tenant, await tenant.campaign(), people())
    await work()
    assert len(await waiting(checking, tenant)) == 2 * DOMAINS + LARGE
    done = 0
    for _ in range(KILLS):
        async with worker(asking) as process:
            done = await until(checking, tenant, done + DOMAINS // KILLS)
            await asyncio.sleep(random.uniform(0, 0.1))
            process.kill()
        await checking.database.fetch("update mail_domains set lease_until = now()")
    async with worker(asking) as process:
        await until(checking, tenant, 3 * DOMAINS + LARGE)
        process.terminate()
    results = Counter((await found(checking, tenant)).values())
    invalid = 2 * DOMAINS // NO_MAIL
    assert results == {
        ("valid", "domain_accepts_mail"): 2 * DOMAINS + LARGE - invalid,
        ("invalid", "null_mx"): invalid,
    }
    assert await offenders(checking, tenant.id) == []
    asked = {name: n for name, n in dns.asked.items() if name.startswith("MX d")}
    assert len(asked) == DOMAINS
    # What was asked for, and not stored when its worker died, is asked for again.
    assert sum(n > 1 for n in asked.values()) <= KILLS * asking.dns_in_flight


@asynccontextmanager
async def worker(asking: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """Whose leases run out soon; at the end it is gone."""
    hasty = {"job_lease_s": 1.0, "sweep_interval_s": 0.2, "redis_url": None}
    program = leadgate(asking.model_copy(update=hasty), "worker")
    process = await asyncio.create_subprocess_exec(*program.command, env=program.environment)
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    finally:
        await process.wait()


async def until(resources: Resources, tenant: Tenant, done: int) -> int:
    """Until so many domains are known and leads checked; gives how many are."""
    async with asyncio.timeout(END_S):
        while True:
            [row] = await resources.database.fetch(DONE, tenant.id)
            if row["n"] >= done:
                known: int = row["n"]
                return known
            await asyncio.sleep(0.02)
