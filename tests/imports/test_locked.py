"""A workspace in which nobody may be written to twice, whatever a request says."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import campaigns_of, codes, counted, key, refusal, shown
from tests.leads.people import joined, put
from tests.make import batch, people

ANN = "ann@example.com"
ELSEWHERE = "duplicate_in_other_campaign"


def duplicate_found(email: str) -> str:
    return (
        f"Duplicate email found: {email}. This lead already exists and cannot be added again"
        " to prevent repeated outreach."
    )


@pytest.fixture
async def locked(tenant: Tenant) -> Tenant:
    answer = await tenant.api.put("/workspace/preset", json={"preset": "ai_acquisition"})
    assert answer.status_code == 200
    return tenant


@pytest.mark.seed("AA-01", "AA-06", "AA-11", "AA-12", "AA-13", "AA-14", "AA-15", "AA-21")
async def test_somebody_is_of_one_campaign_only(api: httpx.AsyncClient, locked: Tenant) -> None:
    """The others of the batch go in; the one who is known stays where they were first."""
    first, second = await locked.campaigns(2)
    [ann] = await joined(locked, first, ANN)
    answer = await locked.add(second, "  Ann@EXAMPLE.com ", "bob@example.com")
    assert counted(answer) == {
        "upload_count": 2,
        "total_leads": 1,
        "added_count": 1,
        "skipped_count": 1,
        "duplicate_count": 1,
    }
    row = refusal(answer)
    assert (row["code"], row["reason"]) == (ELSEWHERE, duplicate_found(ANN))
    assert (row["conflict"]["campaign_id"], row["override"]) == (first, None)
    assert await campaigns_of(locked, ANN) == [first]
    listed = await shown(api, f"/campaigns/{second}/leads")
    assert [lead["email"] for lead in listed["data"]] == ["bob@example.com"]
    assert [there["id"] for there in await shown(api, f"/leads/{ann}/campaigns")] == [first]
    [done] = (await shown(api, "/imports", campaign_id=second))["data"]
    assert done["groups"]["duplicates"] == done["by_code"][ELSEWHERE] == 1


@pytest.mark.seed("AA-12", "AA-19")
@pytest.mark.parametrize(
    "looser",
    [
        {"ignore_duplicate_leads_in_other_campaign": True},
        {"duplicate_scope": "campaign"},
        {"duplicate_scope": "active"},
        {"mode": "create_and_update", "duplicate_scope": "campaign"},
        {"ignore_global_block_list": True, "ignore_recent_contact": True},
    ],
)
async def test_nothing_in_a_request_overrides_it(locked: Tenant, looser: dict[str, Any]) -> None:
    first, second = await locked.campaigns(2)
    [ann] = await joined(locked, first, ANN)
    await put(locked.api, first, ann, "COMPLETED")
    answer = await locked.add(second, ANN, **looser)
    assert codes(answer) == {ANN: ELSEWHERE}
    assert answer["applied_scope"] == "workspace"
    assert answer["warnings"][0]["send_instead"] is None


@pytest.mark.seed("AA-19", "LL-72")
async def test_only_an_admin_unlocks(api: httpx.AsyncClient, locked: Tenant) -> None:
    """Everybody uses the same setting: neither a request nor the default of a key is looser."""
    first, second = await locked.campaigns(2)
    await joined(locked, first, ANN)
    headers = await key(locked, defaults={"duplicate_scope": "campaign"})
    path = f"/campaigns/{second}/leads"
    answer = await api.post(path, json=batch(ANN), headers=headers)
    assert (codes(answer.json()), answer.json()["applied_scope"]) == ({ANN: ELSEWHERE}, "workspace")
    answer = await api.patch("/workspace", json={"floor": "campaign"}, headers=headers)
    assert answer.status_code == 403
    answer = await api.patch("/workspace", json={"floor": "campaign"})
    assert answer.status_code == 200
    assert (await api.post(path, json=batch(ANN), headers=headers)).json()["added_count"] == 1


@pytest.mark.seed("LL-72")
async def test_the_default_of_the_workspace_is_everybodys(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    await tenant.policy(default_scope="active", floor="active")
    first = await tenant.campaign("A", status="START")
    second = await tenant.campaign("B")
    await joined(tenant, second, ANN)
    for _ in range(2):
        headers = await key(tenant)
        body = (
            await api.post(
                f"/campaigns/{first}/leads", json=batch(ANN, dry_run=True), headers=headers
            )
        ).json()
        assert (body["applied_scope"], body["added_count"]) == ("active", 1)
    await api.post(f"/campaigns/{second}/status", json={"status": "START"})
    loose = await tenant.add(first, ANN, duplicate_scope="campaign")
    assert (loose["applied_scope"], refusal(loose)["override"]) == ("active", None)
    assert "the floor" in loose["warnings"][0]["detail"]


@pytest.mark.seed("AA-03", "AA-17")
async def test_scraped_leads_come_the_same_way(api: httpx.AsyncClient, locked: Tenant) -> None:
    scraped = await locked.campaign("Scraped", lead_source="ai_scraped")
    again = await locked.campaign("Scraped too", lead_source="ai_scraped")
    manual = await locked.campaign("By hand")
    assert (await locked.add(scraped, *people(3), source="ai_scraped"))["added_count"] == 3
    for campaign in (again, manual):
        answer = await locked.add(campaign, *people(3), source="ai_scraped")
        assert set(codes(answer).values()) == {ELSEWHERE}
        assert len(codes(answer)) == 3
    listed = await shown(api, f"/campaigns/{scraped}/leads")
    assert [row["source"] for row in listed["data"]] == ["ai_scraped"] * 3


@pytest.mark.seed("AA-20", "AA-23")
async def test_the_same_list_in_a_new_campaign(api: httpx.AsyncClient, locked: Tenant) -> None:
    """Nobody is created, everybody is told of, and no count of the new campaign moves."""
    first, second = await locked.campaigns(2)
    assert (await locked.add(first, *people(5)))["added_count"] == 5
    answer = await locked.add(second, *people(5))
    assert counted(answer) == {"upload_count": 5, "skipped_count": 5, "duplicate_count": 5}
    assert [row["reason"] for row in answer["skipped_leads"]] == [
        duplicate_found(lead["email"]) for lead in people(5)
    ]
    assert (await shown(api, f"/campaigns/{second}/leads"))["total_leads"] == "0"
    activity = await shown(api, "/campaigns/all-leads-activities", campaign_id=second)
    assert activity["data"] == []


@pytest.mark.seed("AA-24")
async def test_without_any_setting_up(tenant: Tenant) -> None:
    """A new workspace does not write to anybody twice; that is not locked, but it is there."""
    first, second = await tenant.campaigns(2)
    await tenant.add(first, ANN)
    assert codes(await tenant.add(second, ANN, "new@example.com")) == {ANN: ELSEWHERE}


@pytest.mark.parametrize("contacted", [True, False])
async def test_delete_and_add_again_does_not_defeat_the_lock(
    api: httpx.AsyncClient, locked: Tenant, contacted: bool
) -> None:
    first, second = await locked.campaigns(2)
    [ann] = await joined(locked, first, ANN)
    if contacted:
        await put(api, first, ann, "IN_PROGRESS")
    assert (await api.delete(f"/campaigns/{first}/leads/{ann}")).status_code == 200
    for campaign in (first, second):
        answer = await locked.add(campaign, ANN, dry_run=True)
        assert codes(answer) == ({ANN: ELSEWHERE} if contacted else {})
        if contacted:
            row = refusal(answer)
            assert row["reason"] == duplicate_found(ANN)
            assert row["conflict"] == {
                "campaign_id": first,
                "campaign_name": "Campaign 1",
                "status": None,
                "lead_id": ann,
                "tags": [],
                "others": 0,
            }
    assert (await locked.add(second, ANN))["added_count"] == (0 if contacted else 1)
