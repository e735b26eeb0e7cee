from typing import Any

import httpx
import pytest

from tests.client import Tenant

SCHEDULE = {
    "timezone": "America/Los_Angeles",
    "days_of_the_week": [1, 2, 3],
    "start_hour": "09:00",
    "end_hour": "17:00",
    "min_time_btw_emails": "10",
    "max_new_leads_per_day": 20,
    "schedule_start_time": "2026-12-01T10:00:00+02:00",
}


@pytest.mark.parametrize("path", ["/campaigns/{}/schedule", "/campaigns/{}", "/campaigns/{}/"])
async def test_the_schedule_is_shown_as_smartlead_does(tenant: Tenant, path: str) -> None:
    campaign = await tenant.campaign()
    answer = await tenant.api.post(path.format(campaign), json=SCHEDULE)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert shown["scheduler_cron_value"] == {
        "tz": "America/Los_Angeles",
        "days": [1, 2, 3],
        "startHour": "09:00",
        "endHour": "17:00",
    }
    assert shown["min_time_btwn_emails"] == 10
    assert shown["max_leads_per_day"] == 20
    assert shown["schedule_start_time"] == "2026-12-01T08:00:00Z"


async def test_what_is_not_named_stays(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    path = f"/campaigns/{campaign}/schedule"
    for schedule in (SCHEDULE, SCHEDULE, {"timezone": None, "end_hour": "18:00"}):
        assert (await tenant.api.post(path, json=schedule)).json() == {"ok": True}
    shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert shown["scheduler_cron_value"]["tz"] == "America/Los_Angeles"
    assert shown["scheduler_cron_value"]["endHour"] == "18:00"
    assert shown["schedule_start_time"] == "2026-12-01T08:00:00Z"


@pytest.mark.parametrize("cleared", [None, ""])
async def test_a_start_time_is_cleared(tenant: Tenant, cleared: str | None) -> None:
    campaign = await tenant.campaign()
    for schedule in (SCHEDULE, {"schedule_start_time": cleared}):
        await tenant.api.post(f"/campaigns/{campaign}/schedule", json=schedule)
    shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert shown["schedule_start_time"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("timezone", "Mars/Olympus"), ("start_hour", "25:00"), ("end_hour", "later")],
)
async def test_the_words_of_a_refusal(tenant: Tenant, field: str, value: str) -> None:
    campaign = await tenant.campaign()
    answer = await tenant.api.post(
        f"/campaigns/{campaign}/schedule", json=SCHEDULE | {field: value}
    )
    body = answer.json()
    assert answer.status_code == 400
    assert body["error"] == body["message"] == f"Invalid {field} - {value}"
    assert (body["ok"], body["code"]) == (False, "invalid_schedule")
    shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert shown["scheduler_cron_value"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"days_of_the_week": "monday"},
        {"min_time_btw_emails": "often"},
        {"schedule_start_time": "0001-01-01T00:00:00+14:00"},
        {"colour": "red"},
    ],
)
async def test_another_type_is_refused(tenant: Tenant, body: dict[str, Any]) -> None:
    campaign = await tenant.campaign()
    answer = await tenant.api.post(f"/campaigns/{campaign}/schedule", json=body)
    assert answer.status_code == 422


async def test_another_workspaces_campaign(tenant: Tenant, other: Tenant) -> None:
    campaign = await tenant.campaign()
    answer = await other.api.post(f"/campaigns/{campaign}/schedule", json=SCHEDULE)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("campaign", "status"), [("9223372036854775808", 422), ("0", 422), ("-1", 404), ("abc", 404)]
)
async def test_an_id_that_cannot_be(api: httpx.AsyncClient, campaign: str, status: int) -> None:
    answer = await api.post(f"/campaigns/{campaign}/schedule", json=SCHEDULE)
    assert answer.status_code == status
