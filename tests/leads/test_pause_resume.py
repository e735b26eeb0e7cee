"""POST …/pause, …/resume and …/manual-complete."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.activity.rules import EventSource
from app.kit.resources import Resources
from app.leads.operations.moving import move
from app.leads.repository.members import MemberRepository
from app.values import LeadId, LeadStatus
from app.workspaces.operations import authenticate
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


@pytest.mark.parametrize("action", ["resume", "manual-complete"])
async def test_no_contact_is_made_up(api: httpx.AsyncClient, tenant: Tenant, action: str) -> None:
    """Under a locked floor, who was contacted and deleted is refused for ever; others are not."""
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await tenant.policy(floor="workspace")
    who = lead
    if action == "resume":
        await put(api, campaign, lead, "STOPPED")
    else:
        who = (await member(api, campaign, lead))["campaign_lead_map_id"]
    answer = await api.post(f"/campaigns/{campaign}/leads/{who}/{action}")
    assert answer.status_code == 200
    after = await member(api, campaign, lead)
    then = "NOT_CONTACTED" if action == "resume" else "COMPLETED"
    assert (after["status"], after["contacted_at"]) == (then, None)
    await api.delete(f"/campaigns/{campaign}/leads/{lead}")
    assert (await tenant.add(await tenant.campaign(), "ann@example.com"))["added_count"] == 1


async def test_who_completed_without_a_mail_begins(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    step = {"seq_number": 1, "subject": "Hi", "email_body": "Hi"}
    answer = await api.post(f"/campaigns/{campaign}/sequences", json={"sequences": [step]})
    assert answer.status_code == 200, answer.text
    [lead] = await joined(tenant, campaign, "ann@example.com")
    map_id = (await member(api, campaign, lead))["campaign_lead_map_id"]
    await api.post(f"/campaigns/{campaign}/leads/{map_id}/manual-complete")
    assert (await api.post(f"/campaigns/{campaign}/leads/{lead}/resume")).status_code == 200
    assert await status_of(api, campaign, lead) == "NOT_CONTACTED"


async def test_a_delay_of_somebody_who_is_not_paused(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    """It holds, a second one replaces it, and a resume without one ends it; nobody moved."""
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    path = f"/campaigns/{campaign}/leads/{lead}/resume"
    for days in (3, 5, None):
        answer = await api.post(path, json={"resume_lead_with_delay_days": days})
        assert (answer.status_code, answer.json()) == (200, SUCCESS)
        after = await member(api, campaign, lead)
        if days is None:
            assert after["resume_at"] is None
        else:
            waits = datetime.fromisoformat(after["resume_at"]) - datetime.now(UTC)
            assert abs(waits - timedelta(days=days)) < timedelta(minutes=1)
    assert [event["type"] for event in await events(api, campaign, lead)] == ["imported"]


async def test_each_membership_is_paused_from_its_own_status(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    first, second = await tenant.campaigns(2)
    [lead] = await joined(tenant, first, "ann@example.com")
    await joined(tenant, second, "ann@example.com")
    await put(api, second, lead, "SCHEDULED")
    caller = await authenticate(resources, tenant.key)
    async with resources.database.transaction() as tx:
        held = await MemberRepository(tx, caller.workspace_id).hold_all(LeadId(lead))
        await move(tx, caller, held, LeadStatus.PAUSED, EventSource.OPERATOR)
    for campaign, status in ((first, "NOT_CONTACTED"), (second, "SCHEDULED")):
        assert await status_of(api, campaign, lead) == "PAUSED"
        await api.post(f"/campaigns/{campaign}/leads/{lead}/resume")
        assert await status_of(api, campaign, lead) == status
