"""GET /leads?email=, GET /leads/{l}, GET /leads/{l}/campaigns."""

import httpx
import pytest

from tests.client import Tenant
from tests.leads.people import joined, put


@pytest.mark.seed("LL-61", "SL-24")
async def test_where_somebody_is(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    [lead] = await joined(tenant, first, {"email": "ann@example.com", "first_name": "Ann"})
    await joined(tenant, second, "ann@example.com")
    await put(api, second, lead, "COMPLETED")
    answer = await api.get("/leads/", params={"email": "  ANN@Example.com"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["id"], body["email"], body["first_name"]) == (lead, "ann@example.com", "Ann")
    assert body["created_at"]
    maps = [there.pop("campaign_lead_map_id") for there in body["lead_campaign_data"]]
    assert maps == sorted(set(maps))
    imports = [there.pop("import_id") for there in body["lead_campaign_data"]]
    assert imports == sorted(set(imports))
    assert body["lead_campaign_data"] == [
        {
            "campaign_id": first,
            "campaign_name": "Campaign 1",
            "client_id": None,
            "client_email": None,
            "lead_category_id": None,
            "status": "NOT_CONTACTED",
            "import_row": 1,
        },
        {
            "campaign_id": second,
            "campaign_name": "Campaign 2",
            "client_id": None,
            "client_email": None,
            "lead_category_id": None,
            "status": "COMPLETED",
            "import_row": 1,
        },
    ]
    by_id = await api.get(f"/leads/{lead}")
    assert by_id.json() == (await api.get("/leads", params={"email": "ann@example.com"})).json()


@pytest.mark.parametrize("email", ["nobody@example.com", "no address", ""])
async def test_nobody(api: httpx.AsyncClient, email: str) -> None:
    answer = await api.get("/leads", params={"email": email})
    assert (answer.status_code, answer.json()) == (200, {})


async def test_somebody_of_another_workspace(api: httpx.AsyncClient, other: Tenant) -> None:
    [lead] = await joined(other, await other.campaign(), "ann@example.com")
    assert (await api.get("/leads", params={"email": "ann@example.com"})).json() == {}
    for path in (f"/leads/{lead}", f"/leads/{lead}/campaigns"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "lead_not_found")


@pytest.mark.seed("SL-24")
async def test_campaigns_of_a_lead(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaigns = await tenant.campaigns(3)
    for campaign in campaigns:
        [lead] = await joined(tenant, campaign, "ann@example.com")
    await put(api, campaigns[1], lead, "PAUSED")
    answer = await api.get(f"/leads/{lead}/campaigns")
    assert answer.status_code == 200
    assert "link" not in answer.headers
    shown = answer.json()
    assert [{k: v for k, v in row.items() if k != "campaign_lead_map_id"} for row in shown] == [
        {"id": c, "status": "DRAFTED", "name": f"Campaign {n}", "lead_status": status}
        for c, n, status in zip(
            campaigns, (1, 2, 3), ("NOT_CONTACTED", "PAUSED", "NOT_CONTACTED"), strict=True
        )
    ]
    first = await api.get(f"/leads/{lead}/campaigns", params={"limit": 2})
    rest = await api.get(
        f"/leads/{lead}/campaigns", params={"cursor": first.headers["X-Next-Cursor"]}
    )
    assert first.json() + rest.json() == shown


async def test_deleted_campaigns_take_no_place_on_a_page(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    gone, *there = await tenant.campaigns(3)
    for campaign in (gone, *there):
        [lead] = await joined(tenant, campaign, "ann@example.com")
    assert (await api.delete(f"/campaigns/{gone}")).status_code == 200
    path, pages = f"/leads/{lead}/campaigns?limit=1", []
    while path:
        answer = await api.get(path)
        pages.append([row["id"] for row in answer.json()])
        path = answer.links.get("next", {}).get("url", "")
    assert pages == [[there[0]], [there[1]]]


@pytest.mark.parametrize("lead", ["0", "9223372036854775808"])
async def test_no_id(api: httpx.AsyncClient, lead: str) -> None:
    answer = await api.get(f"/leads/{lead}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_categories(api: httpx.AsyncClient) -> None:
    answer = await api.get("/leads/fetch-categories")
    assert answer.status_code == 200
    assert [(row["id"], row["name"]) for row in answer.json()] == [
        (1, "Interested"),
        (2, "Meeting Request"),
        (3, "Not Interested"),
        (4, "Do Not Contact"),
        (5, "Information Request"),
        (6, "Out Of Office"),
        (7, "Wrong Person"),
        (8, "Uncategorizable by Ai"),
        (9, "Sender Originated Bounce"),
    ]
    assert set(answer.json()[0]) == {"id", "created_at", "name", "sentiment_type"}
