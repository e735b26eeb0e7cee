"""How far the check of addresses is, for a campaign and for an import."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from dns.rcode import SERVFAIL

from app.kit.resources import Resources
from app.leads.repository.progress import FEW, ProgressRepository
from app.values import CampaignId, ImportId, WorkspaceId
from tests.client import Tenant
from tests.consistency import offenders
from tests.dns import Behaviour, DnsServer
from tests.imports.test_files import imported
from tests.imports.test_lists import filled
from tests.leads.conftest import Check
from tests.leads.people import joined, listed, put, status_of
from tests.leads.validated import check_again, later
from tests.locks import PATIENCE_S, Locks

Work = Callable[[], Awaitable[int]]
PEOPLE = ("ann@good.com", "bob@silent.com", "eve@gone.com", "joe@slow.com")
SLOW = Behaviour(rcode=SERVFAIL)


async def progress(api: httpx.AsyncClient, of: str) -> dict[str, Any]:
    answer = await api.get(f"{of}/validation")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def results(**found: dict[str, int]) -> dict[str, Any]:
    """By result, how many at which level."""
    levels: dict[str, dict[str, int]] = {"valid": {}, "invalid": {}, "unverified": {}} | found
    return {
        result: {"total": sum(by_level.values()), "by_level": by_level}
        for result, by_level in levels.items()
    }


def body(
    campaign: int | None, state: str, pending: int, checked: int, **more: Any
) -> dict[str, Any]:
    total = pending + checked
    return {
        "campaign_id": campaign,
        "import_id": None,
        "state": state,
        "total": total,
        "pending": pending,
        "checked": checked,
        "percent": 1000 * checked // total / 10 if total else 100.0,
        "next_try_at": None,
        "reason": None,
        "results": results(),
    } | more


@pytest.mark.seed("DS-36")
async def test_from_the_first_to_the_last(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    campaign = await tenant.campaign()
    path = f"/campaigns/{campaign}"
    assert await progress(api, path) == body(campaign, "completed", 0, 0)
    dns.behaviours["slow.com"] = SLOW
    await joined(tenant, campaign, *PEOPLE)
    assert await progress(api, path) == body(campaign, "running", 4, 0)
    await check()
    found = results(valid={"domain": 1}, invalid={"domain": 2})
    waits = await progress(api, path)
    next_try = datetime.fromisoformat(waits["next_try_at"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < next_try <= timedelta(minutes=15)
    assert waits == body(campaign, "waiting", 1, 3, next_try_at=waits["next_try_at"], results=found)
    await joined(tenant, campaign, "amy@good.com")
    assert await progress(api, path) == body(campaign, "running", 2, 3, results=found)
    await check()
    for _ in range(4):
        await later(resources, tenant, timedelta(days=2))
        await check()
    found = results(valid={"domain": 2}, invalid={"domain": 2}, unverified={"domain": 1})
    assert await progress(api, path) == body(campaign, "completed", 0, 5, results=found)


async def test_who_is_checked_again_waits(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check
) -> None:
    """What was found holds meanwhile, but not of a new address; lists say the same."""
    campaign = await tenant.campaign()
    path = f"/campaigns/{campaign}"
    given = {"email": "amy@good.com", "validation": {"vendor": "zerobounce", "word": "valid"}}
    ann, _, _ = await joined(tenant, campaign, "ann@good.com", given, "bob@silent.com")
    await check()
    found = results(valid={"domain": 1, "provider": 1}, invalid={"domain": 1})
    assert await progress(api, path) == body(campaign, "completed", 0, 3, results=found)
    await api.post(f"{path}/leads/{ann}", json={"email": "ann@better.com"})
    found = results(valid={"provider": 1}, invalid={"domain": 1})
    assert await progress(api, path) == body(campaign, "running", 1, 2, results=found)
    await check_again(resources, tenant)
    assert await progress(api, path) == body(campaign, "running", 3, 0, results=found)
    for word, people in (
        ("valid", ["amy@good.com"]),
        ("invalid", ["bob@silent.com"]),
        ("pending", ["ann@better.com", "amy@good.com", "bob@silent.com"]),
    ):
        assert await listed(api, campaign, validation=word) == people


async def test_as_the_workspace_counts_results(
    api: httpx.AsyncClient, tenant: Tenant, check: Check
) -> None:
    campaign = await tenant.campaign()
    given = {"email": "amy@good.com", "validation": {"vendor": "zerobounce", "word": "valid"}}
    await joined(tenant, campaign, "ann@good.com", given)
    await check()
    await tenant.policy(valid_requires="mailbox")
    found = results(valid={"provider": 1}, unverified={"domain": 1})
    assert await progress(api, f"/campaigns/{campaign}") == body(
        campaign, "completed", 0, 2, results=found
    )


async def test_of_an_import(
    api: httpx.AsyncClient, tenant: Tenant, work: Work, check: Check
) -> None:
    """Those whom it brought, as long as they are there."""
    campaign = await tenant.campaign()
    await tenant.add(campaign, "amy@good.com")
    text = "email\nann@good.com\namy@good.com\nbob@silent.com\nno address\n"
    import_id = (await imported(tenant, campaign, text))["id"]
    assert await progress(api, f"/imports/{import_id}") == body(
        campaign, "running", 0, 0, import_id=import_id, percent=0.0
    )
    assert (await progress(api, f"/campaigns/{campaign}"))["state"] == "running"
    await work()
    path = f"/imports/{import_id}"
    assert await progress(api, path) == body(campaign, "running", 2, 0, import_id=import_id)
    await check()
    found = results(valid={"domain": 1}, invalid={"domain": 1})
    assert await progress(api, path) == body(
        campaign, "completed", 0, 2, import_id=import_id, results=found
    )
    assert (await progress(api, f"/campaigns/{campaign}"))["total"] == 3
    await api.post(f"{path}/undo")
    await work()
    assert await progress(api, path) == body(campaign, "completed", 0, 0, import_id=import_id)


async def test_an_import_that_brings_nobody(
    api: httpx.AsyncClient, tenant: Tenant, work: Work
) -> None:
    import_id = (await filled(tenant, work, "email\nann@good.com\n", kind="block"))["id"]
    found = await progress(api, f"/imports/{import_id}")
    assert found == body(None, "completed", 0, 0, import_id=import_id)


async def test_each_campaign_by_itself(
    api: httpx.AsyncClient, tenant: Tenant, check: Check
) -> None:
    first, second = await tenant.campaigns(2)
    await joined(tenant, first, "ann@good.com", "bob@silent.com")
    await check()
    await joined(tenant, second, "ann@good.com", "eve@gone.com")
    found = results(valid={"domain": 1}, invalid={"domain": 1})
    assert await progress(api, f"/campaigns/{first}") == body(
        first, "completed", 0, 2, results=found
    )
    assert await progress(api, f"/campaigns/{second}") == body(
        second, "running", 1, 1, results=results(valid={"domain": 1})
    )


async def test_what_is_not_there(api: httpx.AsyncClient, tenant: Tenant, other: Tenant) -> None:
    campaign = await tenant.campaign()
    import_id = (await tenant.add(campaign, "ann@good.com"))["import_id"]
    for path, code in (
        (f"/campaigns/{campaign}", "campaign_not_found"),
        (f"/imports/{import_id}", "import_not_found"),
    ):
        answer = await other.api.get(f"{path}/validation")
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    await api.delete(f"/campaigns/{campaign}")
    for path in (f"/campaigns/{campaign}", f"/imports/{import_id}"):
        answer = await api.get(f"{path}/validation")
        assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")


async def test_many_are_counted_as_few_are(
    tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    campaign = await tenant.campaign()
    dns.behaviours["slow.com"] = SLOW
    import_id = (await tenant.add(campaign, *PEOPLE))["import_id"]
    await check()
    await joined(tenant, campaign, "amy@good.com")
    settings = "select name, setting from pg_settings order by name"
    for size in (FEW, FEW + 1):
        async with resources.database.transaction() as tx:
            before = await tx.rows(settings)
            repository = ProgressRepository(tx, WorkspaceId(tenant.id))
            of_campaign = await repository.of_campaign(CampaignId(campaign), size)
            of_import = await repository.of_import(CampaignId(campaign), ImportId(import_id), size)
            assert await tx.rows(settings) == before
        assert (of_campaign.total, of_campaign.pending, of_campaign.next_try_at) == (5, 2, None)
        assert (of_import.total, of_import.pending) == (4, 1)
        assert of_import.next_try_at
        assert sorted(of_import.found.values()) == [1, 2]


@pytest.mark.seed("DS-37")
async def test_everything_else_goes_on_meanwhile(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check
) -> None:
    """While what was found is being stored: all but a last row is written, nothing committed."""
    campaign = await tenant.campaign()
    path = f"/campaigns/{campaign}"
    ann, bob = await joined(tenant, campaign, "ann@good.com", "bob@silent.com")
    member = "select from campaign_leads where workspace_id = $1 and lead_id = $2 for update"

    async def run() -> int:
        return await check()

    async with Locks(resources, tenant.id).stopped(run(), member, bob) as checking:
        async with asyncio.timeout(PATIENCE_S):
            await joined(tenant, campaign, "amy@good.com", "joe@silent.com")
            await put(api, campaign, ann, "PAUSED")
            assert (await api.patch(path, json={"name": "Autumn"})).is_success
            started = await api.post(f"{path}/status", json={"status": "START"})
            assert started.is_success, started.text
            assert await listed(api, campaign) == [
                *("ann@good.com", "bob@silent.com", "amy@good.com", "joe@silent.com")
            ]
            assert await progress(api, path) == body(campaign, "running", 4, 0)
        assert not checking.done()
    await checking
    await check()
    assert await status_of(api, campaign, ann) == "PAUSED"
    assert await listed(api, campaign, status="INVALID") == ["bob@silent.com", "joe@silent.com"]
    assert await offenders(resources, tenant.id) == []
