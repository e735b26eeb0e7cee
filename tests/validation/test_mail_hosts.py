"""A mail host is asked for once in its time, however many domains share it."""

import asyncio

import pytest
from dns.rcode import NXDOMAIN, REFUSED, SERVFAIL
from dns.rdatatype import A

from app.kit.dns import Heard, Reply, Resolver
from app.kit.dns_memory import DnsMemory, kept_s
from app.kit.resources import Resources
from app.validation.errors import ResolverBroken
from app.validation.operations import domain_facts
from app.validation.rules import Said
from tests.dns import LOOPBACK, Behaviour, DnsServer
from tests.validation.test_domain_facts import MANY, many, said

__all__ = ["many"]

ZONE = """
short.com. 1 A 127.0.0.1
never.com. 0 A 127.0.0.1
nowhere.com. 3600 A 0.0.0.0
"""


@pytest.fixture
def memory(dns: DnsServer) -> DnsMemory:
    dns.add(ZONE)
    return DnsMemory(Resolver([LOOPBACK], dns.port, timeout_s=0.4, in_flight=10), most=2)


async def ask(memory: DnsMemory, *hosts: str) -> list[Heard]:
    return [reply.heard for reply in await asyncio.gather(*(memory.ask(h, A) for h in hosts))]


async def test_many_domains_at_once_and_one_question(asking: Resources, many: DnsServer) -> None:
    many.behaviours = {"mx.good.com": Behaviour(delay_s=0.2)}
    for domains in (MANY[:150], MANY[150:]):
        found = await domain_facts(asking, domains)
        assert said(found) == dict.fromkeys(domains, Said.MX)
    assert many.asked["A mx.good.com"] == 1


async def test_so_it_is_for_one_that_is_gone(asking: Resources, dns: DnsServer) -> None:
    dns.add("".join(f"{domain}. MX 10 mx.gone.com.\n" for domain in MANY))
    found = await domain_facts(asking, MANY)
    assert said(found) == dict.fromkeys(MANY, Said.MX_UNRESOLVABLE)
    assert dns.asked["A mx.gone.com"] == 1


async def test_by_whatever_case_it_is_named(memory: DnsMemory, dns: DnsServer) -> None:
    await ask(memory, "mx.good.com", "MX.Good.com")
    assert dns.asked == {"A mx.good.com": 1}


async def test_for_its_time_to_live(memory: DnsMemory, dns: DnsServer) -> None:
    for _ in range(2):
        assert await ask(memory, "short.com", "never.com") == [Heard.RECORDS, Heard.RECORDS]
    assert dns.asked == {"A short.com": 1, "A never.com": 2}
    await asyncio.sleep(1.1)
    await ask(memory, "short.com")
    assert dns.asked["A short.com"] == 2


async def test_no_address_is_a_no(memory: DnsMemory) -> None:
    """And is remembered as briefly."""
    assert await ask(memory, "nowhere.com") == [Heard.NODATA]


async def test_nobody_asks_any_more_when_it_is_closed(memory: DnsMemory, dns: DnsServer) -> None:
    dns.behaviours = {"mx.good.com": Behaviour(delay_s=0.2)}
    asking = asyncio.create_task(memory.ask("mx.good.com", A))
    await asyncio.sleep(0.05)
    await memory.close()
    with pytest.raises(asyncio.CancelledError):
        await asking


@pytest.mark.parametrize(
    ("heard", "ttl_s", "for_s"),
    [
        (Heard.RECORDS, 60, 60),
        (Heard.RECORDS, 86_400, 3600),
        (Heard.NODATA, 60, 60),
        (Heard.NODATA, 86_400, 300),
        (Heard.NXDOMAIN, 86_400, 300),
        (Heard.SERVFAIL, 60, 0),
    ],
)
def test_how_long_an_answer_is_remembered(heard: Heard, ttl_s: int, for_s: int) -> None:
    assert kept_s(Reply(heard, (), ttl_s)) == for_s


FAILURES = {
    "servfail": (Behaviour(rcode=SERVFAIL), Heard.SERVFAIL),
    "refused": (Behaviour(rcode=REFUSED), Heard.REFUSED),
    "silent": (Behaviour(silent=True), Heard.TIMEOUT),
}


@pytest.mark.parametrize(("behaviour", "heard"), FAILURES.values(), ids=FAILURES)
async def test_no_answer_is_shared_and_not_remembered(
    memory: DnsMemory, dns: DnsServer, behaviour: Behaviour, heard: Heard
) -> None:
    dns.behaviours = {"mx.good.com": behaviour}
    assert await ask(memory, *["mx.good.com"] * 5) == [heard] * 5
    assert dns.asked == {"A mx.good.com": 2}  # each question is tried twice
    dns.behaviours = {}
    assert await ask(memory, "mx.good.com") == [Heard.RECORDS]


async def test_no_more_are_remembered_than_fit(memory: DnsMemory, dns: DnsServer) -> None:
    for host in ("mx.good.com", "other.good.com", "implicit.com", "implicit.com", "mx.good.com"):
        await ask(memory, host)
    assert dns.asked == {"A mx.good.com": 2, "A other.good.com": 1, "A implicit.com": 1}


async def test_who_gives_up_leaves_the_question_to_others(
    memory: DnsMemory, dns: DnsServer
) -> None:
    dns.behaviours = {"mx.good.com": Behaviour(delay_s=0.1)}
    first = asyncio.create_task(ask(memory, "mx.good.com"))
    second = asyncio.create_task(ask(memory, "mx.good.com"))
    await asyncio.sleep(0.05)
    first.cancel()
    assert await second == [Heard.RECORDS]
    assert dns.asked == {"A mx.good.com": 1}


async def test_what_is_forgotten_while_it_is_asked_stays_so(
    memory: DnsMemory, dns: DnsServer
) -> None:
    dns.behaviours = {"mx.good.com": Behaviour(rcode=NXDOMAIN, delay_s=0.1)}
    lie = asyncio.create_task(ask(memory, "mx.good.com"))
    await asyncio.sleep(0.05)
    memory.forget()
    dns.behaviours = {}
    assert await ask(memory, "mx.good.com") == [Heard.RECORDS]
    assert await lie == [Heard.NXDOMAIN]
    assert await ask(memory, "mx.good.com") == [Heard.RECORDS]
    assert dns.asked == {"A mx.good.com": 2}


async def test_what_a_broken_resolver_said_is_forgotten(asking: Resources, many: DnsServer) -> None:
    gone = Behaviour(rcode=NXDOMAIN)
    many.behaviours = {"mx.good.com": gone, "canary.com": gone}
    with pytest.raises(ResolverBroken):
        await domain_facts(asking, MANY[:5])
    many.behaviours = {}
    await asyncio.sleep(asking.canaries.held_s)
    assert said(await domain_facts(asking, MANY[:5])) == dict.fromkeys(MANY[:5], Said.MX)
