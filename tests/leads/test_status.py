"""POST and PATCH /campaigns/{c}/leads/{l}/status."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.leads.people import events, joined, listed, member, moved, put, status_of, suppressed

CONTACTED = {"IN_PROGRESS", "COMPLETED", "REPLIED", "INTERESTED", "NOT_INTERESTED", "BOUNCED"}
REPLIED = {"REPLIED", "INTERESTED", "NOT_INTERESTED"}


@pytest.mark.seed(
    *("SL-13", "SL-15", "SL-16", "SL-17", "SL-18", "SL-19", "SL-20", "SL-21", "SL-22", "SL-23")
)
@pytest.mark.parametrize(
    "status",
    [
        "REVIEWED",
        "SCHEDULED",
        "IN_PROGRESS",
        "PAUSED",
        "REPLIED",
        "INTERESTED",
        "NOT_INTERESTED",
        "COMPLETED",
        "STOPPED",
        "DO_NOT_CONTACT",
        "BOUNCED",
        "INVALID",
        "UNSUBSCRIBED",
    ],
)
async def test_every_status_can_be_set(api: httpx.AsyncClient, tenant: Tenant, status: str) -> None:
    campaign = await tenant.campaign()
    ann, _ = await joined(tenant, campaign, "ann@example.com", "bob@example.com")
    path = f"/campaigns/{campaign}/leads/{ann}/status"
    for _ in range(2):  # the second time nothing happens
        answer = await api.post(path, json={"status": status})
        assert (answer.status_code, answer.json()) == (200, {"ok": True, "status": status})
    after = await member(api, campaign, ann)
    assert after["status"] == status
    assert (after["contacted_at"] is not None) is (status in CONTACTED)
    assert (after["replied_at"] is not None) is (status in REPLIED)
    assert after["last_activity_at"] > after["created_at"]
    assert await listed(api, campaign, status=status) == ["ann@example.com"]
    assert await listed(api, campaign, status="NOT_CONTACTED") == ["bob@example.com"]
    assert (await events(api, campaign, ann))[:-1] == [moved("NOT_CONTACTED", status)]


@pytest.mark.seed("LL-06", "LL-07")
@pytest.mark.parametrize(
    ("vocabulary", "word", "status"),
    [
        ("lemlist", "inProgress", "IN_PROGRESS"),
        ("lemlist", "paused", "PAUSED"),
        ("lemlist", "reviewed", "REVIEWED"),
        ("lemlist", "scheduled", "SCHEDULED"),
        ("lemlist", "done", "COMPLETED"),
        ("lemlist", "interested", "INTERESTED"),
        ("lemlist", "notInterested", "NOT_INTERESTED"),
        ("lemlist", "unsubscribed", "UNSUBSCRIBED"),
        ("datasend", "Contacted", "IN_PROGRESS"),
        ("datasend", "Replied", "REPLIED"),
        ("smartlead_list", "INPROGRESS", "IN_PROGRESS"),
    ],
)
async def test_words_of_a_vocabulary(
    api: httpx.AsyncClient, tenant: Tenant, vocabulary: str, word: str, status: str
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    path = f"/campaigns/{campaign}/leads/{lead}"
    answer = await api.patch(
        f"{path}/status", params={"vocabulary": vocabulary}, json={"status": word}
    )
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "status": word})
    assert await status_of(api, campaign, lead) == status
    shown = await api.get(path, params={"vocabulary": vocabulary})
    assert shown.json()["status"] == word


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"status": "BLOCKED"}, "ambiguous_status"),
        ({"status": "SLEEPING"}, "unknown_status"),
        ({"status": ""}, "unknown_status"),
        ({"status": None}, "invalid_request"),
        ({}, "invalid_request"),
        ({"status": "PAUSED", "colour": "red"}, "invalid_request"),
    ],
)
async def test_what_is_no_status(
    api: httpx.AsyncClient, tenant: Tenant, body: dict[str, Any], code: str
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    answer = await api.post(f"/campaigns/{campaign}/leads/{lead}/status", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await status_of(api, campaign, lead) == "NOT_CONTACTED"


async def test_an_opt_out_is_listed_and_holds(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await put(api, campaign, lead, "DO_NOT_CONTACT")
    entry = {"entry": "ann@example.com", "source": "manual", "protected": False}
    assert await suppressed(tenant, "do-not-contact") == [entry | {"campaign_id": None}]
    assert await suppressed(tenant, "unsubscribes") == []
    path = f"/campaigns/{campaign}/leads/{lead}/status"
    refused = await api.post(path, json={"status": "REVIEWED"})
    assert refused.status_code == 409
    problem = refused.json()
    assert (problem["code"], problem["current_status"]) == ("still_suppressed", "DO_NOT_CONTACT")
    assert problem["matched"].pop("added_at")
    assert problem["matched"] == {
        "kind": "do_not_contact",
        "entry": "ann@example.com",
        "source": "manual",
    }
    lifted = await api.request("DELETE", "/do-not-contact", json={"emails": ["ann@example.com"]})
    assert lifted.status_code == 200
    await put(api, campaign, lead, "REVIEWED")
    assert await status_of(api, campaign, lead) == "REVIEWED"


async def test_an_unsubscribe_holds_in_its_campaign(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    [lead] = await joined(tenant, first, "ann@example.com")
    await joined(tenant, second, "ann@example.com")
    await put(api, first, lead, "UNSUBSCRIBED")
    entry = {"entry": "ann@example.com", "source": "manual", "protected": False}
    assert await suppressed(tenant, "unsubscribes") == [entry | {"campaign_id": first}]
    refused = await api.post(
        f"/campaigns/{first}/leads/{lead}/status", json={"status": "IN_PROGRESS"}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "still_suppressed")
    await put(api, second, lead, "IN_PROGRESS")
    await put(api, first, lead, "DO_NOT_CONTACT")  # stronger, so nothing needs to be lifted


async def test_from_an_opt_out_to_an_unsubscribe_is_no_way_round(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await put(api, campaign, lead, "DO_NOT_CONTACT")
    for action in ("status", "unsubscribe"):
        body = {"status": "UNSUBSCRIBED"} if action == "status" else None
        answer = await api.post(f"/campaigns/{campaign}/leads/{lead}/{action}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "still_suppressed")
    assert await suppressed(tenant, "unsubscribes") == []


async def conflicting(tenant: Tenant, here: str, there: str) -> tuple[int, int, int]:
    """Somebody who was contacted from two campaigns; the floor has become ``active``."""
    first, second = await tenant.campaigns(2)
    [lead] = await joined(tenant, first, "ann@example.com")
    await joined(tenant, second, "ann@example.com")
    await put(tenant.api, first, lead, "IN_PROGRESS")
    await put(tenant.api, first, lead, here)
    await put(tenant.api, second, lead, there)
    await tenant.policy(floor="active")
    return first, second, lead


@pytest.mark.parametrize("status", ["REVIEWED", "SCHEDULED", "IN_PROGRESS", "PAUSED"])
async def test_going_on_is_an_entry(api: httpx.AsyncClient, tenant: Tenant, status: str) -> None:
    first, second, lead = await conflicting(tenant, "STOPPED", "IN_PROGRESS")
    path = f"/campaigns/{first}/leads/{lead}"
    for action, body in (("status", {"status": status}), ("resume", {})):
        answer = await api.post(f"{path}/{action}", json=body)
        assert answer.status_code == 409
        problem = answer.json()
        assert problem["code"] == "in_progress_in_other_campaign"
        assert problem["detail"] == "Currently in progress in another campaign"
        assert problem["conflict"] == {
            "campaign_id": second,
            "campaign_name": "Campaign 2",
            "status": "IN_PROGRESS",
            "lead_id": lead,
            "tags": [],
            "others": 0,
        }
    assert await status_of(api, first, lead) == "STOPPED"
    await put(api, second, lead, "COMPLETED")
    await put(api, first, lead, status)


@pytest.mark.parametrize("status", ["COMPLETED", "INTERESTED", "BOUNCED", "NOT_CONTACTED"])
async def test_what_makes_nobody_active_is_no_entry(
    api: httpx.AsyncClient, tenant: Tenant, status: str
) -> None:
    """Not contacted, in a campaign that was not started, is not active."""
    first, _, lead = await conflicting(tenant, "STOPPED", "IN_PROGRESS")
    await put(api, first, lead, status)


async def test_not_contacted_in_a_running_campaign_is_an_entry(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    first, _, lead = await conflicting(tenant, "STOPPED", "IN_PROGRESS")
    started = await api.post(f"/campaigns/{first}/status", json={"status": "START"})
    assert started.status_code == 200
    answer = await api.post(
        f"/campaigns/{first}/leads/{lead}/status", json={"status": "NOT_CONTACTED"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "in_progress_in_other_campaign")


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("pause", None),
        ("category", {"category_id": 6}),
        ("category", {"category_id": 5, "pause_lead": True}),
        ("category", {"category_id": None, "pause_lead": True}),
    ],
)
async def test_a_pause_is_no_way_round_the_floor(
    api: httpx.AsyncClient, tenant: Tenant, action: str, body: dict[str, Any] | None
) -> None:
    """Who waits in a draft is not active; who is paused there would be."""
    first, second, lead = await conflicting(tenant, "NOT_CONTACTED", "IN_PROGRESS")
    path = f"/campaigns/{first}/leads/{lead}"
    answer = await api.post(f"{path}/{action}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "in_progress_in_other_campaign")
    assert answer.json()["conflict"]["campaign_id"] == second
    after = await member(api, first, lead)
    assert (after["status"], after["lead_category_id"]) == ("NOT_CONTACTED", None)
    await put(api, second, lead, "COMPLETED")
    assert (await api.post(f"{path}/{action}", json=body)).status_code == 200
    assert await status_of(api, first, lead) == "PAUSED"


async def test_who_never_stopped_does_not_enter(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, _, lead = await conflicting(tenant, "PAUSED", "IN_PROGRESS")
    assert (await api.post(f"/campaigns/{first}/leads/{lead}/resume")).status_code == 200


async def test_who_is_not_there(api: httpx.AsyncClient, tenant: Tenant, other: Tenant) -> None:
    campaign, empty = await tenant.campaigns(2)
    [lead] = await joined(tenant, campaign, "ann@example.com")
    theirs = await other.campaign()
    [their_lead] = await joined(other, theirs, "ann@example.com")
    for where, who, code in (
        (empty, lead, "lead_not_found"),
        (campaign, their_lead, "lead_not_found"),
        (theirs, their_lead, "campaign_not_found"),
    ):
        answer = await api.post(f"/campaigns/{where}/leads/{who}/status", json={"status": "PAUSED"})
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert await status_of(other.api, theirs, their_lead) == "NOT_CONTACTED"
