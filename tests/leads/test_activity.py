"""GET …/{l}/activity, …/{l}/message-history and /campaigns/all-leads-activities."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.activity import operations as activity
from app.activity.rules import LeadEvent
from app.kit.resources import Resources
from app.values import CampaignId, LeadId, WorkspaceId
from tests.client import Tenant
from tests.leads.people import events, joined, moved, put
from tests.make import people

SENT_AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


async def told(
    resources: Resources, tenant: Tenant, campaign: int, lead: int, *seen: tuple[str, datetime]
) -> None:
    """What a sender saw."""
    async with resources.database.transaction() as tx:
        await activity.record(
            tx,
            WorkspaceId(tenant.id),
            [
                LeadEvent(LeadId(lead), what, "sender", CampaignId(campaign), {"seq_number": 1}, at)
                for what, at in seen
            ],
        )


async def everything(api: httpx.AsyncClient, **params: Any) -> list[tuple[str, str]]:
    answer = await api.get("/campaigns/all-leads-activities", params=params)
    assert answer.status_code == 200, answer.text
    return [(event["type"], event["lead_email"]) for event in answer.json()["data"]]


@pytest.mark.seed("SL-25", "AA-09")
async def test_what_a_lead_received_and_did(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    here, there = await tenant.campaigns(2)
    [lead] = await joined(tenant, here, "ann@example.com")
    await joined(tenant, there, "ann@example.com")
    now = datetime.now(UTC)
    await told(
        resources,
        tenant,
        here,
        lead,
        ("opened", now + timedelta(hours=2)),
        ("sent", now + timedelta(hours=1)),
    )
    await put(api, there, lead, "PAUSED")
    answer = await api.get(f"/campaigns/{here}/leads/{lead}/activity")
    assert answer.status_code == 200
    body = answer.json()
    assert body["next_cursor"] is None
    assert [event["type"] for event in body["events"]] == ["opened", "sent", "imported"]
    opened = body["events"][0]
    assert datetime.fromisoformat(opened.pop("timestamp")) == now + timedelta(hours=2)
    assert opened == {
        "type": "opened",
        "source": "sender",
        "lead_id": lead,
        "lead_email": "ann@example.com",
        "campaign_id": here,
        "data": {"seq_number": 1},
    }
    imported = body["events"][-1]["data"]
    assert imported["row"] == 1
    assert imported["import_id"] > 0
    assert (await events(api, there, lead))[0] == moved("NOT_CONTACTED", "PAUSED")


async def test_how_somebody_came_is_told_after_a_deletion(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    path = f"/campaigns/{campaign}/leads/{lead}"
    [imported] = (await api.get(f"{path}/activity")).json()["events"]
    assert (await api.delete(path)).status_code == 200
    deleted, still = (await api.get(f"{path}/activity")).json()["events"]
    assert still == imported
    assert deleted["data"] == {
        "status": "NOT_CONTACTED",
        **imported["data"],
        "imported_at": deleted["data"]["imported_at"],
    }
    assert await joined(tenant, campaign, "ann@example.com") == [lead]
    again = (await api.get(f"{path}/activity", params={"limit": 2})).json()
    assert [event["type"] for event in again["events"]] == ["imported", "deleted"]
    rest = (await api.get(f"{path}/activity", params={"cursor": again["next_cursor"]})).json()
    assert rest["events"] == [imported]


async def test_pages_of_a_lead(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    """By the time of the event, however late it was told of."""
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    now = datetime.now(UTC)
    seen = [(f"seen_{hour}", now + timedelta(hours=hour)) for hour in (3, 1, 4, 2)]
    await told(resources, tenant, campaign, lead, *seen)
    path = f"/campaigns/{campaign}/leads/{lead}/activity"
    pages: list[list[str]] = []
    cursor = None
    while True:
        params: dict[str, Any] = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        body = (await api.get(path, params=params)).json()
        pages.append([event["type"] for event in body["events"]])
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert pages == [["seen_4", "seen_3"], ["seen_2", "seen_1"], ["imported"]]
    skipped = (await api.get(path, params={"offset": 3, "limit": 5})).json()
    assert [event["type"] for event in skipped["events"]] == ["seen_1", "imported"]


async def test_nobody_to_tell_of(api: httpx.AsyncClient, tenant: Tenant, other: Tenant) -> None:
    campaign = await tenant.campaign()
    theirs = await other.campaign()
    [lead] = await joined(other, theirs, "ann@example.com")
    for path in ("activity", "message-history"):
        for where, code in ((campaign, "lead_not_found"), (theirs, "campaign_not_found")):
            answer = await api.get(f"/campaigns/{where}/leads/{lead}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, code)


async def test_no_mails_yet(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    answer = await api.get(f"/campaigns/{campaign}/leads/{lead}/message-history")
    assert (answer.status_code, answer.json()) == (
        200,
        {"history": [], "from": None, "to": "ann@example.com"},
    )


async def test_of_all_campaigns(api: httpx.AsyncClient, tenant: Tenant, other: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    ann, bob = await joined(tenant, first, "ann@example.com", "bob@example.com")
    await put(api, first, ann, "PAUSED")
    await joined(tenant, second, "cid@example.com")
    await api.delete(f"/campaigns/{first}/leads/{bob}")
    await joined(other, await other.campaign(), "dan@example.com")
    assert await everything(api) == [
        ("deleted", "bob@example.com"),
        ("imported", "cid@example.com"),
        ("status_changed", "ann@example.com"),
        ("imported", "ann@example.com"),
    ]
    assert await everything(api, campaign_id=second) == [("imported", "cid@example.com")]
    theirs = await other.campaign()
    answer = await api.get("/campaigns/all-leads-activities", params={"campaign_id": theirs})
    assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")


async def test_pages_of_all_campaigns(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    """Every event once, whatever page size, though some were told of long after they happened."""
    first, second = await tenant.campaigns(2)
    ids = await joined(tenant, first, *people(4))
    await put(api, first, ids[0], "PAUSED")
    await told(resources, tenant, first, ids[1], ("sent", SENT_AT), ("opened", datetime.now(UTC)))
    await joined(tenant, second, *people(3, prefix="late"))
    await put(api, first, ids[2], "PAUSED")
    whole = await everything(api)
    assert len(whole) == 11
    assert whole[0] == ("status_changed", "person2@example.com")
    for limit in (1, 2, 3, 5):
        by_cursor: list[tuple[str, str]] = []
        cursor: str | None = None
        while True:
            params: dict[str, Any] = {"limit": limit, **({"cursor": cursor} if cursor else {})}
            body = (await api.get("/campaigns/all-leads-activities", params=params)).json()
            by_cursor += [(event["type"], event["lead_email"]) for event in body["data"]]
            assert body["hasMore"] is (body["next_cursor"] is not None)
            cursor = body["next_cursor"]
            if cursor is None:
                break
        assert sorted(by_cursor) == sorted(whole)
        by_offset = [
            event
            for offset in range(0, 12, limit)
            for event in await everything(api, offset=offset, limit=limit)
        ]
        assert by_offset == whole


async def test_a_window_of_time(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    await told(resources, tenant, campaign, lead, ("sent", SENT_AT))
    ann = "ann@example.com"
    day = {"event_time_from": "2026-11-01", "event_time_to": "2026-11-02T00:00:00Z"}
    assert await everything(api, **day) == [("sent", ann)]
    assert await everything(api, event_time_from="2026-11-02") == [("imported", ann)]
    assert await everything(api, event_time_to=SENT_AT.isoformat()) == []
    answer = await api.get("/campaigns/all-leads-activities", params={"event_time_from": "soon"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
