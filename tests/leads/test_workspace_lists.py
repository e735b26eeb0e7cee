"""GET /leads/all and GET /leads/global-leads."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.leads.people import joined, put
from tests.make import people


async def everybody(api: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await api.get("/leads/all", params=params)
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert data["totalCount"] == len(data["leads"])
    return [lead["email"] for lead in data["leads"]]


async def test_all_leads_page_by_page(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    ids = await joined(tenant, campaign, *people(5))
    first = (await api.get("/leads/all", params={"limit": 2})).json()
    assert first["ok"] is True
    assert [lead["id"] for lead in first["data"]["leads"]] == ids[:2]
    assert {name: first["data"][name] for name in ("lastSeenLeadId", "totalCount")} == {
        "lastSeenLeadId": ids[1],
        "totalCount": 5,
    }
    for params in ({"lastSeenLeadId": ids[1]}, {"cursor": first["next_cursor"]}):
        rest = (await api.get("/leads/all", params=params)).json()
        assert [lead["id"] for lead in rest["data"]["leads"]] == ids[2:]
        assert rest["next_cursor"] is None
    [there] = first["data"]["leads"][0]["lead_campaign_data"]
    assert there["campaign_id"] == campaign
    beyond = (await api.get("/leads/all", params={"lastSeenLeadId": ids[-1]})).json()
    assert beyond["data"]["leads"] == []
    assert beyond["data"]["lastSeenLeadId"] is None


async def test_filters_of_all_leads(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    ann, _ = await joined(tenant, first, "ann@example.com", "bob@example.com")
    await joined(tenant, second, "ann@example.com", "cid@example.com")
    await put(api, first, ann, "REPLIED")
    a, b, c = "ann@example.com", "bob@example.com", "cid@example.com"
    assert await everybody(api) == [a, b, c]
    assert await everybody(api, campaignId=second) == [a, c]
    assert await everybody(api, campaignId="") == [a, b, c]
    assert await everybody(api, status="REPLIED") == [a]
    assert await everybody(api, status="REPLIED", campaignId=second) == []
    assert await everybody(api, emailStatus="is_replied") == [a]
    assert await everybody(api, emailStatus="not_replied", campaignId=first) == [b]
    assert await everybody(api, leadEmail="BOB@example.com") == [b]
    assert await everybody(api, leadEmail="nobody") == []
    assert await everybody(api, listId="") == [a, b, c]


async def test_somebody_in_no_campaign_is_still_a_lead(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await api.delete(f"/campaigns/{campaign}/leads/{lead}")
    assert await everybody(api) == ["ann@example.com"]
    assert await everybody(api, status="NOT_CONTACTED") == []


async def test_global_leads(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    [ann] = await joined(tenant, first, "ann@example.com")
    await joined(tenant, second, "ann@example.com", "bob@example.com")
    await put(api, second, ann, "PAUSED")
    answer = await api.get("/leads/global-leads", params={"limit": 1})
    assert answer.status_code == 200
    body = answer.json()
    [lead] = body["data"]
    assert (body["skip"], body["limit"], body["hasMore"]) == (0, 1, True)
    assert (lead["id"], lead["email"]) == (ann, "ann@example.com")
    for there in lead["campaigns"]:
        assert there.pop("lead_added_at")
        assert there.pop("email_lead_map_id")
    assert lead["campaigns"] == [
        {
            "campaign_id": campaign,
            "lead_status": status,
            "campaign_name": name,
            "campaign_status": "DRAFTED",
            "lead_last_seq_number": 0,
        }
        for campaign, name, status in (
            (first, "Campaign 1", "NOT_CONTACTED"),
            (second, "Campaign 2", "PAUSED"),
        )
    ]
    for params in ({"offset": 1}, {"cursor": body["next_cursor"]}):
        rest = (await api.get("/leads/global-leads", params=params)).json()
        assert [lead["email"] for lead in rest["data"]] == ["bob@example.com"]
        assert rest["hasMore"] is False
    for params, found in (
        ({"email": "BOB@example.com"}, 1),
        ({"created_at_gt": "2020-01-01"}, 2),
        ({"created_at_gt": "2999-01-01"}, 0),
    ):
        rows = (await api.get("/leads/global-leads", params=params)).json()["data"]
        assert len(rows) == found, params


async def test_another_workspace_is_another_world(
    api: httpx.AsyncClient, tenant: Tenant, other: Tenant
) -> None:
    theirs = await other.campaign()
    await joined(other, theirs, "ann@example.com")
    await joined(tenant, await tenant.campaign(), "bob@example.com")
    assert await everybody(api) == ["bob@example.com"]
    [lead] = (await api.get("/leads/global-leads")).json()["data"]
    assert lead["email"] == "bob@example.com"
    answer = await api.get("/leads/all", params={"campaignId": theirs})
    assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")


async def test_there_are_no_lead_lists(api: httpx.AsyncClient) -> None:
    answer = await api.get("/leads/all", params={"listId": 1})
    assert (answer.status_code, answer.json()["code"]) == (404, "lead_list_not_found")


@pytest.mark.seed("AA-04", "AA-05")
async def test_the_list_can_be_switched_off(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@example.com")
    await tenant.policy(workspace_lead_list=False)
    for path in ("/leads/all", "/leads/global-leads"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "workspace_lead_list_off")
    inside = await api.get(f"/campaigns/{campaign}/leads")
    assert inside.json()["total_leads"] == "1"
