"""A small DNS, and processes that ask it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from app.kit.resources import Resources, open_resources
from app.settings import Settings
from tests.dns import LOOPBACK, DnsServer

ZONE = """
canary.com. MX 10 mx.canary.com.
mx.canary.com. A 127.0.0.1
good.com. 86400 MX 10 mx.good.com.
good.com. 86400 MX 20 other.good.com.
mx.good.com. A 127.0.0.1
other.good.com. A 127.0.0.1
backup.com. MX 10 gone.backup.com.
backup.com. MX 20 mx.good.com.
six.com. MX 6 mx6.six.com.
sixonly.com. MX 10 mx.sixonly.com.
mx.sixonly.com. AAAA 2001:db8::1
implicit.com. A 127.0.0.1
implicit6.com. AAAA 2001:db8::1
alias.com. CNAME good.com.
cnamemx.com. MX 10 c.cnamemx.com.
c.cnamemx.com. CNAME mx.good.com.
nullmx.com. MX 0 .
rootandmore.com. MX 0 .
rootandmore.com. MX 10 mx.good.com.
dangling.com. MX 10 gone.dangling.com.
nowhere.com. MX 10 zero.nowhere.com.
zero.nowhere.com. A 0.0.0.0
onlysix.com. MX 10 mx.onlysix.com.
mx.onlysix.com. A 0.0.0.0
mx.onlysix.com. AAAA 2001:db8::1
nosix.com. MX 10 mx.nosix.com.
mx.nosix.com. A 0.0.0.0
mx.nosix.com. AAAA ::
zero.com. A 0.0.0.0
zero.com. AAAA 2001:db8::1
home.com. MX 10 localhost.
text.com. TXT parked
below.apex.com. A 127.0.0.1
"""

Processes = Callable[..., AbstractAsyncContextManager[Resources]]


@pytest.fixture
async def dns() -> AsyncIterator[DnsServer]:
    async with DnsServer(ZONE) as server:
        yield server


@pytest.fixture
async def processes(settings: Settings, dns: DnsServer) -> AsyncIterator[Processes]:
    """Each time what another process opens, with these settings."""
    of_dns = {
        "dns_servers": (LOOPBACK,),
        "dns_port": dns.port,
        "dns_timeout_s": 5,
        "dns_canaries": ("canary.com",),
        "dns_hold_s": 0.1,
        "dns_in_flight": 50,
    }
    async with open_resources(settings) as opened:
        # Whoever was killed in tests before has left leases.
        await opened.database.fetch("delete from mail_domains")
        yield lambda **more: open_resources(settings.model_copy(update=of_dns | more))
        await opened.database.fetch("delete from mail_domains")


@pytest.fixture
async def asking(processes: Processes) -> AsyncIterator[Resources]:
    async with processes() as opened:
        yield opened
