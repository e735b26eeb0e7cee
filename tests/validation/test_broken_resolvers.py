"""Whatever the resolver does, nothing becomes invalid by it; and all is found once it is back."""

import asyncio
from datetime import UTC, datetime

import pytest
from dns.rcode import NXDOMAIN, REFUSED, SERVFAIL

from app.kit.resources import Resources
from app.validation.errors import ResolverBroken
from app.validation.operations import domain_facts
from app.validation.rules import DomainFacts, Said, judge_domain
from app.values import ValidationResult
from tests.dns import Behaviour, DnsServer
from tests.validation.conftest import Processes
from tests.validation.test_domain_facts import (
    MANY,
    leased,
    many,
    said,
    stored,
    until_stored,
)

__all__ = ["many"]

BROKEN = {
    "nxdomain": Behaviour(rcode=NXDOMAIN),
    "servfail": Behaviour(rcode=SERVFAIL),
    "refused": Behaviour(rcode=REFUSED),
    "silent": Behaviour(silent=True),
    "after ten seconds": Behaviour(delay_s=10),
    "finds everything": Behaviour(wildcard=True),
}


def patience_s(behaviour: Behaviour) -> float:
    """Short, where the test has to wait for its end."""
    return 0.5 if behaviour.silent or behaviour.delay_s else 5


async def until_found(resources: Resources) -> dict[str, DomainFacts]:
    """As a job does that comes again."""
    while True:
        try:
            return dict(await domain_facts(resources, MANY))
        except ResolverBroken as broken:
            held = broken.retry_at - datetime.now(UTC)
            await asyncio.sleep(held.total_seconds())


async def until_broken(resources: Resources) -> None:
    while True:
        if resources.canaries.broken:
            return
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("behaviour", BROKEN.values(), ids=BROKEN)
async def test_a_broken_resolver_is_not_believed(
    processes: Processes, many: DnsServer, behaviour: Behaviour
) -> None:
    many.everywhere = behaviour
    async with processes(dns_timeout_s=patience_s(behaviour)) as asking:
        for domains in (["good.com"], ["nx.com"], MANY):  # one alone as little as many
            with pytest.raises(ResolverBroken) as broken:
                await domain_facts(asking, domains)
            assert broken.value.facts == {}
            await asyncio.sleep(asking.canaries.held_s)
        assert await stored(asking, ["good.com", "nx.com", *MANY]) == []
        assert await leased(asking) == 0
        many.everywhere = Behaviour()
        assert said(await until_found(asking)) == dict.fromkeys(MANY, Said.MX)


async def test_it_is_left_alone_for_a_while(asking: Resources, many: DnsServer) -> None:
    many.everywhere = Behaviour(rcode=SERVFAIL)
    with pytest.raises(ResolverBroken):
        await domain_facts(asking, MANY)
    packets = many.asked.total()
    with pytest.raises(ResolverBroken) as broken:
        await domain_facts(asking, MANY)
    assert many.asked.total() == packets
    assert broken.value.retry_at > datetime.now(UTC)


@pytest.mark.parametrize("behaviour", list(BROKEN.values())[:-1], ids=list(BROKEN)[:-1])
async def test_it_breaks_in_the_middle(
    processes: Processes, many: DnsServer, behaviour: Behaviour
) -> None:
    async with processes(dns_timeout_s=patience_s(behaviour)) as asking:
        running = await begun(asking, many)
        many.everywhere = behaviour
        await only_good_ones_are_known(asking)
        many.everywhere = Behaviour()
        await all_are_valid(running)


async def test_it_is_stopped_in_the_middle(asking: Resources, many: DnsServer) -> None:
    running = await begun(asking, many)
    await many.stop()
    await only_good_ones_are_known(asking)
    many.everywhere = Behaviour()
    await many.start()
    await all_are_valid(running)


async def begun(resources: Resources, many: DnsServer) -> asyncio.Task[dict[str, DomainFacts]]:
    many.everywhere = Behaviour(delay_s=0.1)
    running = asyncio.create_task(until_found(resources))
    await until_stored(resources, 50)
    return running


async def only_good_ones_are_known(resources: Resources) -> None:
    await until_broken(resources)
    known = await domain_facts(resources, await stored(resources, MANY))
    assert 50 <= len(known) < len(MANY)
    assert set(said(known).values()) == {Said.MX}


async def all_are_valid(running: asyncio.Task[dict[str, DomainFacts]]) -> None:
    found = await running
    results = {judge_domain(f"ann@{one}", found[one]).result for one in MANY}
    assert results == {ValidationResult.VALID}
