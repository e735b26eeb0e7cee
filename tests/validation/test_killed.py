"""Processes that are killed while they ask: the same facts, and nothing asked for that is known."""

import asyncio
import random
import sys
from collections import Counter

from app.kit.resources import Resources
from app.settings import Settings
from app.validation.operations import domain_facts
from app.validation.rules import Said
from tests.dns import Behaviour, DnsServer
from tests.processes import environment
from tests.validation.test_domain_facts import MANY, asked, leased, many, said, stored

__all__ = ["many"]

KILLS = 3
AT_ONCE = 2


async def killed(settings: Settings, resources: Resources, more: int) -> None:
    """Some start together; they die once they have stored some more."""
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.validation.asker", *MANY, env=environment(settings)
        )
        for _ in range(AT_ONCE)
    ]
    while True:
        if len(await stored(resources, MANY)) >= more or not running(started):
            break
        await asyncio.sleep(0.01)
    await asyncio.sleep(random.uniform(0, 0.05))
    for process in running(started):
        process.kill()
    for process in started:
        await process.wait()


def running(
    processes: list[asyncio.subprocess.Process],
) -> list[asyncio.subprocess.Process]:
    return [process for process in processes if process.returncode is None]


async def leases_run_out(resources: Resources) -> None:
    async with resources.database.transaction() as tx:
        await tx.rows("update mail_domains set lease_until = now() where lease is not null")


async def test_kills_cost_only_what_was_not_stored(asking: Resources, many: DnsServer) -> None:
    many.everywhere = Behaviour(delay_s=0.1)
    few_at_once = asking.settings.model_copy(update={"dns_in_flight": 10})
    settled: Counter[str] = Counter()
    for kill in range(1, KILLS):
        await killed(few_at_once, asking, more=kill * len(MANY) // KILLS)
        assert await leased(asking) > 0
        await leases_run_out(asking)
        now = asked(many)
        assert all(now[domain] == n for domain, n in settled.items())
        settled = Counter({domain: now[domain] for domain in await stored(asking, MANY)})
    found = await domain_facts(asking, MANY)
    assert said(found) == dict.fromkeys(MANY, Said.MX)
    assert all(asked(many)[domain] == n for domain, n in settled.items())
    assert await leased(asking) == 0
