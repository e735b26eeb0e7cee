"""DELETE /campaigns/{c}/leads/{l}."""

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.leads.people import events, joined, listed, put

ANN = "ann@example.com"


@pytest.mark.seed("AA-04", "AA-09")
async def test_the_membership_goes_and_history_stays(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    first, second = await tenant.campaigns(2)
    ann, _ = await joined(tenant, first, ANN, "bob@example.com")
    await joined(tenant, second, ANN)
    await put(api, first, ann, "REPLIED")
    path = f"/campaigns/{first}/leads/{ann}"
    answer = await api.delete(path)
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "message": "success"})
    again = await api.delete(path)
    assert again.status_code == 404
    assert again.json()["error"] == "Lead not found - Invalid lead_id."
    assert await listed(api, first) == ["bob@example.com"]
    assert await listed(api, second) == [ANN]
    assert [event["type"] for event in await events(api, first, ann)] == [
        "deleted",
        "status_changed",
        "imported",
    ]
    assert [event["type"] for event in await events(api, second, ann)] == ["imported"]
    async with resources.database.transaction() as tx:
        [stone] = await tx.rows(
            "select email, campaign_id, contacted_at, replied_at, deleted_at from tombstones"
            " where workspace_id = $1",
            tenant.id,
        )
    assert (stone["email"], stone["campaign_id"]) == (ANN, first)
    assert stone["contacted_at"] == stone["replied_at"] < stone["deleted_at"]


@pytest.mark.seed("LL-65")
async def test_who_was_removed_can_be_imported_elsewhere(tenant: Tenant) -> None:
    busy, wanted = await tenant.campaigns(2)
    [lead] = await joined(tenant, busy, ANN)
    await put(tenant.api, busy, lead, "IN_PROGRESS")
    stopped = await tenant.add(wanted, ANN, duplicate_scope="active")
    [row] = stopped["skipped_leads"]
    assert row["code"] == "in_progress_in_other_campaign"
    assert row["conflict"]["campaign_id"] == busy
    assert (await tenant.api.delete(f"/campaigns/{busy}/leads/{lead}")).status_code == 200
    entered = await tenant.add(wanted, ANN, duplicate_scope="active")
    assert entered["added_count"] == 1


async def test_who_comes_back_begins_anew(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, ANN)
    await put(api, campaign, lead, "COMPLETED")
    await api.delete(f"/campaigns/{campaign}/leads/{lead}")
    assert await joined(tenant, campaign, ANN) == [lead]
    assert await listed(api, campaign, status="NOT_CONTACTED") == [ANN]
    assert await listed(api, campaign, status="COMPLETED") == []
    assert [event["type"] for event in await events(api, campaign, lead)] == [
        "imported",
        "deleted",
        "status_changed",
        "imported",
    ]


async def test_it_is_audited(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, ANN)
    await api.delete(f"/campaigns/{campaign}/leads/{lead}")
    lines = (await api.get("/audit")).json()["data"]
    [line] = [line for line in lines if line["action"] == "lead.removed"]
    assert line["target"] == f"lead:{lead}"
    assert line["before"] == {"campaign_id": campaign, "status": "NOT_CONTACTED"}


async def test_somebody_elses_lead(api: httpx.AsyncClient, other: Tenant) -> None:
    campaign = await other.campaign()
    [lead] = await joined(other, campaign, ANN)
    answer = await api.delete(f"/campaigns/{campaign}/leads/{lead}")
    assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")
    assert await listed(other.api, campaign) == [ANN]
