"""What other tools found out about addresses, kept while it is fresh."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from dns.rcode import SERVFAIL

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.dns import Behaviour, DnsServer
from tests.imports.test_files import imported
from tests.leads.asking import Ask
from tests.leads.conftest import Check
from tests.leads.people import joined, listed, status_of
from tests.leads.validated import found, waiting
from tests.make import lead
from tests.providers import items

Work = Callable[[], Awaitable[int]]
BROKEN = Behaviour(rcode=SERVFAIL)
DAY = timedelta(days=1)


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - days * DAY).isoformat()


async def stored(resources: Resources, tenant: Tenant) -> list[dict[str, Any]]:
    rows = await resources.database.fetch(
        "select email, result, reason, level, source, catch_all, evidence from validations"
        " where workspace_id = $1 order by email",
        tenant.id,
    )
    return [dict(row) for row in rows]


async def test_what_came_with_a_lead_holds(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check
) -> None:
    campaign = await tenant.campaign()
    said = {"vendor": "zerobounce", "checked_at": days_ago(10)}
    await tenant.add(
        campaign,
        lead("ann@good.com", validation={**said, "word": "valid"}),
        lead("bob@good.com", validation={**said, "word": "spamtrap"}),
        lead("cy@good.com", validation={**said, "word": "catch-all"}),
        lead("dora@good.com"),
    )
    assert await check() == 1
    assert [
        (one["email"], one["result"], one["level"], one["source"], one["catch_all"])
        for one in await stored(resources, tenant)
    ] == [
        ("ann@good.com", "valid", "provider", "zerobounce", None),
        ("bob@good.com", "invalid", "provider", "zerobounce", None),
        ("cy@good.com", "unverified", "provider", "zerobounce", True),
        ("dora@good.com", "valid", "domain", "dns", None),
    ]
    [ann, *_] = await stored(resources, tenant)
    assert ann["evidence"] == {"vendor": "zerobounce", "word": "valid"}
    assert await waiting(resources, tenant) == {}
    assert await listed(api, campaign, status="INVALID") == ["bob@good.com"]
    assert await offenders(resources, tenant.id) == []


@pytest.mark.parametrize("days", [91, -2])
async def test_what_is_old_or_of_the_future_does_not(
    tenant: Tenant, resources: Resources, check: Check, days: float
) -> None:
    said = {"vendor": "zerobounce", "word": "invalid", "checked_at": days_ago(days)}
    await tenant.add(await tenant.campaign(), lead("ann@good.com", validation=said))
    await check()
    assert await found(resources, tenant) == {"ann@good.com": ("valid", "domain_accepts_mail")}


async def test_of_somebody_known_it_holds_too(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, work: Work
) -> None:
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, "ann@good.com")
    await check()
    text = f"Email,ZB Status,Verified At\nann@good.com,invalid,{days_ago(1)[:10]}\n"
    await imported(tenant, campaign, text, mode="create_and_update")
    await work()
    await check()
    assert (await found(resources, tenant))["ann@good.com"][0] == "invalid"
    assert await status_of(api, campaign, ann) == "INVALID"
    assert await offenders(resources, tenant.id) == []


async def test_it_waits_as_if_nobody_had_tried(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    dns.behaviours["slow.com"] = BROKEN
    campaign = await tenant.campaign()
    [joe] = await joined(tenant, campaign, "joe@slow.com")
    await check()

    async def tried() -> tuple[int, str | None]:
        shown = (await api.get(f"/leads/{joe}/validation")).json()
        return shown["tries"], shown["reason"]

    assert await tried() == (1, "dns_servfail")
    said = {"vendor": "zerobounce", "word": "valid", "checked_at": days_ago(1)}
    await tenant.add(campaign, lead("joe@slow.com", validation=said), mode="create_and_update")
    assert await tried() == (0, None)
    await check()
    assert (await found(resources, tenant))["joe@slow.com"][0] == "valid"


async def test_it_holds_while_dns_cannot_be_believed(
    tenant: Tenant, resources: Resources, check: Check, dns: DnsServer, ask: Ask
) -> None:
    dns.behaviours.update(dict.fromkeys(("canary.com", "mx.canary.com", "silent.com"), BROKEN))
    said = {"vendor": "zerobounce", "word": "valid", "checked_at": days_ago(1)}
    campaign = await tenant.campaign()
    await tenant.add(campaign, lead("ann@silent.com", validation=said), lead("bob@good.com"))
    await check()
    assert await found(resources, tenant) == {"ann@silent.com": ("valid", "provider_confirmed")}
    assert len(await waiting(resources, tenant)) == 2
    dns.behaviours.clear()
    async with ask(items()) as asking:
        await asking.after(DAY)
        assert (await found(resources, tenant))["ann@silent.com"] == ("invalid", "null_mx")


@pytest.mark.parametrize("word", ["valid", "unknown", "catch-all"])
async def test_it_holds_not_where_the_domain_takes_no_mail(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, word: str
) -> None:
    campaign = await tenant.campaign()
    said = {"vendor": "zerobounce", "word": word, "checked_at": days_ago(1)}
    people = ("ann@silent.com", "eve@gone.com")
    await tenant.add(campaign, *(lead(one, validation=said) for one in people))
    await check()
    assert await found(resources, tenant) == {
        "ann@silent.com": ("invalid", "null_mx"),
        "eve@gone.com": ("invalid", "domain_not_found"),
    }
    assert await listed(api, campaign, status="INVALID") == [*people]


async def test_what_says_nothing_waits_for_a_domain_that_does_not_answer(
    tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    dns.behaviours["slow.com"] = BROKEN
    said = {"vendor": "zerobounce", "word": "unknown", "checked_at": days_ago(1)}
    await tenant.add(await tenant.campaign(), lead("joe@slow.com", validation=said))
    await check()
    assert await found(resources, tenant) == {}
    assert [tries for tries, _ in (await waiting(resources, tenant)).values()] == [1]


async def test_it_replaces_nothing_that_was_found_out_later(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, "ann@good.com")

    async def say(word: str, days: float) -> str:
        said = {"vendor": "zerobounce", "word": word, "checked_at": days_ago(days)}
        await tenant.add(campaign, lead("ann@good.com", validation=said), mode="create_and_update")
        await asking.check()
        return (await found(resources, tenant))["ann@good.com"][0]

    async with ask(items("invalid", reason="mailbox_not_found")) as asking:
        await asking.check()
        assert await say("valid", 60) == "invalid"
        assert await say("unknown", 0) == "invalid"
        assert await status_of(api, campaign, ann) == "INVALID"
        assert await say("valid", 0) == "valid"
        assert await status_of(api, campaign, ann) == "NOT_CONTACTED"
        assert await say("invalid", 1) == "valid"
        assert await say("catch-all", 0) == "valid"
        assert await status_of(api, campaign, ann) == "NOT_CONTACTED"
    assert await waiting(resources, tenant) == {}
    assert await offenders(resources, tenant.id) == []
