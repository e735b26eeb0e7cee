import asyncio
from typing import Any

import pytest

from app.campaigns.errors import CampaignNotFound
from app.campaigns.repository import CampaignRepository
from app.kit.resources import Resources
from app.values import CampaignId, WorkspaceId
from tests.client import Tenant
from tests.make import batch


async def delete(tenant: Tenant, campaign: int, body: Any = None) -> tuple[int, dict[str, Any]]:
    answer = (
        await tenant.api.delete(f"/campaigns/{campaign}")
        if body is None
        else await tenant.api.request("DELETE", f"/campaigns/{campaign}", json=body)
    )
    answered: dict[str, Any] = answer.json()
    return answer.status_code, answered


async def deleted(tenant: Tenant, campaign: int, body: Any = None) -> int:
    """Gives the id of the job that removes the rows."""
    status, answered = await delete(tenant, campaign, body)
    job_id: int = answered["job_id"]
    assert (status, answered) == (200, {"ok": True, "job_id": job_id})
    return job_id


async def test_a_deleted_campaign_vanishes_at_once_from_every_answer(tenant: Tenant) -> None:
    campaign, kept = await tenant.campaigns(2)
    await tenant.add(campaign, "ann@example.com")
    await deleted(tenant, campaign)
    status, again = await delete(tenant, campaign)
    assert (status, again["code"]) == (404, "campaign_not_found")
    path = f"/campaigns/{campaign}"
    calls: list[tuple[str, str, Any]] = [
        ("GET", path, None),
        ("PATCH", path, {"name": "Still here"}),
        ("POST", path, {"timezone": "UTC"}),
        ("POST", f"{path}/status", {"status": "START"}),
        ("POST", f"{path}/settings", {"name": "Still here"}),
        ("POST", f"{path}/schedule", {"timezone": "UTC"}),
        ("GET", f"{path}/sequences", None),
        ("POST", f"{path}/sequences", {"sequences": []}),
        ("POST", f"{path}/archive", None),
        ("POST", f"{path}/unarchive", None),
        ("POST", f"{path}/duplicate", None),
        ("POST", f"{path}/leads", batch("bob@example.com")),
    ]
    for method, where, body in calls:
        answer = await tenant.api.request(method, where, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found"), where
    everything = await tenant.api.get("/campaigns", params={"include_archived": "true"})
    assert [shown["id"] for shown in everything.json()] == [kept]


async def test_its_people_may_enter_other_campaigns_at_once(tenant: Tenant) -> None:
    campaign, next_one = await tenant.campaigns(2)
    await tenant.add(campaign, "ann@example.com")
    refused = await tenant.add(next_one, "ann@example.com", duplicate_scope="workspace")
    assert refused["added_count"] == 0
    await delete(tenant, campaign)
    answer = await tenant.add(next_one, "ann@example.com", duplicate_scope="workspace")
    assert answer["added_count"] == 1


@pytest.mark.parametrize("body", [{}, {"confirm_name": None}, {"confirm_name": ""}])
async def test_a_body_without_a_name_confirms_nothing_and_needs_not(
    tenant: Tenant, body: dict[str, Any]
) -> None:
    await deleted(tenant, await tenant.campaign(), body)


async def test_a_name_must_be_the_campaigns(tenant: Tenant) -> None:
    campaign = await tenant.campaign("Spring")
    status, refusal = await delete(tenant, campaign, {"confirm_name": "Autumn"})
    assert (status, refusal["code"]) == (409, "name_mismatch")
    assert (await tenant.api.get(f"/campaigns/{campaign}")).status_code == 200
    await deleted(tenant, campaign, {"confirm_name": "Spring"})


@pytest.mark.parametrize("body", [None, {}, {"confirm_name": ""}])
async def test_a_workspace_may_require_a_confirmation(tenant: Tenant, body: Any) -> None:
    await tenant.policy(confirm_deletes=True)
    campaign = await tenant.campaign("Spring")
    status, refusal = await delete(tenant, campaign, body)
    assert (status, refusal["code"]) == (409, "confirmation_required")
    await deleted(tenant, campaign, {"confirm_name": "Spring"})


async def test_another_workspaces_campaign(tenant: Tenant, other: Tenant) -> None:
    campaign = await tenant.campaign()
    status, _ = await delete(other, campaign)
    assert status == 404
    assert (await tenant.api.get(f"/campaigns/{campaign}")).status_code == 200


async def test_the_audit_log_says_who_deleted_it(tenant: Tenant) -> None:
    campaign = await tenant.campaign("Spring")
    await delete(tenant, campaign)
    entry = (await tenant.api.get("/audit")).json()["data"][0]
    assert (entry["action"], entry["target"]) == ("campaign.deleted", f"campaign:{campaign}")
    assert entry["before"] == {"name": "Spring"}


async def test_a_deletion_waits_for_whoever_has_entered_and_nobody_enters_after_it(
    tenant: Tenant, resources: Resources
) -> None:
    campaign = CampaignId(await tenant.campaign())
    workspace = WorkspaceId(tenant.id)
    async with resources.database.transaction() as tx:
        await CampaignRepository(tx, workspace).enter(campaign)
        deletion = asyncio.create_task(deleted(tenant, campaign))
        await asyncio.sleep(0.2)
        assert not deletion.done()
        status = await tenant.api.post(f"/campaigns/{campaign}/status", json={"status": "START"})
        assert status.status_code == 200
    await deletion
    async with resources.database.transaction() as tx:
        with pytest.raises(CampaignNotFound):
            await CampaignRepository(tx, workspace).enter(campaign)
