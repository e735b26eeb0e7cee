import httpx
import pytest

from tests.client import Tenant


def ids(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [campaign["id"] for campaign in answer.json()]


@pytest.mark.parametrize("path", ["/campaigns", "/campaigns/"])
async def test_the_newest_comes_first(tenant: Tenant, path: str) -> None:
    made = await tenant.campaigns(3)
    assert ids(await tenant.api.get(path)) == made[::-1]


async def test_another_workspace_sees_none_of_it(tenant: Tenant, other: Tenant) -> None:
    await tenant.campaign()
    assert (await other.api.get("/campaigns")).json() == []


async def test_a_row_is_the_campaign_as_it_is_shown_alone(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [row] = (await tenant.api.get("/campaigns", params={"include_tags": "true"})).json()
    alone = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    del alone["lead_counts"]
    assert row == alone


async def test_only_a_clients_campaigns(tenant: Tenant) -> None:
    await tenant.campaign()
    theirs = await tenant.campaign(client_id=7)
    assert ids(await tenant.api.get("/campaigns", params={"client_id": "7"})) == [theirs]
    assert len(ids(await tenant.api.get("/campaigns", params={"client_id": ""}))) == 2


@pytest.mark.seed("LH-41")
async def test_archived_campaigns_are_hidden_unless_asked_for(tenant: Tenant) -> None:
    archived, shown = await tenant.campaigns(2)
    await tenant.api.post(f"/campaigns/{archived}/archive")
    assert ids(await tenant.api.get("/campaigns")) == [shown]
    everything = await tenant.api.get("/campaigns", params={"include_archived": "true"})
    assert ids(everything) == [shown, archived]


async def test_pages_stay_right_while_campaigns_are_made(tenant: Tenant) -> None:
    first, second, third = await tenant.campaigns(3)
    page = await tenant.api.get("/campaigns", params={"limit": 2, "api_key": tenant.key})
    assert ids(page) == [third, second]
    await tenant.campaign()
    rest = await tenant.api.get(page.links["next"]["url"])
    assert ids(rest) == [first]
    assert "x-next-cursor" not in rest.headers
    assert tenant.key not in page.headers["link"]
    cursor = page.headers["x-next-cursor"]
    assert ids(await tenant.api.get("/campaigns", params={"cursor": cursor})) == [first]


@pytest.mark.parametrize(
    ("query", "status"),
    [("cursor=zzzzzzzzzzzz", 400), ("limit=0", 422), ("limit=1001", 422), ("client_id=x", 422)],
)
async def test_a_page_that_does_not_exist(api: httpx.AsyncClient, query: str, status: int) -> None:
    assert (await api.get(f"/campaigns?{query}")).status_code == status
