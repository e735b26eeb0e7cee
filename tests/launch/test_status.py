from typing import Any

import pytest

from app.kit.resources import Resources
from app.launch.repository import LaunchRepository
from app.values import CampaignId, LeadStatus, WorkspaceId
from tests.client import Tenant

WARNING = {
    "code": "active_elsewhere",
    "detail": "1 person of this campaign is active in other campaigns.",
    "people": 1,
    "is_exact": True,
}


async def start(tenant: Tenant, campaign: int) -> list[dict[str, Any]]:
    """What is told of people who are active elsewhere."""
    answer = await tenant.api.post(f"/campaigns/{campaign}/status", json={"status": "START"})
    assert answer.status_code == 200, answer.text
    return [one for one in answer.json().get("warnings", []) if one["code"] == WARNING["code"]]


async def shared(tenant: Tenant, **fields: Any) -> tuple[int, int]:
    """Two campaigns that both have Ann; the first has the fields, the second is a draft."""
    first, second = await tenant.campaign(**fields), await tenant.campaign()
    for campaign in (first, second):
        await tenant.add(campaign, "ann@example.com", duplicate_scope="campaign")
    await tenant.add(second, "bob@example.com")
    return first, second


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_the_status_is_set_and_again(tenant: Tenant, method: str) -> None:
    campaign = await tenant.campaign()
    for word, status in [("START", "ACTIVE"), ("pause", "PAUSED"), ("STOPPED", "STOPPED")]:
        for _ in range(2):
            answer = await tenant.api.request(
                method, f"/campaigns/{campaign}/status", json={"status": word}
            )
            assert (answer.status_code, answer.json()) == (200, {"ok": True})
        assert (await tenant.api.get(f"/campaigns/{campaign}")).json()["status"] == status


@pytest.mark.parametrize("body", [{"status": "DRAFTED"}, {"status": None}, {"status": 1}, {}])
async def test_a_word_that_is_no_status(tenant: Tenant, body: dict[str, Any]) -> None:
    campaign = await tenant.campaign()
    answer = await tenant.api.post(f"/campaigns/{campaign}/status", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/status"


async def test_a_holding_campaign_is_never_started(tenant: Tenant) -> None:
    campaign = await tenant.campaign(holding=True)
    answer = await tenant.api.post(f"/campaigns/{campaign}/status", json={"status": "START"})
    assert (answer.status_code, answer.json()["code"]) == (409, "holding_campaign")
    assert (await tenant.api.get(f"/campaigns/{campaign}")).json()["status"] == "DRAFTED"


async def test_another_workspaces_campaign(tenant: Tenant, other: Tenant) -> None:
    campaign = await tenant.campaign()
    answer = await other.api.post(f"/campaigns/{campaign}/status", json={"status": "START"})
    assert answer.status_code == 404
    assert (await tenant.api.get(f"/campaigns/{campaign}")).json()["status"] == "DRAFTED"


@pytest.mark.parametrize("status", ["START", "PAUSED"])
async def test_a_start_tells_who_is_active_elsewhere(tenant: Tenant, status: str) -> None:
    _, second = await shared(tenant, status=status)
    for _ in range(2):
        assert await start(tenant, second) == [WARNING]
    paused = await tenant.api.post(f"/campaigns/{second}/status", json={"status": "PAUSED"})
    assert paused.json() == {"ok": True}


async def test_whatever_makes_people_active_tells_who_is_elsewhere(tenant: Tenant) -> None:
    _, second = await shared(tenant, status="START")
    path = f"/campaigns/{second}"

    async def warnings(method: str, action: str, **body: Any) -> Any:
        answer = await tenant.api.request(method, path + action, json=body or None)
        assert answer.status_code == 200, answer.text
        return answer.json().get("warnings")

    assert await warnings("POST", "/status", status="PAUSED") == [WARNING]
    assert await warnings("POST", "/status", status="PAUSED") is None
    assert await warnings("POST", "/status", status="STOPPED") is None
    assert await warnings("POST", "/status", status="PAUSED") == [WARNING]
    await warnings("POST", "/archive")
    assert await warnings("POST", "/unarchive") == [WARNING]
    assert await warnings("PATCH", "", holding=True) is None
    assert await warnings("PATCH", "", holding=False) == [WARNING]
    assert await warnings("PATCH", "", holding=False, name="New") is None


async def test_a_draft_wakes_only_whom_it_had_begun_with(tenant: Tenant) -> None:
    """Who is not contacted is active in a campaign that was started, not in a draft."""
    _, second = await shared(tenant, status="START")
    path = f"/campaigns/{second}"
    [ann, _] = (await tenant.api.get(f"{path}/leads")).json()["data"]
    status = f"{path}/leads/{ann['lead']['id']}/status"
    for word, told in (("NOT_CONTACTED", None), ("SCHEDULED", [WARNING])):
        assert (await tenant.api.post(status, json={"status": word})).status_code == 200
        await tenant.api.post(f"{path}/archive")
        answer = await tenant.api.post(f"{path}/unarchive")
        assert answer.json().get("warnings") == told


@pytest.mark.parametrize("fields", [{}, {"status": "STOPPED"}, {"holding": True}])
async def test_who_only_waits_or_has_ended_elsewhere_is_not_told(
    tenant: Tenant, fields: dict[str, Any]
) -> None:
    _, second = await shared(tenant, **fields)
    assert await start(tenant, second) == []


async def test_archived_and_deleted_campaigns_make_nobody_active(tenant: Tenant) -> None:
    first, second = await shared(tenant, status="START")
    await tenant.api.post(f"/campaigns/{first}/archive")
    assert await start(tenant, second) == []
    await tenant.api.post(f"/campaigns/{first}/unarchive")
    assert await start(tenant, second) == [WARNING]
    await tenant.api.delete(f"/campaigns/{first}")
    assert await start(tenant, second) == []


@pytest.mark.parametrize("status", [status.value for status in LeadStatus])
async def test_active_means_what_the_gate_means(
    tenant: Tenant, resources: Resources, status: str
) -> None:
    first, second = await shared(tenant, status="START")
    await resources.database.fetch(
        "update campaign_leads set status = $3 where workspace_id = $1 and campaign_id = $2",
        tenant.id,
        first,
        status,
    )
    active = {"NOT_CONTACTED", "REVIEWED", "SCHEDULED", "IN_PROGRESS", "PAUSED"}
    assert bool(await start(tenant, second)) == (status in active)


async def test_within_a_client_only_its_own_campaigns_count(tenant: Tenant) -> None:
    _, second = await shared(tenant, status="START", client_id=1)
    await tenant.policy(boundary="client")
    assert await start(tenant, second) == []
    await tenant.api.patch(f"/campaigns/{second}", json={"client_id": 1})
    assert await start(tenant, second) == [WARNING]


async def test_a_campaign_with_more_members_than_are_looked_at_says_so(
    tenant: Tenant, resources: Resources
) -> None:
    _, second = await shared(tenant, status="START")
    async with resources.database.transaction() as tx:
        overlap = await LaunchRepository(tx, WorkspaceId(tenant.id)).active_elsewhere(
            CampaignId(second), list(LeadStatus), within_client=False, client_id=None, limit=1
        )
    assert (overlap.looked_at, overlap.is_exact) == (1, False)
