"""GET /campaigns/{c}/leads and GET /campaigns/{c}/leads/{l}."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant, client
from tests.leads.people import joined, listed, put
from tests.make import people

BOTH_IDS = {"campaign_lead_map_id", "created_at", "updated_at", "last_activity_at", "import_id"}


@pytest.mark.seed("AA-04", "AA-08", "DS-01", "SL-08", "SL-09", "SL-14", "SL-47")
async def test_a_row(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead_id] = await joined(
        tenant,
        campaign,
        {
            "email": "Ann@Example.com",
            "first_name": "Ann",
            "company_name": "Example Ltd",
            "phone_number": 15550100,
            "custom_fields": {"job_title": "CTO", "Score": 7},
        },
    )
    answer = await api.get(f"/campaigns/{campaign}/leads")
    assert answer.status_code == 200
    body = answer.json()
    [row] = body.pop("data")
    assert body == {
        "total_leads": "1",
        "total_is_exact": True,
        "offset": 0,
        "limit": 100,
        "next_cursor": None,
    }
    assert row["campaign_lead_map_id"] > 0
    assert row["import_id"] > 0
    assert row["created_at"] == row["last_activity_at"]
    assert {name: value for name, value in row.items() if name not in BOTH_IDS} == {
        "lead_category_id": None,
        "status": "NOT_CONTACTED",
        "lead": {
            "id": lead_id,
            "first_name": "Ann",
            "last_name": None,
            "email": "ann@example.com",
            "phone_number": "15550100",
            "company_name": "Example Ltd",
            "website": None,
            "location": None,
            "custom_fields": {"job_title": "CTO", "Score": 7},
            "linkedin_profile": None,
            "company_url": None,
            "is_unsubscribed": False,
            "unsubscribed_client_id_map": {},
            "email_given": "Ann@Example.com",
            "job_title": None,
            "city": None,
            "country": None,
            "industry": None,
            "company_size": None,
            "revenue": None,
            "language": None,
        },
        "smartlead_status": "STARTED",
        "company_name": "Example Ltd",
        "email": "ann@example.com",
        "current_step": 0,
        "total_steps": 0,
        "step": None,
        "validation": None,
        "tags": [],
        "source": None,
        "import_row": 1,
        "notes": None,
        "resume_at": None,
        "contacted_at": None,
        "replied_at": None,
    }
    one = await api.get(f"/campaigns/{campaign}/leads/{lead_id}")
    assert one.json() == row


async def test_a_campaign_has_its_own_custom_fields(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    line = "icebreaker"
    [lead] = await joined(
        tenant, first, {"email": "ann@example.com", "custom_fields": {line: "one", "team": "red"}}
    )
    await joined(tenant, second, {"email": "ann@example.com", "custom_fields": {line: "two"}})
    shown = []
    for path in (f"/campaigns/{first}/leads/{lead}", f"/campaigns/{second}/leads/{lead}"):
        answer = await api.get(path)
        shown.append(answer.json()["lead"]["custom_fields"])
    assert shown == [{line: "one", "team": "red"}, {line: "two", "team": "red"}]
    person = await api.get(f"/leads/{lead}")
    assert person.json()["custom_fields"] == {line: "two", "team": "red"}


@pytest.mark.seed("AA-06", "AA-08")
async def test_pages_by_offset_and_by_cursor(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign, elsewhere = await tenant.campaigns(2)
    everybody = [lead["email"] for lead in people(7)]
    await joined(tenant, campaign, *everybody)
    await joined(tenant, elsewhere, "somebody@example.org")
    path = f"/campaigns/{campaign}/leads"
    by_offset = [
        [row["email"] for row in answer.json()["data"]]
        for answer in [
            await api.get(path, params={"offset": offset, "limit": 3}) for offset in (0, 3, 6, 9)
        ]
    ]
    assert by_offset == [everybody[:3], everybody[3:6], everybody[6:], []]
    pages, cursor = [], None
    while True:
        params: dict[str, Any] = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        body = (await api.get(path, params=params)).json()
        pages.append([row["email"] for row in body["data"]])
        assert body["total_leads"] == "7"
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert pages == [everybody[:3], everybody[3:6], everybody[6:]]


async def test_a_cursor_stays_while_rows_arrive_and_leave(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    campaign = await tenant.campaign()
    ids = await joined(tenant, campaign, *people(4))
    path = f"/campaigns/{campaign}/leads"
    first = (await api.get(path, params={"limit": 2})).json()
    await api.delete(f"{path}/{ids[0]}")
    await joined(tenant, campaign, "late@example.com")
    rest = (await api.get(path, params={"cursor": first["next_cursor"]})).json()
    assert [row["email"] for row in first["data"] + rest["data"]] == [
        *(lead["email"] for lead in people(4)),
        "late@example.com",
    ]


@pytest.mark.seed("SL-22")
async def test_filters(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    ann, bob, _, dan = await joined(tenant, campaign, *people(4, prefix="p"))
    path = f"/campaigns/{campaign}/leads"
    await api.post(f"{path}/{ann}/category", json={"category_id": 1})
    await put(api, campaign, bob, "BOUNCED")
    await put(api, campaign, dan, "UNSUBSCRIBED")
    p0, p1, p2, p3 = (f"p{n}@example.com" for n in range(4))
    before = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    cases: list[tuple[dict[str, str | list[str]], list[str]]] = [
        ({}, [p0, p1, p2, p3]),
        ({"status": ""}, [p0, p1, p2, p3]),
        ({"status": "INTERESTED"}, [p0]),
        ({"status": "bounced"}, [p1]),
        ({"status": "BLOCKED"}, [p1, p3]),
        ({"status": "NOT_CONTACTED,BOUNCED"}, [p1, p2]),
        ({"status": ["NOT_CONTACTED", "BOUNCED"]}, [p1, p2]),
        ({"lead_category_id": "1"}, [p0]),
        ({"lead_category_id": ""}, [p0, p1, p2, p3]),
        ({"emailStatus": "is_replied"}, [p0]),
        ({"emailStatus": "not_replied"}, [p1, p2, p3]),
        ({"emailStatus": "is_bounced"}, [p1]),
        ({"emailStatus": "is_unsubscribed"}, [p3]),
        ({"emailStatus": "is_bounced", "status": "INTERESTED"}, []),
        ({"emailStatus": "is_opened"}, []),
        ({"created_at_gt": before}, [p0, p1, p2, p3]),
        ({"created_at_gt": later}, []),
        ({"created_at_gt": "2020-01-31"}, [p0, p1, p2, p3]),
        ({"last_sent_time_gt": before}, [p0, p1]),
        ({"event_time_gt": before}, [p0, p1, p3]),
        ({"event_time_gt": later}, []),
    ]
    for filters, addresses in cases:
        assert await listed(api, campaign, **filters) == addresses, filters


async def test_a_filter_by_what_was_seen(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    here, there = await tenant.campaigns(2)
    ann, bob = await joined(tenant, here, "ann@example.com", "bob@example.com")
    await joined(tenant, there, "ann@example.com", "bob@example.com")
    async with resources.database.transaction() as tx:
        await tx.rows(
            "insert into lead_events (workspace_id, lead_id, campaign_id, type, source)"
            " values ($1, $2, $4, 'opened', 'sender'), ($1, $3, $5, 'opened', 'sender')",
            tenant.id,
            ann,
            bob,
            here,
            there,
        )
    assert await listed(api, here, emailStatus="is_opened") == ["ann@example.com"]
    assert await listed(api, there, emailStatus="is_opened") == ["bob@example.com"]
    assert await listed(api, here, emailStatus="is_clicked") == []


@pytest.mark.seed("DS-02")
async def test_words(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """Rows speak the vocabulary that was asked for, or the word of the filter."""
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@example.com")
    words = {}
    for name, params in {
        "plain": {},
        "datasend": {"vocabulary": "datasend"},
        "filtered": {"status": "started"},
        "both": {"status": "started", "vocabulary": "datasend"},
    }.items():
        answer = await api.get(f"/campaigns/{campaign}/leads", params=params)
        [row] = answer.json()["data"]
        assert row["smartlead_status"] == "STARTED"
        words[name] = row["status"]
    assert words == {
        "plain": "NOT_CONTACTED",
        "datasend": "Pending",
        "filtered": "STARTED",
        "both": "STARTED",
    }


@pytest.mark.seed("DS-40")
async def test_the_step(api: httpx.AsyncClient, tenant: Tenant, resources: Resources) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, {"email": "ann@example.com", "company_name": "Acme"})
    sequence = [
        {
            "seq_number": n,
            "seq_delay_details": {"delay_in_days": 1},
            "subject": "Hi",
            "email_body": "Hi",
        }
        for n in (1, 2, 3)
    ]
    answer = await api.post(f"/campaigns/{campaign}/sequences", json={"sequences": sequence})
    assert answer.status_code == 200
    async with resources.database.transaction() as tx:
        await tx.rows(
            "update campaign_leads set step = 2 where workspace_id = $1 and lead_id = $2",
            tenant.id,
            lead,
        )
    [row] = (await api.get(f"/campaigns/{campaign}/leads")).json()["data"]
    columns = ("company_name", "email", "current_step", "total_steps", "step", "status")
    assert [row[column] for column in columns] == [
        "Acme",
        "ann@example.com",
        2,
        3,
        "Step 2 of 3",
        "NOT_CONTACTED",
    ]
    assert row["last_activity_at"] == row["created_at"]


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"status": "SLEEPING"}, 422, "unknown_status"),
        ({"limit": "0"}, 422, "invalid_request"),
        ({"limit": "1001"}, 422, "invalid_request"),
        ({"offset": "-1"}, 422, "invalid_request"),
        ({"offset": "9223372036854775808"}, 422, "invalid_request"),
        ({"created_at_gt": "yesterday"}, 422, "invalid_request"),
        ({"created_at_gt": "0001-01-01T00:00:00+14:00"}, 422, "invalid_request"),
        ({"emailStatus": "is_read"}, 422, "invalid_request"),
        ({"lead_category_id": "9223372036854775808"}, 422, "invalid_request"),
        ({"vocabulary": "klingon"}, 422, "invalid_request"),
        ({"cursor": "not-one"}, 400, "invalid_cursor"),
    ],
)
async def test_refused_parameters(
    api: httpx.AsyncClient, tenant: Tenant, params: dict[str, str], status: int, code: str
) -> None:
    campaign = await tenant.campaign()
    answer = await api.get(f"/campaigns/{campaign}/leads", params=params)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_extremes_of_time_and_depth(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@example.com")
    assert await listed(api, campaign, created_at_gt="0001-01-01") == ["ann@example.com"]
    assert await listed(api, campaign, created_at_gt="9999-12-31T23:59:59Z") == []
    answer = await api.get(f"/campaigns/{campaign}/leads", params={"offset": 2**63 - 1})
    assert answer.status_code == 200
    assert answer.json()["data"] == []


@pytest.mark.parametrize("path", ["", "/1"])
async def test_somebody_elses_campaign(api: httpx.AsyncClient, other: Tenant, path: str) -> None:
    campaign = await other.campaign()
    answer = await api.get(f"/campaigns/{campaign}/leads{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")


async def test_a_lead_of_another_campaign(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    [lead] = await joined(tenant, first, "ann@example.com")
    answer = await api.get(f"/campaigns/{second}/leads/{lead}")
    assert answer.status_code == 404
    assert answer.json()["message"] == "Lead not found - Invalid lead_id."


async def test_a_deleted_campaign_is_gone(api: httpx.AsyncClient, tenant: Tenant) -> None:
    gone, stays = await tenant.campaigns(2)
    [lead] = await joined(tenant, gone, "ann@example.com")
    await joined(tenant, stays, "ann@example.com")
    assert (await api.delete(f"/campaigns/{gone}")).status_code == 200
    for path in (
        "leads",
        f"leads/{lead}",
        f"leads/{lead}/activity",
        f"leads/{lead}/message-history",
    ):
        assert (await api.get(f"/campaigns/{gone}/{path}")).status_code == 404
    campaigns = (await api.get(f"/leads/{lead}/campaigns")).json()
    assert [campaign["id"] for campaign in campaigns] == [stays]
    found = (await api.get("/leads", params={"email": "ann@example.com"})).json()
    assert [there["campaign_id"] for there in found["lead_campaign_data"]] == [stays]
    [everywhere] = (await api.get("/leads/global-leads")).json()["data"]
    assert [there["campaign_id"] for there in everywhere["campaigns"]] == [stays]
    activities = (await api.get("/campaigns/all-leads-activities")).json()["data"]
    assert [event["campaign_id"] for event in activities] == [stays]


async def test_who_unsubscribed(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """From one campaign: there; from everything: everywhere."""
    first, second = await tenant.campaigns(2)
    ann, bob = await joined(tenant, first, "ann@example.com", "bob@example.com")
    await joined(tenant, second, "ann@example.com", "bob@example.com")
    await api.post(f"/campaigns/{first}/leads/{ann}/unsubscribe")
    await api.post(f"/leads/{bob}/unsubscribe")
    flags = {}
    for campaign in (first, second):
        rows = (await api.get(f"/campaigns/{campaign}/leads")).json()["data"]
        flags[campaign] = {row["email"]: row["lead"]["is_unsubscribed"] for row in rows}
    assert flags == {
        first: {"ann@example.com": True, "bob@example.com": True},
        second: {"ann@example.com": False, "bob@example.com": True},
    }


async def test_a_key_has_its_own_words(tenant: Tenant, transport: httpx.AsyncBaseTransport) -> None:
    """Its program reads and writes them without asking."""
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    made = await tenant.api.post(
        "/keys", json={"name": "lemlist", "scope": "write", "defaults": {"vocabulary": "lemlist"}}
    )
    assert made.status_code in (200, 201), made.text
    async with client(transport, made.json()["key"]) as program:
        answer = await program.post(
            f"/campaigns/{campaign}/leads/{lead}/status", json={"status": "done"}
        )
        assert answer.json() == {"ok": True, "status": "done"}
        [row] = (await program.get(f"/campaigns/{campaign}/leads")).json()["data"]
    assert (row["status"], row["smartlead_status"]) == ("done", "COMPLETED")
