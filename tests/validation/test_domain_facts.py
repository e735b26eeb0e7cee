"""A domain is asked for once in its time, whoever wants to know, and whoever dies meanwhile."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import pytest
from dns.rcode import NXDOMAIN, SERVFAIL

from app.kit.documents import written
from app.kit.resources import Resources
from app.validation.operations import domain_facts
from app.validation.rules import DomainFacts, Said
from tests.dns import Behaviour, DnsServer
from tests.validation.conftest import Processes

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MANY = [f"d{n}.com" for n in range(200)]
CANARY = ("canary.com",)


def said(facts: Mapping[str, DomainFacts]) -> dict[str, Said]:
    return {domain: one.said for domain, one in facts.items()}


def asked(dns: DnsServer) -> dict[str, int]:
    """How often for MX of which domain, canaries aside."""
    return {
        name.removeprefix("MX "): n
        for name, n in dns.asked.items()
        if name.startswith("MX ") and not name.endswith(CANARY)
    }


KNOWN = "select domain, facts from mail_domains where facts is not null"
"""Of the others somebody was about to ask."""


async def age(resources: Resources, by: timedelta) -> None:
    """As if everything that is known were older."""
    async with resources.database.transaction() as tx:
        for row in await tx.rows(KNOWN):
            facts = row["facts"]
            for moment in ("asked_at", "fresh_until", "absent_since", "good_at"):
                if facts[moment]:
                    facts[moment] = (datetime.fromisoformat(facts[moment]) - by).isoformat()
            await tx.rows(
                "update mail_domains set facts = $2, fresh_until = fresh_until - $3::interval"
                " where domain = $1",
                row["domain"],
                written(facts),
                by,
            )


async def test_answers_are_kept(asking: Resources, dns: DnsServer) -> None:
    domains = {"good.com", "implicit.com", "nullmx.com", "text.com", "nx.com", "dangling.com"}
    first = await domain_facts(asking, domains)
    assert said(first) == {
        "good.com": Said.MX,
        "implicit.com": Said.IMPLICIT_MX,
        "nullmx.com": Said.NULL_MX,
        "text.com": Said.NO_MAIL_HOST,
        "nx.com": Said.NOT_FOUND,
        "dangling.com": Said.MX_UNRESOLVABLE,
    }
    packets = dns.asked.total()
    assert await domain_facts(asking, domains) == first
    assert dns.asked.total() == packets


async def test_nothing_is_asked_for_nothing(asking: Resources, dns: DnsServer) -> None:
    assert await domain_facts(asking, []) == {}
    assert dns.asked == {}


async def test_a_yes_is_asked_again_when_it_is_old(asking: Resources, dns: DnsServer) -> None:
    await domain_facts(asking, ["good.com"])
    await age(asking, DAY - MINUTE)
    await domain_facts(asking, ["good.com"])
    assert asked(dns) == {"good.com": 1}
    await age(asking, 2 * MINUTE)
    await domain_facts(asking, ["good.com"])
    assert asked(dns) == {"good.com": 2}


async def test_a_no_is_confirmed_after_ten_minutes(asking: Resources, dns: DnsServer) -> None:
    first = (await domain_facts(asking, ["nx.com"]))["nx.com"]
    assert not first.confirmed
    await age(asking, 11 * MINUTE)
    second = (await domain_facts(asking, ["nx.com"]))["nx.com"]
    assert second.confirmed
    await age(asking, 50 * MINUTE)
    assert (await domain_facts(asking, ["nx.com"]))["nx.com"].confirmed
    assert asked(dns) == {"nx.com": 2}


async def test_what_was_good_is_remembered(asking: Resources, dns: DnsServer) -> None:
    await domain_facts(asking, ["good.com"])
    await age(asking, 2 * DAY)
    dns.behaviours = {"good.com": Behaviour(rcode=SERVFAIL)}
    assert (await domain_facts(asking, ["good.com"]))["good.com"].good_at
    await age(asking, 6 * MINUTE)
    dns.behaviours = {"good.com": Behaviour(rcode=NXDOMAIN)}
    gone = (await domain_facts(asking, ["good.com"]))["good.com"]
    assert gone.said is Said.NOT_FOUND
    assert gone.good_at


async def test_a_failure_is_left_alone_for_five_minutes(asking: Resources, dns: DnsServer) -> None:
    dns.behaviours = {"good.com": Behaviour(rcode=SERVFAIL)}
    assert said(await domain_facts(asking, ["good.com"])) == {"good.com": Said.SERVFAIL}
    dns.behaviours = {}
    assert said(await domain_facts(asking, ["good.com"])) == {"good.com": Said.SERVFAIL}
    await age(asking, 6 * MINUTE)
    assert said(await domain_facts(asking, ["good.com"])) == {"good.com": Said.MX}


@pytest.fixture
def many(dns: DnsServer) -> DnsServer:
    dns.add("".join(f"{domain}. MX 10 mx.good.com.\n" for domain in MANY))
    return dns


async def test_two_processes_share_the_work(processes: Processes, many: DnsServer) -> None:
    many.everywhere = Behaviour(delay_s=0.02)
    async with processes() as one, processes() as other:
        both = await asyncio.gather(
            domain_facts(one, MANY), domain_facts(other, MANY), domain_facts(one, MANY[:150])
        )
    assert [said(facts) for facts in both] == [
        dict.fromkeys(MANY, Said.MX),
        dict.fromkeys(MANY, Said.MX),
        dict.fromkeys(MANY[:150], Said.MX),
    ]
    assert asked(many) == dict.fromkeys(MANY, 1)


async def test_a_slow_domain_does_not_hold_up_others(asking: Resources, many: DnsServer) -> None:
    many.behaviours = {MANY[0]: Behaviour(silent=True)}
    running = asyncio.create_task(domain_facts(asking, MANY))
    await until_stored(asking, len(MANY) - 1)
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_list_that_really_is_bad_waits_for_ten_minutes(
    asking: Resources, dns: DnsServer
) -> None:
    found = await domain_facts(asking, MANY)
    assert said(found) == dict.fromkeys(MANY, Said.NOT_FOUND)
    assert all(one.doubted for one in found.values())
    await age(asking, 10 * MINUTE)
    again = await domain_facts(asking, MANY)
    assert all(one.confirmed and not one.doubted for one in again.values())
    assert asked(dns) == dict.fromkeys(MANY, 2)


async def test_who_is_stopped_gives_back_what_he_claimed(
    asking: Resources, many: DnsServer
) -> None:
    many.everywhere = Behaviour(delay_s=0.1)
    running = asyncio.create_task(domain_facts(asking, MANY))
    await until_stored(asking, 0, claimed=1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await leased(asking) == 0
    many.everywhere = Behaviour()
    assert len(await domain_facts(asking, MANY)) == len(MANY)


async def test_who_died_is_waited_for_no_longer_than_his_lease(
    asking: Resources, dns: DnsServer
) -> None:
    await claim_as_another(asking, "good.com", timedelta(seconds=30))
    assert await domain_facts(asking, ["good.com", "six.com"], wait_s=0.1) == {
        **await domain_facts(asking, ["six.com"])
    }
    await claim_as_another(asking, "good.com", timedelta(seconds=0.2))
    assert said(await domain_facts(asking, ["good.com"])) == {"good.com": Said.MX}
    assert asked(dns)["good.com"] == 1


async def stored(resources: Resources, domains: Collection[str]) -> list[str]:
    rows = await resources.database.fetch(
        "select domain from mail_domains where domain = any($1) and facts is not null",
        list(domains),
    )
    return [row["domain"] for row in rows]


async def until_stored(resources: Resources, known: int, claimed: int = 0) -> None:
    while True:
        if len(await stored(resources, MANY)) >= known and await leased(resources) >= claimed:
            return
        await asyncio.sleep(0.01)


async def leased(resources: Resources) -> int:
    [row] = await resources.database.fetch("select count(lease) from mail_domains")
    found: int = row["count"]
    return found


async def claim_as_another(resources: Resources, domain: str, lease: timedelta) -> None:
    async with resources.database.transaction() as tx:
        await tx.rows(
            "insert into mail_domains (domain, lease, lease_until)"
            " values ($1, gen_random_uuid(), clock_timestamp() + $2)"
            " on conflict (domain) do update set lease_until = excluded.lease_until",
            domain,
            lease,
        )
