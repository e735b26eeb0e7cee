"""POST /campaigns/{c}/leads/{l}/unsubscribe and POST /leads/{l}/unsubscribe."""

import httpx
import pytest

from tests.client import Tenant
from tests.leads.people import events, joined, listed, moved, put, status_of, suppressed

ANN = "ann@example.com"


async def test_from_one_campaign(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second, third = await tenant.campaigns(3)
    [lead] = await joined(tenant, first, ANN)
    await joined(tenant, second, ANN)
    for _ in range(2):
        answer = await api.post(f"/campaigns/{first}/leads/{lead}/unsubscribe")
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert await status_of(api, first, lead) == "UNSUBSCRIBED"
    assert await status_of(api, second, lead) == "NOT_CONTACTED"
    assert (await events(api, first, lead))[:-1] == [moved("NOT_CONTACTED", "UNSUBSCRIBED")]
    assert await suppressed(tenant, "unsubscribes") == [
        {"entry": ANN, "campaign_id": first, "source": "manual", "protected": False}
    ]
    assert await joined(tenant, third, ANN) == [lead]


async def test_again_after_the_entry_was_lifted(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, ANN)
    path = f"/campaigns/{campaign}/leads/{lead}/unsubscribe"
    await api.post(path)
    body = {"emails": [ANN], "campaign_id": campaign}
    assert (await api.request("DELETE", "/unsubscribes", json=body)).status_code == 200
    await api.post(path)
    [entry] = await suppressed(tenant, "unsubscribes")
    assert entry["campaign_id"] == campaign


@pytest.mark.seed("SL-46")
async def test_from_everything(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second, third, fourth = await tenant.campaigns(4)
    [lead] = await joined(tenant, first, ANN)
    for campaign in (second, third):
        await joined(tenant, campaign, ANN)
    await put(api, second, lead, "IN_PROGRESS")
    await put(api, third, lead, "UNSUBSCRIBED")
    for _ in range(2):
        answer = await api.post(f"/leads/{lead}/unsubscribe")
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    for campaign in (first, second, third):
        assert await listed(api, campaign, status="UNSUBSCRIBED") == [ANN]
    assert (await events(api, first, lead))[:-1] == [
        moved("NOT_CONTACTED", "UNSUBSCRIBED", source="lead")
    ]
    assert (await events(api, second, lead))[:-2] == [
        moved("IN_PROGRESS", "UNSUBSCRIBED", source="lead")
    ]
    assert (await events(api, third, lead))[:-1] == [moved("NOT_CONTACTED", "UNSUBSCRIBED")]
    entry = {"entry": ANN, "campaign_id": None, "source": "lead", "protected": True}
    assert entry in await suppressed(tenant, "unsubscribes")
    batch = await tenant.add(fourth, ANN, duplicate_scope="campaign")
    assert (batch["added_count"], batch["unsubscribed_leads"]) == (0, 1)
    back = await api.post(f"/campaigns/{first}/leads/{lead}/status", json={"status": "REVIEWED"})
    assert (back.status_code, back.json()["code"]) == (409, "still_suppressed")
    lifted = await api.request("DELETE", "/unsubscribes", json={"emails": [ANN]})
    assert lifted.status_code == 409


async def test_who_opted_out_stays_so(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    [lead] = await joined(tenant, first, ANN)
    await joined(tenant, second, ANN)
    await put(api, first, lead, "DO_NOT_CONTACT")
    assert (await api.post(f"/leads/{lead}/unsubscribe")).status_code == 200
    assert await status_of(api, first, lead) == "DO_NOT_CONTACT"
    assert await status_of(api, second, lead) == "UNSUBSCRIBED"


async def test_somebody_in_no_campaign(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, ANN)
    await api.delete(f"/campaigns/{campaign}/leads/{lead}")
    assert (await api.post(f"/leads/{lead}/unsubscribe")).status_code == 200
    batch = await tenant.add(campaign, ANN)
    assert batch["unsubscribed_leads"] == 1


async def test_somebody_elses_lead(api: httpx.AsyncClient, other: Tenant) -> None:
    campaign = await other.campaign()
    [lead] = await joined(other, campaign, ANN)
    for path, code in (
        (f"/leads/{lead}/unsubscribe", "lead_not_found"),
        (f"/campaigns/{campaign}/leads/{lead}/unsubscribe", "campaign_not_found"),
    ):
        answer = await api.post(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert await suppressed(other, "unsubscribes") == []
