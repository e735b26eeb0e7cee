"""A campaign is started while its leads wait to be checked."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.dns import DnsServer
from tests.imports.test_files import imported
from tests.leads.conftest import Check
from tests.leads.people import joined
from tests.leads.test_validation_progress import SLOW, progress
from tests.leads.validated import check_again


async def start(
    api: httpx.AsyncClient, campaign: int, status: str = "START", **more: Any
) -> tuple[int, dict[str, Any]]:
    answer = await api.post(f"/campaigns/{campaign}/status", json={"status": status} | more)
    return answer.status_code, answer.json()


async def status_of(api: httpx.AsyncClient, campaign: int) -> str:
    status: str = (await api.get(f"/campaigns/{campaign}")).json()["status"]
    return status


def running(total: int, pending: int, wait: str, next_try_at: str | None = None) -> dict[str, Any]:
    return {
        "code": "validation_running",
        "detail": f"{pending} of {total} leads {wait} to be checked."
        " Nothing is sent to an address before it was checked.",
        "total": total,
        "pending": pending,
        "percent": 1000 * (total - pending) // total / 10,
        "next_try_at": next_try_at,
    }


@pytest.mark.seed("DS-39")
async def test_a_start_tells_that_leads_wait(
    api: httpx.AsyncClient, tenant: Tenant, check: Check, dns: DnsServer
) -> None:
    campaign = await tenant.campaign()
    assert await start(api, campaign) == (200, {"ok": True})
    dns.behaviours["slow.com"] = SLOW
    await joined(tenant, campaign, "ann@good.com", "bob@silent.com", "joe@slow.com")
    told = {"ok": True, "warnings": [running(3, 3, "wait")]}
    assert await start(api, campaign) == (200, told)  # it has started, which is told again
    assert await start(api, campaign, "PAUSED") == (200, {"ok": True})
    assert await start(api, campaign) == (200, told)
    await check()
    next_try_at = (await progress(api, f"/campaigns/{campaign}"))["next_try_at"]
    assert next_try_at
    told = {"ok": True, "warnings": [running(3, 1, "waits", next_try_at)]}
    assert await start(api, campaign) == (200, told)


async def test_whoever_is_elsewhere_is_told_too(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    await joined(tenant, first, "ann@good.com")
    await start(api, first)
    await joined(tenant, second, "ann@good.com")
    _, told = await start(api, second)
    codes = [warning["code"] for warning in told["warnings"]]
    assert codes == ["active_elsewhere", "validation_running"]


@pytest.mark.seed("DS-39")
async def test_where_it_is_required_a_start_waits_for_the_check(
    api: httpx.AsyncClient, tenant: Tenant, check: Check
) -> None:
    await tenant.policy(require_validation_before_start=True)
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@good.com", "bob@silent.com")
    status, refused = await start(api, campaign)
    assert (status, refused["code"]) == (409, "validation_running")
    assert refused["detail"] == (
        '2 of 2 leads wait to be checked. Start it when all are checked, or send {"force": true}.'
    )
    told = {name: refused[name] for name in ("total", "pending", "percent", "next_try_at")}
    assert told == {"total": 2, "pending": 2, "percent": 0.0, "next_try_at": None}
    assert await status_of(api, campaign) == "DRAFTED"
    await check()
    assert await start(api, campaign) == (200, {"ok": True})
    assert await status_of(api, campaign) == "ACTIVE"


@pytest.mark.seed("DS-39")
async def test_a_start_waits_for_those_whom_an_import_brings(
    api: httpx.AsyncClient, tenant: Tenant, work: Callable[[], Awaitable[int]], check: Check
) -> None:
    campaign = await tenant.campaign()
    await imported(tenant, campaign, "email\nann@good.com\n")
    _, told = await start(api, campaign)
    [warning] = told["warnings"]
    assert (warning["code"], warning["total"], warning["percent"]) == ("validation_running", 0, 0.0)
    assert warning["detail"].startswith("An import brings more leads.")
    await start(api, campaign, "PAUSED")
    await tenant.policy(require_validation_before_start=True)
    assert (await start(api, campaign))[0] == 409
    await joined(tenant, campaign, "bob@good.com")
    _, refused = await start(api, campaign)
    assert refused["detail"].startswith("1 of 1 leads waits to be checked, and an import brings")
    await work()
    await check()
    assert await start(api, campaign) == (200, {"ok": True})


@pytest.mark.seed("DS-39")
async def test_who_insists_starts_all_the_same(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check
) -> None:
    """What was started goes on, whoever waits later; but not once it was paused."""
    assert (await api.put("/workspace/preset", json={"preset": "datasend"})).is_success
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@good.com")
    told = {"ok": True, "warnings": [running(1, 1, "waits")]}
    assert (await start(api, campaign, force=False))[0] == 409
    assert await start(api, campaign, force=True) == (200, told)
    assert await start(api, campaign) == (200, told)
    assert await start(api, campaign, "PAUSED", force=True) == (200, {"ok": True})
    assert (await start(api, campaign))[0] == 409
    await check()
    assert await start(api, campaign) == (200, {"ok": True})
    await start(api, campaign, "STOPPED")
    await check_again(resources, tenant)
    assert (await start(api, campaign))[0] == 409


@pytest.mark.parametrize("force", [None, "yes", 1])
async def test_what_is_no_answer_to_force(
    api: httpx.AsyncClient, tenant: Tenant, force: Any
) -> None:
    status, refused = await start(api, await tenant.campaign(), force=force)
    assert (status, refused["errors"][0]["pointer"]) == (422, "/force")
