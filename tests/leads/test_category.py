"""POST …/category."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.leads.people import events, joined, listed, member, moved, put, suppressed

OK = {"ok": True}


@pytest.mark.seed("SL-45")
@pytest.mark.parametrize(
    ("category", "status"),
    [
        (1, "INTERESTED"),
        (2, "INTERESTED"),
        (3, "NOT_INTERESTED"),
        (4, "DO_NOT_CONTACT"),
        (5, "IN_PROGRESS"),
        (6, "PAUSED"),
        (7, "IN_PROGRESS"),
        (8, "IN_PROGRESS"),
        (9, "BOUNCED"),
    ],
)
async def test_what_a_category_says(
    api: httpx.AsyncClient, tenant: Tenant, category: int, status: str
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await put(api, campaign, lead, "IN_PROGRESS")
    path = f"/campaigns/{campaign}/leads/{lead}/category"
    for _ in range(2):
        answer = await api.post(path, json={"category_id": category, "pause_lead": False})
        assert (answer.status_code, answer.json()) == (200, OK)
    after = await member(api, campaign, lead)
    assert (after["lead_category_id"], after["status"]) == (category, status)
    told = [
        {
            "type": "category_changed",
            "source": "operator",
            "data": {"from": None, "to": category},
        }
    ]
    if status != "IN_PROGRESS":
        told.insert(0, moved("IN_PROGRESS", status))
    assert (await events(api, campaign, lead))[:-2] == told
    assert await listed(api, campaign, status=status) == ["ann@example.com"]


async def test_an_opt_out_is_listed(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await api.post(f"/campaigns/{campaign}/leads/{lead}/category", json={"category_id": 4})
    [entry] = await suppressed(tenant, "do-not-contact")
    assert entry["entry"] == "ann@example.com"
    answer = await api.post(f"/campaigns/{campaign}/leads/{lead}/category", json={"category_id": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "still_suppressed")
    assert (await member(api, campaign, lead))["lead_category_id"] == 4


async def test_out_of_office_pauses_for_two_weeks(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await api.post(f"/campaigns/{campaign}/leads/{lead}/category", json={"category_id": 6})
    after = await member(api, campaign, lead)
    waits = datetime.fromisoformat(after["resume_at"]) - datetime.fromisoformat(after["updated_at"])
    assert abs(waits - timedelta(days=14)) < timedelta(minutes=1)
    assert after["replied_at"] is None


async def test_a_late_auto_reply_revives_nobody(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await put(api, campaign, lead, "COMPLETED")
    answer = await api.post(f"/campaigns/{campaign}/leads/{lead}/category", json={"category_id": 6})
    assert answer.status_code == 200
    after = await member(api, campaign, lead)
    assert (after["status"], after["lead_category_id"]) == ("COMPLETED", 6)


@pytest.mark.parametrize("nothing", [None, ""])
async def test_a_category_is_taken_away(
    api: httpx.AsyncClient, tenant: Tenant, nothing: str | None
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    path = f"/campaigns/{campaign}/leads/{lead}/category"
    await api.post(path, json={"category_id": "1"})
    answer = await api.post(path, json={"category_id": nothing})
    assert (answer.status_code, answer.json()) == (200, OK)
    after = await member(api, campaign, lead)
    assert (after["lead_category_id"], after["status"]) == (None, "INTERESTED")


@pytest.mark.parametrize("pause", [True, "true"])
@pytest.mark.parametrize(
    ("category", "status"), [(5, "PAUSED"), (None, "PAUSED"), (1, "INTERESTED")]
)
async def test_pause_lead(
    api: httpx.AsyncClient, tenant: Tenant, pause: bool | str, category: int | None, status: str
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await put(api, campaign, lead, "IN_PROGRESS")
    answer = await api.post(
        f"/campaigns/{campaign}/leads/{lead}/category",
        json={"category_id": category, "pause_lead": pause},
    )
    assert answer.status_code == 200
    assert (await member(api, campaign, lead))["status"] == status


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"category_id": 10}, "unknown_category"),
        ({"category_id": 0}, "invalid_request"),
        ({"category_id": 2**31}, "invalid_request"),
        ({"category_id": "one"}, "invalid_request"),
        ({}, "invalid_request"),
    ],
)
async def test_no_category(
    api: httpx.AsyncClient, tenant: Tenant, body: dict[str, Any], code: str
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    answer = await api.post(f"/campaigns/{campaign}/leads/{lead}/category", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_somebody_elses_lead(api: httpx.AsyncClient, other: Tenant) -> None:
    campaign = await other.campaign()
    [lead] = await joined(other, campaign, "ann@example.com")
    answer = await api.post(f"/campaigns/{campaign}/leads/{lead}/category", json={"category_id": 1})
    assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")
