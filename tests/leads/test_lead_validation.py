"""GET /leads/{l}/validation, and what lists show of it."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.dns import Behaviour, DnsServer
from tests.leads.conftest import Check
from tests.leads.people import joined, member

VALID = {
    "result": "valid",
    "reason": "domain_accepts_mail",
    "level": "domain",
    "disposable": False,
    "role": False,
    "free": False,
    "privacy_relay": False,
    "catch_all": None,
    "suggestion": None,
    "source": "dns",
}


async def shown(api: httpx.AsyncClient, lead_id: int) -> dict[str, Any]:
    answer = await api.get(f"/leads/{lead_id}/validation")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.seed("DS-38")
async def test_before_and_after(api: httpx.AsyncClient, tenant: Tenant, check: Check) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@good.com")
    before = await shown(api, lead)
    assert before == {
        "lead_id": lead,
        "email": "ann@good.com",
        "state": "pending",
        "validation": None,
        "tries": 0,
        "waits_for": "domain",
        "reason": None,
        "next_try_at": None,
        "evidence": None,
        "domain": None,
    }
    assert (await member(api, campaign, lead))["validation"] is None
    await check()
    after = await shown(api, lead)
    domain = after["domain"]
    assert after == before | {
        "state": "checked",
        "waits_for": None,
        "validation": VALID | {"checked_at": after["validation"]["checked_at"]},
        "domain": domain,
    }
    assert (domain["said"], domain["hosts"][0]["name"]) == ("mx", "mx.canary.com")
    assert (await member(api, campaign, lead))["validation"] == after["validation"]
    [row] = (await api.get(f"/campaigns/{campaign}/leads")).json()["data"]
    assert row["validation"] == after["validation"]


async def test_while_nothing_is_found_out(
    api: httpx.AsyncClient, tenant: Tenant, check: Check, dns: DnsServer
) -> None:
    [lead] = await joined(tenant, await tenant.campaign(), "ann@good.com")
    dns.behaviours["good.com"] = Behaviour(silent=True)
    await check()
    found = await shown(api, lead)
    assert (found["state"], found["validation"], found["tries"]) == ("pending", None, 1)
    assert (found["domain"]["said"], found["next_try_at"] > "2026") == ("timeout", True)
    assert (found["waits_for"], found["reason"]) == ("domain", "dns_timeout")


async def test_of_an_address_that_was_changed(
    api: httpx.AsyncClient, tenant: Tenant, check: Check
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@good.com")
    await check()
    await api.post(f"/campaigns/{campaign}/leads/{lead}", json={"email": "ann@better.com"})
    found = await shown(api, lead)
    assert (found["email"], found["state"]) == ("ann@better.com", "pending")
    assert found["validation"] is None
    assert (await member(api, campaign, lead))["validation"] is None


async def test_nobody(api: httpx.AsyncClient, other: Tenant) -> None:
    [theirs] = await joined(other, await other.campaign(), "ann@good.com")
    for lead_id in (theirs, 2**40):
        answer = await api.get(f"/leads/{lead_id}/validation")
        assert (answer.status_code, answer.json()["code"]) == (404, "lead_not_found")
