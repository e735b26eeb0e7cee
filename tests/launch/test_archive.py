import pytest

from tests.client import Tenant


@pytest.mark.seed("LH-40")
@pytest.mark.parametrize("status", [None, "START", "PAUSED", "STOPPED", "COMPLETED"])
async def test_a_campaign_is_archived_and_back_in_any_status(
    tenant: Tenant, status: str | None
) -> None:
    campaign = await tenant.campaign(status=status)
    before = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    for _ in range(2):
        answer = await tenant.api.post(f"/campaigns/{campaign}/archive")
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    archived = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert archived["archived_at"] is not None
    assert archived["status"] == before["status"]
    for _ in range(2):
        answer = await tenant.api.post(f"/campaigns/{campaign}/unarchive")
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    after = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert after == before | {"updated_at": after["updated_at"]}


async def test_archiving_again_keeps_the_time(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    times = []
    for _ in range(2):
        await tenant.api.post(f"/campaigns/{campaign}/archive")
        times.append((await tenant.api.get(f"/campaigns/{campaign}")).json()["archived_at"])
    assert times[0] == times[1]


async def test_bringing_back_a_campaign_that_sends_tells_who_is_active_elsewhere(
    tenant: Tenant,
) -> None:
    first, second = await tenant.campaigns(2)
    for campaign in (first, second):
        await tenant.api.post(f"/campaigns/{campaign}/status", json={"status": "START"})
        await tenant.add(campaign, "ann@example.com", duplicate_scope="campaign")
    await tenant.api.post(f"/campaigns/{first}/archive")
    answer = (await tenant.api.post(f"/campaigns/{first}/unarchive")).json()
    assert [warning["people"] for warning in answer["warnings"]] == [1]


@pytest.mark.parametrize("verb", ["archive", "unarchive"])
async def test_another_workspaces_campaign(tenant: Tenant, other: Tenant, verb: str) -> None:
    campaign = await tenant.campaign()
    assert (await other.api.post(f"/campaigns/{campaign}/{verb}")).status_code == 404
    assert (await tenant.api.get(f"/campaigns/{campaign}")).json()["archived_at"] is None
