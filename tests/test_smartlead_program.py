"""A program that knows SmartLead's pages only: their paths, their key in the query, their nulls."""

import time
from typing import Any

import httpx
import pytest

from tests.client import Tenant, client

EMAILS = ["ann@example.com", "bob@example.com", "cid@example.com"]


class SmartLeadProgram:
    """Sends what SmartLead's examples send, and reads what their pages promise."""

    def __init__(self, transport: httpx.AsyncBaseTransport, key: str) -> None:
        self._http = client(transport)
        self._key = key

    async def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        sent = {"json": body} if body is not None else {}
        answer = await self._http.request(
            method, path, params={"api_key": self._key, **query}, **sent
        )
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()


@pytest.fixture
def program(tenant: Tenant, transport: httpx.AsyncBaseTransport) -> SmartLeadProgram:
    return SmartLeadProgram(transport, tenant.key)


def leads(emails: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "first_name": "Ann",
            "last_name": None,
            "email": email,
            "phone_number": 4915112345,
            "company_name": "",
            "website": None,
            "location": "Berlin",
            "custom_fields": {"Title": "CEO", "Score": 7, "Empty": None},
            "linkedin_profile": "",
            "company_url": None,
        }
        for email in emails
    ]


@pytest.mark.seed("SL-01", "SL-42", "SL-43")
async def test_a_campaign_from_its_creation_to_its_end_within_a_second(
    program: SmartLeadProgram,
) -> None:
    call = program.call
    began = time.monotonic()

    created = await call("POST", "/campaigns/create", {"name": "Spring", "client_id": None})
    campaign = f"/campaigns/{created['id']}"
    assert created["ok"] is True

    settings = {
        "ignore_global_block_list": None,
        "ignore_unsubscribe_list": False,
        "ignore_duplicate_leads_in_other_campaign": False,
        "ignore_community_bounce_list": True,
    }
    added = await call(
        "POST", f"{campaign}/leads", {"lead_list": leads(EMAILS), "settings": settings}
    )
    assert (added["ok"], added["upload_count"], added["total_leads"]) == (True, 3, 3)

    started = await call("POST", f"{campaign}/status", {"status": "START"})
    assert started["ok"] is True
    listed = await call("GET", f"{campaign}/leads", offset=0, limit=100, status="STARTED")
    assert listed["total_leads"] == "3"
    people = {row["lead"]["email"]: row["lead"] for row in listed["data"]}
    assert sorted(people) == EMAILS
    assert people[EMAILS[0]]["phone_number"] == "4915112345"
    assert people[EMAILS[0]]["custom_fields"] == {"Title": "CEO", "Score": 7}
    ann, bob, cid = (people[email]["id"] for email in EMAILS)

    paused = await call("POST", f"{campaign}/leads/{ann}/pause")
    assert paused == {"ok": True, "data": "success"}
    still = await call("POST", f"{campaign}/leads/{ann}/pause")
    assert still == paused
    resumed = {"resume_lead_with_delay_days": "3"}
    assert (await call("POST", f"{campaign}/leads/{ann}/resume", resumed))["ok"] is True
    category = {"category_id": "", "pause_lead": "true"}
    assert await call("POST", f"{campaign}/leads/{bob}/category", category) == {"ok": True}
    status = await call("PATCH", f"{campaign}/leads/{bob}/status", {"status": "INTERESTED"})
    assert status == {"ok": True, "status": "INTERESTED"}
    assert (await call("POST", f"{campaign}/leads/{cid}/unsubscribe"))["ok"] is True

    blocked = await call(
        "POST",
        "/leads/add-domain-block-list",
        {"domain_block_list": ["blocked.example", "dan@example.com"], "client_id": None},
    )
    assert blocked == {"success": True, "uploadCount": 2, "totalDomainAdded": 2}
    again = await call(
        "POST",
        f"{campaign}/leads/",
        {"lead_list": leads(["eve@blocked.example", *EMAILS]), "settings": None},
    )
    assert (again["total_leads"], again["block_count"], again["already_added_to_campaign"]) == (
        0,
        1,
        3,
    )
    listing = await call("GET", "/leads/get-domain-block-list", offset=0, limit=100)
    assert {row["email_or_domain"] for row in listing} == {"blocked.example", "dan@example.com"}

    assert (await call("DELETE", f"{campaign}/leads/{ann}"))["ok"] is True
    assert await call("GET", f"/leads/{ann}/campaigns") == []
    assert (await call("POST", f"{campaign}/status", {"status": "STOPPED"}))["ok"] is True
    assert (await call("DELETE", campaign))["ok"] is True
    assert await call("GET", "/campaigns/") == []

    assert time.monotonic() - began < 5, "not a measurement: a second, and room for a busy machine"
