"""POST …/pause, …/resume and …/manual-complete."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.leads.people import events, joined, listed, member, moved, put, status_of

SUCCESS = {"ok": True, "data": "success"}


async def test_pause_and_resume(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await put(api, campaign, lead, "SCHEDULED")
    path = f"/campaigns/{campaign}/leads/{lead}"
    for action, status in (("pause", "PAUSED"), ("resume", "SCHEDULED")):
        for _ in range(2):  # clients retry
            answer = await api.post(f"{path}/{action}")
            assert (answer.status_code, answer.json()) == (200, SUCCESS)
            assert await status_of(api, campaign, lead) == status
            assert await listed(api, campaign, status=status) == ["ann@example.com"]
    assert (await events(api, campaign, lead))[:2] == [
        moved("PAUSED", "SCHEDULED"),
        moved("SCHEDULED", "PAUSED"),
    ]


@pytest.mark.parametrize(
    ("body", "days"),
    [
        ({"resume_lead_with_delay_days": 3}, 3),
        ({"resume_lead_with_delay_days": "3"}, 3),
        ({"resume_lead_with_delay_days": None}, None),
        ({"resume_lead_with_delay_days": ""}, None),
        ({}, None),
    ],
)
async def test_a_delay(
    api: httpx.AsyncClient, tenant: Tenant, body: dict[str, Any], days: int | None
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    path = f"/campaigns/{campaign}/leads/{lead}"
    await api.post(f"{path}/pause")
    answer = await api.post(f"{path}/resume", json=body)
    assert (answer.status_code, answer.json()) == (200, SUCCESS)
    after = await member(api, campaign, lead)
    assert after["status"] == "NOT_CONTACTED"
    if days is None:
        assert after["resume_at"] is None
    else:
        waits = datetime.fromisoformat(after["resume_at"]) - datetime.fromisoformat(
            after["updated_at"]
        )
        assert abs(waits - timedelta(days=days)) < timedelta(minutes=1)


@pytest.mark.parametrize("days", [-1, 10_000_000, "soon", 1.5])
async def test_a_delay_that_is_none(
    api: httpx.AsyncClient, tenant: Tenant, days: float | str
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    answer = await api.post(
        f"/campaigns/{campaign}/leads/{lead}/resume", json={"resume_lead_with_delay_days": days}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("action", "status", "wish"),
    [
        ("pause", "COMPLETED", "paused"),
        ("pause", "INTERESTED", "paused"),
        ("resume", "INTERESTED", "resumed"),
        ("resume", "BOUNCED", "resumed"),
        ("resume", "COMPLETED", "resumed"),
    ],
)
async def test_impossible(
    api: httpx.AsyncClient, tenant: Tenant, action: str, status: str, wish: str
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await put(api, campaign, lead, status)
    answer = await api.post(f"/campaigns/{campaign}/leads/{lead}/{action}")
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "impossible_transition"
    assert problem["current_status"] == status
    assert problem["detail"] == f"A lead that is {status} cannot be {wish}."


async def test_new_steps_are_something_to_resume(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await put(api, campaign, lead, "COMPLETED")
    step = {
        "seq_number": 1,
        "seq_delay_details": {"delay_in_days": 0},
        "subject": "Hi",
        "email_body": "Hi",
    }
    await api.post(f"/campaigns/{campaign}/sequences", json={"sequences": [step]})
    answer = await api.post(f"/campaigns/{campaign}/leads/{lead}/resume")
    assert answer.status_code == 200
    assert await status_of(api, campaign, lead) == "IN_PROGRESS"


async def test_manual_complete_takes_the_map_id(
    api: httpx.AsyncClient, tenant: Tenant, other: Tenant
) -> None:
    campaign, empty = await tenant.campaigns(2)
    _, lead = await joined(tenant, campaign, "ann@example.com", "bob@example.com")
    map_id = (await member(api, campaign, lead))["campaign_lead_map_id"]
    path = f"/campaigns/{campaign}/leads/{map_id}/manual-complete"
    for _ in range(2):
        answer = await api.post(path)
        assert (answer.status_code, answer.json()) == (200, {"ok": True, "status": "COMPLETED"})
    assert (await events(api, campaign, lead))[:-1] == [moved("NOT_CONTACTED", "COMPLETED")]
    elsewhere = await api.post(f"/campaigns/{empty}/leads/{map_id}/manual-complete")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "lead_not_found")
    theirs = await other.api.post(path)
    assert (theirs.status_code, theirs.json()["code"]) == (404, "campaign_not_found")
    await put(api, campaign, lead, "REPLIED")
    refused = await api.post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "impossible_transition")


@pytest.mark.parametrize("action", ["pause", "resume"])
async def test_somebody_elses_lead(api: httpx.AsyncClient, other: Tenant, action: str) -> None:
    campaign = await other.campaign()
    [lead] = await joined(other, campaign, "ann@example.com")
    answer = await api.post(f"/campaigns/{campaign}/leads/{lead}/{action}")
    assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")


async def test_many_pauses_at_once_are_one(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    path = f"/campaigns/{campaign}/leads/{lead}/pause"
    answers = await asyncio.gather(*(api.post(path) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await events(api, campaign, lead))[:-1] == [moved("NOT_CONTACTED", "PAUSED")]
    assert await listed(api, campaign, status="PAUSED") == ["ann@example.com"]
    assert await listed(api, campaign, status="NOT_CONTACTED") == []
