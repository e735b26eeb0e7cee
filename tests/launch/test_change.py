from typing import Any

import httpx
import pytest

from tests.client import Tenant


async def test_a_campaign_is_shown_with_all_its_fields(tenant: Tenant) -> None:
    campaign = await tenant.campaign("Spring")
    answer = await tenant.api.get(f"/campaigns/{campaign}/")
    body = answer.json()
    assert answer.status_code == 200
    assert body == {
        "id": campaign,
        "user_id": body["user_id"],
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
        "status": "DRAFTED",
        "name": "Spring",
        "lead_source": "manual",
        "holding": False,
        "archived_at": None,
        "parent_campaign_id": None,
        "client_id": None,
        "tags": [],
        "scheduler_cron_value": None,
        "min_time_btwn_emails": None,
        "max_leads_per_day": None,
        "schedule_start_time": None,
        "track_settings": [],
        "stop_lead_settings": "REPLY_TO_AN_EMAIL",
        "unsubscribe_text": None,
        "follow_up_percentage": 100,
        "send_as_plain_text": False,
        "force_plain_text": False,
        "enable_ai_esp_matching": False,
        "auto_pause_domain_leads_on_reply": False,
        "ignore_ss_mailbox_sending_limit": False,
        "domain_level_rate_limit": False,
        "bounce_autopause_threshold": None,
        "ai_categorisation_options": [],
        "out_of_office_detection_settings": {},
        "lead_counts": {"total": 0, "by_status": {}, "bounce_rate": None},
    }


async def test_members_are_counted(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await tenant.add(campaign, "ann@example.com", "bob@example.com", "ann@example.com")
    shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    counted = {"total": 2, "by_status": {"NOT_CONTACTED": 2}, "bounce_rate": None}
    assert shown["lead_counts"] == counted


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"name": " Autumn "}, {"name": "Autumn"}),
        ({"lead_source": "crm"}, {"lead_source": "crm"}),
        ({"holding": True}, {"holding": True}),
        ({"client_id": "5"}, {"client_id": 5}),
        ({"client_id": None}, {"client_id": None}),
        ({}, {}),
    ],
)
async def test_what_is_named_changes_and_the_rest_stays(
    tenant: Tenant, changes: dict[str, Any], shown: dict[str, Any]
) -> None:
    campaign = await tenant.campaign("Spring", client_id=7)
    before = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    for _ in range(2):
        answer = await tenant.api.patch(f"/campaigns/{campaign}", json=changes)
        body = answer.json()
        assert answer.status_code == 200
        assert body == before | shown | {"updated_at": body["updated_at"]}
    assert (await tenant.api.get(f"/campaigns/{campaign}")).json() == body


@pytest.mark.seed("AA-25")
async def test_the_lead_type_can_be_changed(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await tenant.api.patch(f"/campaigns/{campaign}", json={"lead_source": "ai_scraped"})
    [listed] = (await tenant.api.get("/campaigns")).json()
    assert listed["lead_source"] == "ai_scraped"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"name": " "}, "/name"),
        ({"lead_source": "bought"}, "/lead_source"),
        ({"holding": None}, "/holding"),
        ({"client_id": 0}, "/client_id"),
        ({"status": "ACTIVE"}, "/status"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    tenant: Tenant, body: dict[str, Any], pointer: str
) -> None:
    campaign = await tenant.campaign()
    answer = await tenant.api.patch(f"/campaigns/{campaign}", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_campaign_that_sends_cannot_hold(tenant: Tenant) -> None:
    campaign = await tenant.campaign(status="START")
    answer = await tenant.api.patch(f"/campaigns/{campaign}", json={"holding": True})
    assert answer.status_code == 409
    assert answer.json()["code"] == "holding_campaign"
    assert (await tenant.api.get(f"/campaigns/{campaign}")).json()["holding"] is False


async def test_another_workspaces_campaign(tenant: Tenant, other: Tenant) -> None:
    campaign = await tenant.campaign("Spring")
    for answer in (
        await other.api.get(f"/campaigns/{campaign}"),
        await other.api.patch(f"/campaigns/{campaign}", json={"name": "Mine"}),
    ):
        assert answer.status_code == 404
        assert answer.json()["error"] == "Campaign not found - Invalid campaign_id."
    assert (await tenant.api.get(f"/campaigns/{campaign}")).json()["name"] == "Spring"


@pytest.mark.parametrize(
    ("campaign", "status"),
    [("9223372036854775807", 404), ("9223372036854775808", 422), ("0", 422), ("x", 404)],
)
async def test_an_id_of_nothing(api: httpx.AsyncClient, campaign: str, status: int) -> None:
    assert (await api.get(f"/campaigns/{campaign}")).status_code == status
