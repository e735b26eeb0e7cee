"""What addresses are checked by: a small DNS, and a worker that asks it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.kit.resources import Resources, open_resources
from app.leads.jobs import ValidateLeads
from app.settings import Settings
from tests.client import Tenant
from tests.dns import LOOPBACK, DnsServer
from tests.jobs import run_due
from tests.leads.asking import Ask, Asking
from tests.providers import Answer, Script, provider

ZONE = """
canary.com. MX 10 mx.canary.com.
mx.canary.com. A 127.0.0.1
good.com. MX 10 mx.canary.com.
better.com. MX 10 mx.canary.com.
implicit.com. A 127.0.0.1
silent.com. MX 0 .
mailinator.com. MX 10 mx.canary.com.
"""

Check = Callable[[], Awaitable[int]]


@pytest.fixture
async def dns() -> AsyncIterator[DnsServer]:
    async with DnsServer(ZONE) as server:
        yield server


@pytest.fixture
def asking(settings: Settings, dns: DnsServer) -> Settings:
    """Of processes that ask this DNS."""
    of_dns = {
        "dns_servers": (LOOPBACK,),
        "dns_port": dns.port,
        "dns_timeout_s": 0.3,
        "dns_canaries": ("canary.com",),
        "dns_hold_s": 0.05,
    }
    return settings.model_copy(update=of_dns)


@pytest.fixture
async def checking(asking: Settings) -> AsyncIterator[Resources]:
    """Nobody waits of whom other tests know."""
    async with open_resources(asking) as opened:
        async with opened.database.transaction() as tx:
            await tx.rows("delete from unvalidated")
            await tx.rows("delete from jobs where kind = $1", ValidateLeads.kind)
        yield opened
        async with opened.database.transaction() as tx:
            await tx.rows("delete from mail_domains")


@pytest.fixture
def check(checking: Resources) -> Check:
    """Check everybody whose time has come, as a worker does; gives how many jobs ran."""

    async def run() -> int:
        return await run_due(checking, [ValidateLeads.kind])

    return run


@pytest.fixture
async def ask(asking: Settings, tenant: Tenant, checking: Resources) -> AsyncIterator[Ask]:
    """With these answers, and these settings."""

    @asynccontextmanager
    async def opened(*answers: Answer | Script, **more: Any) -> AsyncIterator[Asking]:
        async with provider(*answers) as served:
            settings = asking.model_copy(update={"verifier_url": served.url, **more})
            async with open_resources(settings) as resources:
                yield Asking(resources, served, tenant)

    await checking.database.fetch("delete from provider_budgets")
    yield opened
    await checking.database.fetch("delete from provider_budgets")
