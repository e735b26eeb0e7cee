"""A resolver that other people wrote, and every domain gets the right answer.

Needs Debian's unbound; ``.ci/universe`` installs it and runs this.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dns.rcode import SERVFAIL
from dns.rdatatype import MX

from app.kit.dns import Resolver
from app.kit.embedded.ports import free_port
from app.kit.resources import Resources, open_resources
from app.settings import Settings
from app.validation.operations import domain_facts
from app.validation.rules import DomainFacts, judge_domain
from app.values import ValidationReason as Reason
from app.values import ValidationResult
from tests.dns import LOOPBACK, Behaviour, DnsServer

pytestmark = pytest.mark.universe
CONFIGURATION = Path(__file__).with_name("unbound.conf").read_text()
START_S = 30
VALID, INVALID, UNVERIFIED = ValidationResult
RIGHT = {
    "good.com": (VALID, Reason.DOMAIN_ACCEPTS_MAIL),
    "aonly.com": (VALID, Reason.DOMAIN_ACCEPTS_MAIL),
    "sixonly.com": (VALID, Reason.DOMAIN_ACCEPTS_MAIL),
    "halfdangling.com": (VALID, Reason.DOMAIN_ACCEPTS_MAIL),
    "cnamemx.com": (VALID, Reason.DOMAIN_ACCEPTS_MAIL),
    "nullmx.com": (INVALID, Reason.NULL_MX),
    "nodata.com": (INVALID, Reason.NO_MAIL_HOST),
    "danglingmx.com": (INVALID, Reason.MX_UNRESOLVABLE),
    "nx.com": (INVALID, Reason.DOMAIN_NOT_FOUND),
    "never-heard-of.org": (INVALID, Reason.DOMAIN_NOT_FOUND),
    "refused.com": (UNVERIFIED, Reason.DNS_REFUSED),
    "timeout.com": (UNVERIFIED, Reason.DNS_TIMEOUT),
    "servfail.com": (UNVERIFIED, Reason.DNS_SERVFAIL),
    "mxservfail.com": (UNVERIFIED, Reason.DNS_SERVFAIL),
}


@pytest.fixture
async def universe(settings: Settings, dns: DnsServer, tmp_path: Path) -> AsyncIterator[Resources]:
    dns.everywhere = Behaviour(rcode=SERVFAIL)
    program = shutil.which("unbound") or "/usr/sbin/unbound"
    port = free_port()
    file = tmp_path / "unbound.conf"
    ports = {"@PORT@": port, "@FAILING@": dns.port}
    file.write_text(re.sub("@[A-Z]+@", lambda found: str(ports[found[0]]), CONFIGURATION))
    unbound = await asyncio.create_subprocess_exec(program, "-c", str(file))
    try:
        async with asyncio.timeout(START_S):
            resolver = Resolver([LOOPBACK], port, timeout_s=0.5, in_flight=1)
            while True:
                if (await resolver.ask("good.com", MX)).heard.is_answer:
                    break
                await asyncio.sleep(0.1)
        of_dns = {
            "dns_servers": (LOOPBACK,),
            "dns_port": port,
            "dns_timeout_s": 2,
            "dns_canaries": ("canary.com",),
        }
        async with open_resources(settings.model_copy(update=of_dns)) as opened:
            yield opened
            async with opened.database.transaction() as tx:
                await tx.rows("delete from mail_domains")
    finally:
        unbound.terminate()
        await unbound.wait()


async def test_every_domain_gets_the_right_answer(universe: Resources) -> None:
    facts: dict[str, DomainFacts] = {}
    for domain in RIGHT:  # together they would be suspiciously many
        facts |= await domain_facts(universe, [domain])
    found = {domain: judge_domain(f"ann@{domain}", facts[domain]) for domain in RIGHT}
    assert {domain: (one.result, one.reason) for domain, one in found.items()} == RIGHT
