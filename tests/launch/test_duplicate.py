from tests.client import Tenant


async def test_a_copy_has_the_settings_the_schedule_and_the_steps_but_no_leads(
    tenant: Tenant,
) -> None:
    campaign = await tenant.campaign(
        "Spring", client_id=7, lead_source="crm", holding=False, status="START"
    )
    path = f"/campaigns/{campaign}"
    await tenant.api.post(f"{path}/settings", json={"unsubscribe_text": "No more", "novel": [1]})
    await tenant.api.post(f"{path}/schedule", json={"timezone": "UTC", "start_hour": "09:00"})
    steps = {"sequences": [{"seq_number": 1, "subject": "Hello", "seq_variants": []}]}
    await tenant.api.post(f"{path}/sequences", json=steps)
    await tenant.add(campaign, "ann@example.com")

    answer = await tenant.api.post(f"{path}/duplicate")
    copy = answer.json()["newCampaignId"]
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "newCampaignId": copy})
    original = (await tenant.api.get(path)).json()
    copied = (await tenant.api.get(f"/campaigns/{copy}")).json()
    assert copied == original | {
        "id": copy,
        "name": "Spring (copy)",
        "status": "DRAFTED",
        "parent_campaign_id": campaign,
        "created_at": copied["created_at"],
        "updated_at": copied["updated_at"],
        "lead_counts": {"total": 0, "by_status": {}, "bounce_rate": None},
    }
    [step] = (await tenant.api.get(f"/campaigns/{copy}/sequences")).json()
    [source] = (await tenant.api.get(f"{path}/sequences")).json()
    own = ("id", "email_campaign_id", "created_at", "updated_at")
    assert step == source | {name: step[name] for name in own}
    assert step["id"] != source["id"]


async def test_a_second_copy_is_another_campaign(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    copies = [
        (await tenant.api.post(f"/campaigns/{campaign}/duplicate")).json()["newCampaignId"]
        for _ in range(2)
    ]
    assert len({campaign, *copies}) == 3


async def test_another_workspaces_campaign(tenant: Tenant, other: Tenant) -> None:
    campaign = await tenant.campaign()
    assert (await other.api.post(f"/campaigns/{campaign}/duplicate")).status_code == 404
    assert (await other.api.get("/campaigns")).json() == []
