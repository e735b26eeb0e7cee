"""While DNS cannot be believed nobody is told anything of an address, and everybody is told why."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from dns.rcode import SERVFAIL

from app.kit.resources import Resources
from tests.client import Tenant
from tests.dns import Behaviour, DnsServer
from tests.events import opened
from tests.leads.conftest import Check
from tests.leads.people import joined
from tests.leads.test_validation_progress import body, progress, results
from tests.watchers import ports, readers

__all__ = ["ports", "readers"]

BROKEN = Behaviour(rcode=SERVFAIL)
READY = {"status": "ok", "missing": [], "degraded": []}
SOON_S = 15.0


async def health(api: httpx.AsyncClient) -> dict[str, Any]:
    answer = await api.get(str(api.base_url.copy_with(path="/health/ready")))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def checked(api: httpx.AsyncClient, campaign: int, check: Check) -> None:
    async with asyncio.timeout(SOON_S):
        while (await progress(api, f"/campaigns/{campaign}"))["pending"]:
            await check()


async def next_run(resources: Resources, at: datetime) -> None:
    await resources.database.fetch("update jobs set run_at = $1 where kind = 'validate_leads'", at)


async def test_a_reason_and_the_next_try(
    api: httpx.AsyncClient, tenant: Tenant, checking: Resources, check: Check, dns: DnsServer
) -> None:
    campaign = await tenant.campaign()
    import_id = (await tenant.add(campaign, "ann@good.com"))["import_id"]
    assert await health(api) == READY
    dns.everywhere = BROKEN
    await check()
    assert await health(api) == READY | {"degraded": ["dns"]}
    at = datetime.now(UTC) + timedelta(minutes=5)
    await next_run(checking, at)
    waits = {"reason": "resolver_broken", "next_try_at": at.isoformat().replace("+00:00", "Z")}
    for of, import_ in ((f"/campaigns/{campaign}", None), (f"/imports/{import_id}", import_id)):
        assert await progress(api, of) == body(
            campaign, "waiting", 1, 0, import_id=import_, **waits
        )
    dns.everywhere = Behaviour()
    await next_run(checking, datetime.now(UTC))
    await checked(api, campaign, check)
    found = results(valid={"domain": 1})
    assert await progress(api, f"/campaigns/{campaign}") == body(
        campaign, "completed", 0, 1, results=found
    )
    assert await health(api) == READY


async def test_also_while_it_is_tried_again_until_it_gets_on(
    api: httpx.AsyncClient,
    tenant: Tenant,
    other: Tenant,
    checking: Resources,
    check: Check,
    dns: DnsServer,
) -> None:
    """But nothing of it is said where nobody waits, nor in another workspace."""
    campaign, empty, elsewhere = (*await tenant.campaigns(2), await other.campaign())
    await joined(tenant, campaign, "ann@good.com")
    dns.everywhere = BROKEN
    await check()
    await joined(other, elsewhere, "bob@good.com")
    await next_run(checking, datetime.now(UTC))
    lease = await checking.jobs.claim_next(["validate_leads"])
    assert lease
    assert lease.workspace_id == tenant.id
    told = await progress(api, f"/campaigns/{campaign}")
    assert told == body(campaign, "running", 1, 0, reason="resolver_broken")
    assert (await health(api))["degraded"] == ["dns"]
    assert await progress(api, f"/campaigns/{empty}") == body(empty, "completed", 0, 0)
    assert (await progress(other.api, f"/campaigns/{elsewhere}"))["reason"] is None
    async with checking.database.transaction() as tx:
        await lease.fence(tx, {"leads_done": 1})
    assert await progress(api, f"/campaigns/{campaign}") == body(campaign, "running", 1, 0)
    assert (await health(api))["degraded"] == []


@pytest.mark.usefixtures("checking")
async def test_who_watches_is_told(
    api: httpx.AsyncClient,
    tenant: Tenant,
    readers: list[httpx.AsyncClient],
    check: Check,
    dns: DnsServer,
) -> None:
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@good.com")
    path = f"/campaigns/{campaign}/validation/events"
    async with opened(readers[0], path) as stream, asyncio.timeout(SOON_S):
        first = await stream.next()
        assert first
        assert first.data["reason"] is None
        dns.everywhere = BROKEN
        await check()
        then = await stream.next()
        assert then
        assert (then.data["reason"], then.data["pending"]) == ("resolver_broken", 1)
        dns.everywhere = Behaviour()
        await checked(api, campaign, check)
        *_, last = await stream.rest()
        assert (last.name, last.data["state"], last.data["reason"]) == ("end", "completed", None)
