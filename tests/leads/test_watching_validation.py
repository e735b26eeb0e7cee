"""The check of a campaign's addresses, watched live."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from app.kit.resources import Resources
from app.settings import Settings
from tests.client import Tenant, client
from tests.dns import DnsServer
from tests.events import opened
from tests.imports.test_files import imported
from tests.imports.test_watching import figure
from tests.leads.conftest import Check
from tests.leads.people import joined, listed
from tests.leads.test_validation_progress import SLOW, progress
from tests.leads.validated import later
from tests.processes import Process, api_process
from tests.watchers import ports, readers

__all__ = ["ports", "readers"]

Work = Callable[[], Awaitable[int]]
SOON_S = 15.0


async def checked(api: httpx.AsyncClient, campaign: int, check: Check, but: int = 0) -> None:
    """Also where the machine is so busy that the resolver is not believed at once."""
    async with asyncio.timeout(SOON_S):
        while (await progress(api, f"/campaigns/{campaign}"))["pending"] > but:
            await check()
            await asyncio.sleep(0.05)


@pytest.mark.seed("DS-36", "DS-38")
async def test_every_process_tells_how_far_it_is(
    api: httpx.AsyncClient,
    tenant: Tenant,
    resources: Resources,
    readers: list[httpx.AsyncClient],
    check: Check,
    dns: DnsServer,
) -> None:
    """In another campaign somebody waits on, which is nothing to this one."""
    campaign, other = await tenant.campaigns(2)
    dns.behaviours["slow.com"] = SLOW
    await joined(tenant, other, "joe@slow.com")
    await joined(tenant, campaign, "ann@good.com", "bob@silent.com", "eve@slow.com")
    path = f"/campaigns/{campaign}/validation/events"
    async with opened(readers[0], path) as one, opened(readers[1], path) as two:
        for stream in (one, two):
            first = await stream.next()
            assert first
            assert (first.name, first.data["state"], first.data["pending"]) == (
                *("message", "running"),
                3,
            )
        await checked(api, campaign, check, but=1)
        for stream in (one, two):
            async with asyncio.timeout(SOON_S):
                while (then := await stream.next()) and then.data["state"] != "waiting":
                    assert then.name == "message"
            assert then
            assert then.data == await progress(api, f"/campaigns/{campaign}")
            assert then.data["pending"] == 1
        for word, email in (
            ("valid", "ann@good.com"),
            ("invalid", "bob@silent.com"),
            ("pending", "eve@slow.com"),
        ):
            assert await listed(api, campaign, validation=word) == [email]
        del dns.behaviours["slow.com"]
        await later(resources, tenant, timedelta(minutes=15))
        await checked(api, campaign, check)
        for stream in (one, two):
            async with asyncio.timeout(SOON_S):
                last = (await stream.rest())[-1]
            assert (last.name, last.data["state"]) == ("end", "completed")
            assert last.data == await progress(api, f"/campaigns/{campaign}")
            assert stream.comments


async def test_it_goes_on_after_the_last_event_that_came(
    tenant: Tenant, readers: list[httpx.AsyncClient], check: Check
) -> None:
    campaign = await tenant.campaign()
    path = f"/campaigns/{campaign}/validation/events"
    await joined(tenant, campaign, "ann@good.com")
    async with opened(readers[0], path) as stream:
        first = await stream.next()
    assert first
    async with opened(readers[1], path, after=first.id) as stream, asyncio.timeout(SOON_S):
        await asyncio.sleep(0.5)
        await checked(tenant.api, campaign, check)
        [end] = await stream.rest()
    assert (end.name, end.data["pending"]) == ("end", 0)
    assert end.id > first.id
    for reader in readers:
        answer = await reader.get(path, headers={"Last-Event-ID": str(end.id)})
        assert (answer.status_code, answer.content) == (204, b"")
    for other in (first.id, end.id + 10**15, "none of ours", "9" * 5000):
        answer = await readers[0].get(path, headers={"Last-Event-ID": str(other)})
        assert answer.text.count("event: end\n") == 1
    await joined(tenant, campaign, "amy@good.com")
    async with opened(readers[0], path, after=end.id) as stream:
        again = await stream.next()
    assert again
    assert (again.name, again.data["state"]) == ("message", "running")


async def test_it_does_not_end_before_the_import_that_brings_them(
    tenant: Tenant, readers: list[httpx.AsyncClient], work: Work, check: Check
) -> None:
    campaign = await tenant.campaign()
    await imported(tenant, campaign, "email\nann@good.com\n")
    async with opened(readers[0], f"/campaigns/{campaign}/validation/events") as stream:
        first = await stream.next()
        assert first
        assert (first.name, first.data["state"], first.data["total"]) == ("message", "running", 0)
        await work()
        await checked(tenant.api, campaign, check)
        async with asyncio.timeout(SOON_S):
            last = (await stream.rest())[-1]
        assert (last.name, last.data["results"]["valid"]["total"]) == ("end", 1)


async def test_a_ticket_opens_it(
    tenant: Tenant, anonymous: httpx.AsyncClient, other: Tenant
) -> None:
    campaign = await tenant.campaign()
    path = f"/campaigns/{campaign}/validation"
    answer = await tenant.api.post(f"{path}/ticket")
    assert answer.status_code == 201
    made = answer.json()
    assert made["url"] == f"/api/v1{path}/events?ticket={made['ticket']}"
    params = {"ticket": made["ticket"]}
    answer = await anonymous.get(f"{path}/events", params=params)
    assert answer.status_code == 200
    assert "event: end\n" in answer.text
    assert (await anonymous.get(path, params=params)).status_code == 401
    for answer in (await other.api.get(f"{path}/events"), await other.api.post(f"{path}/ticket")):
        assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")


async def test_nobody_waits_for_a_deleted_campaign(settings: Settings, tenant: Tenant) -> None:
    """Whoever watches holds no connection to the database, and is let go."""
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@good.com")
    path = f"/campaigns/{campaign}/validation/events"
    async with api_process(settings) as (_, port), client(Process(port), tenant.key) as reader:
        async with opened(reader, path) as stream, asyncio.timeout(SOON_S):
            assert await stream.next()
            await asyncio.sleep(1)
            assert await figure(port, "leadgate_database_pool_in_use") == 0
            await tenant.api.delete(f"/campaigns/{campaign}")
            assert await stream.rest() == []
        assert (await reader.get(path)).status_code == 404
