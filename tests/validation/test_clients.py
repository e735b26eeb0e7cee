"""Every kind of domain, asked of a real server over the loopback."""

import time

import pytest
from dns.rcode import FORMERR, NOTIMP, REFUSED, SERVFAIL, Rcode
from dns.rdatatype import MX

from app.kit.dns import Heard, Resolver
from app.kit.dns_memory import DnsMemory
from app.validation import clients
from app.validation.rules import Answer, MailHost, Said
from tests.dns import LOOPBACK, Behaviour, DnsServer

DAY_S = 86_400
ANSWERS = {
    "good.com": Answer(
        Said.MX,
        (MailHost("mx.good.com", 10, resolves=True), MailHost("other.good.com", 20)),
        DAY_S,
    ),
    "backup.com": Answer(
        Said.MX,
        (
            MailHost("gone.backup.com", 10, resolves=False),
            MailHost("mx.good.com", 20, resolves=True),
        ),
        300,
    ),
    "sixonly.com": Answer(Said.MX, (MailHost("mx.sixonly.com", 10, resolves=True),), 300),
    "implicit.com": Answer(Said.IMPLICIT_MX, (), 300),
    "implicit6.com": Answer(Said.IMPLICIT_MX, (), 300),
    "alias.com": Answer(
        Said.MX,
        (MailHost("mx.good.com", 10, resolves=True), MailHost("other.good.com", 20)),
        300,
    ),
    "cnamemx.com": Answer(
        Said.MX, (MailHost("c.cnamemx.com", 10, resolves=True, alias=True),), 300
    ),
    "nullmx.com": Answer(Said.NULL_MX, (), 300),
    "rootandmore.com": Answer(Said.MX, (MailHost("mx.good.com", 10, resolves=True),), 300),
    "dangling.com": Answer(
        Said.MX_UNRESOLVABLE, (MailHost("gone.dangling.com", 10, resolves=False),), 60
    ),
    "nowhere.com": Answer(
        Said.MX_UNRESOLVABLE, (MailHost("zero.nowhere.com", 10, resolves=False),), 60
    ),
    "onlysix.com": Answer(Said.MX, (MailHost("mx.onlysix.com", 10, resolves=True),), 300),
    "nosix.com": Answer(Said.MX_UNRESOLVABLE, (MailHost("mx.nosix.com", 10, resolves=False),), 300),
    "zero.com": Answer(Said.IMPLICIT_MX, (), 300),
    "home.com": Answer(Said.MX_UNRESOLVABLE, (MailHost("localhost", 10, resolves=False),), 0),
    "text.com": Answer(Said.NO_MAIL_HOST, (), 60),
    "apex.com": Answer(Said.NO_MAIL_HOST, (), 60),
    "nx.com": Answer(Said.NOT_FOUND, (), 60),
    f"{'x' * 64}.com": Answer(Said.NOT_FOUND, (), 0),
}


@pytest.fixture
def resolver(dns: DnsServer) -> Resolver:
    return Resolver([LOOPBACK], dns.port, timeout_s=0.4, in_flight=10)


async def ask_domain(resolver: Resolver, domain: str) -> Answer:
    """As a process that knows nothing yet."""
    return await clients.ask_domain(resolver, DnsMemory(resolver), domain)


@pytest.mark.parametrize("domain", ANSWERS)
async def test_what_a_domain_says(resolver: Resolver, domain: str) -> None:
    assert await ask_domain(resolver, domain) == ANSWERS[domain]


@pytest.mark.parametrize(
    ("rcode", "said"),
    [
        (SERVFAIL, Said.SERVFAIL),
        (REFUSED, Said.REFUSED),
        (FORMERR, Said.SERVFAIL),
        (NOTIMP, Said.SERVFAIL),
    ],
)
@pytest.mark.parametrize("name", ["good.com", "mx.good.com"])
async def test_a_failure_says_nothing_of_the_domain(
    resolver: Resolver, dns: DnsServer, name: str, rcode: Rcode, said: Said
) -> None:
    dns.behaviours = {name: Behaviour(rcode=rcode), "other.good.com": Behaviour(rcode=rcode)}
    found = await ask_domain(resolver, "good.com")
    assert (found.said, found.ttl_s) == (said, 0)
    assert not any(host.resolves for host in found.hosts)


async def test_a_host_is_not_gone_before_both_kinds_of_address_are_known(
    resolver: Resolver, dns: DnsServer
) -> None:
    dns.behaviours = {"AAAA zero.nowhere.com": Behaviour(rcode=SERVFAIL)}
    assert await ask_domain(resolver, "nowhere.com") == Answer(
        Said.SERVFAIL, (MailHost("zero.nowhere.com", 10),)
    )


@pytest.mark.parametrize("behaviour", [Behaviour(silent=True), Behaviour(delay_s=10)])
async def test_silence_and_answers_that_come_too_late(
    resolver: Resolver, dns: DnsServer, behaviour: Behaviour
) -> None:
    dns.behaviours = {"good.com": behaviour}
    assert await ask_domain(resolver, "good.com") == Answer(Said.TIMEOUT)
    assert dns.asked == {"MX good.com": 2}


async def test_one_host_that_is_known_to_be_gone_and_one_nobody_knows(
    resolver: Resolver, dns: DnsServer
) -> None:
    dns.behaviours = {"mx.good.com": Behaviour(silent=True)}
    assert await ask_domain(resolver, "backup.com") == Answer(
        Said.TIMEOUT,
        (MailHost("gone.backup.com", 10, resolves=False), MailHost("mx.good.com", 20)),
    )


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour(truncated=True), Behaviour(garbage=True), Behaviour(wrong_id=True)],
)
async def test_answers_that_do_not_come_at_once(
    resolver: Resolver, dns: DnsServer, behaviour: Behaviour
) -> None:
    dns.everywhere = behaviour
    assert await ask_domain(resolver, "good.com") == ANSWERS["good.com"]


@pytest.mark.parametrize("domain", ["alias.com", "cnamemx.com"])
async def test_aliases_are_followed_where_the_server_does_not(
    resolver: Resolver, dns: DnsServer, domain: str
) -> None:
    dns.everywhere = Behaviour(unfinished=True)
    found = await ask_domain(resolver, domain)
    assert (found.said, found.hosts) == (Said.MX, ANSWERS[domain].hosts)


async def test_aliases_that_go_in_circles(resolver: Resolver, dns: DnsServer) -> None:
    dns.add("a.com. CNAME b.com.\nb.com. CNAME a.com.\n")
    dns.everywhere = Behaviour(unfinished=True)
    assert await ask_domain(resolver, "a.com") == Answer(Said.SERVFAIL)


async def test_nobody_is_there(resolver: Resolver, dns: DnsServer) -> None:
    await dns.stop()
    began = time.monotonic()
    assert await ask_domain(resolver, "good.com") == Answer(Said.TIMEOUT)
    assert time.monotonic() - began < 0.4
    await dns.start()
    assert await ask_domain(resolver, "good.com") == ANSWERS["good.com"]


async def test_the_next_server_is_asked(dns: DnsServer) -> None:
    resolver = Resolver(["127.0.0.77", LOOPBACK], dns.port, timeout_s=0.4, in_flight=1)
    assert await ask_domain(resolver, "good.com") == ANSWERS["good.com"]


async def test_no_more_hosts_than_can_be_waited_for() -> None:
    zone = "".join(f"many.com. MX {n} mx{n}.many.com.\n" for n in range(1, 8))
    async with DnsServer(zone) as dns:
        resolver = Resolver([LOOPBACK], dns.port, timeout_s=0.4, in_flight=1)
        found = await ask_domain(resolver, "many.com")
    assert found.said is Said.MX_UNRESOLVABLE
    assert [host.resolves for host in found.hosts] == [False] * 5 + [None] * 2
    assert dns.asked.total() == 6


async def test_who_does_not_resolve_for_us_says_nothing(dns: DnsServer) -> None:
    dns.everywhere = Behaviour(referral=True)
    resolver = Resolver([LOOPBACK], dns.port, timeout_s=0.4, in_flight=1)
    assert (await resolver.ask("good.com", MX)).heard is Heard.REFUSED
