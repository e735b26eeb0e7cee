"""POST /check: what would become of rows, before anybody pays to enrich them."""

from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.imports.batches import key, rows_everywhere, suppress
from tests.leads.people import joined, put

PROFILE = "https://linkedin.com/in/ann"
ALLOWED = {
    "allowed": True,
    "code": "added",
    "reason": None,
    "conflict": None,
    "matched": None,
    "override": None,
    "allowed_from": None,
    "hint": None,
    "known": False,
    "lead_id": None,
    "last_contacted_at": None,
    "validation": None,
}


async def check(tenant: Tenant, *rows: dict[str, str], **terms: Any) -> list[dict[str, Any]]:
    answer = await tenant.api.post("/check", json={"rows": list(rows), **terms})
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    assert [row.pop("index") for row in data] == list(range(len(rows)))
    return data


async def test_people_that_nobody_knows(tenant: Tenant) -> None:
    found = await check(
        tenant, {"email": "New@x.com"}, {"linkedin_profile": PROFILE}, {"domain": "X.com"}
    )
    nobody = {"domain": "x.com", "people": 0, "active": 0}
    assert found == [
        ALLOWED | {"at_domain": nobody},
        ALLOWED | {"at_domain": None},
        ALLOWED | {"at_domain": nobody},
    ]


async def test_somebody_who_is_known(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    """By the address or by the profile, and as one of those at a domain."""
    elsewhere = await tenant.campaign("Elsewhere", status="START")
    campaign = await tenant.campaign("Here")
    ann, bob = await joined(
        tenant, elsewhere, {"email": "ann@x.com", "linkedin_profile": PROFILE}, "bob@x.com"
    )
    await put(api, elsewhere, ann, "IN_PROGRESS")
    await put(api, elsewhere, bob, "NOT_INTERESTED")
    before = await rows_everywhere(resources, tenant)
    by_address, by_profile, by_domain = await check(
        tenant,
        {"email": "ann@x.com"},
        {"linkedin_profile": f"{PROFILE}/"},
        {"domain": "x.com"},
        campaign_id=campaign,
    )
    assert await rows_everywhere(resources, tenant) == before
    assert by_address == by_profile
    contacted = by_address.pop("last_contacted_at")
    assert contacted is not None
    assert by_domain["last_contacted_at"] > contacted
    assert by_address == {
        "allowed": False,
        "code": "duplicate_in_other_campaign",
        "reason": "Already exists in another campaign",
        "conflict": {
            "campaign_id": elsewhere,
            "campaign_name": "Elsewhere",
            "status": "IN_PROGRESS",
            "lead_id": ann,
            "tags": [],
            "others": 0,
        },
        "matched": None,
        "override": "ignore_duplicate_leads_in_other_campaign",
        "allowed_from": None,
        "hint": None,
        "known": True,
        "lead_id": ann,
        "at_domain": {"domain": "x.com", "people": 2, "active": 1},
        "validation": None,
    }
    assert (by_domain["allowed"], by_domain["known"], by_domain["lead_id"]) == (True, True, None)


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        ("campaign", ["added", "added"]),
        ("active", ["in_progress_in_other_campaign", "added"]),
        ("workspace", ["duplicate_in_other_campaign", "duplicate_in_other_campaign"]),
    ],
)
async def test_scopes(api: httpx.AsyncClient, tenant: Tenant, scope: str, codes: list[str]) -> None:
    elsewhere = await tenant.campaign()
    ann, bob = await joined(tenant, elsewhere, "ann@x.com", "bob@x.com")
    await put(api, elsewhere, ann, "IN_PROGRESS")
    await put(api, elsewhere, bob, "COMPLETED")
    rows = [{"email": "ann@x.com"}, {"email": "bob@x.com"}]
    assert [row["code"] for row in await check(tenant, *rows, duplicate_scope=scope)] == codes
    await tenant.policy(floor="workspace")
    locked = await check(tenant, *rows, duplicate_scope=scope)
    assert {(row["code"], row["override"]) for row in locked} == {
        ("duplicate_in_other_campaign", None)
    }


async def test_suppression(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    body = {"domain_block_list": ["*.x.com"]}
    assert (await tenant.api.post("/leads/add-domain-block-list", json=body)).status_code == 200
    await suppress(tenant, "unsubscribes", "bob@y.com")
    await suppress(tenant, "unsubscribes", "eve@y.com", campaign_id=campaign)
    rows: list[dict[str, str]] = [
        {"email": "ann@mail.x.com"},
        {"domain": "mail.x.com"},
        {"domain": "y.com"},
        {"email": "bob@y.com"},
        {"email": "eve@y.com"},
    ]
    codes = ["blocked", "blocked", "added", "unsubscribed"]
    assert [row["code"] for row in await check(tenant, *rows)] == [*codes, "added"]
    here = await check(tenant, *rows, campaign_id=campaign)
    assert [row["code"] for row in here] == [*codes, "unsubscribed"]
    assert here[1]["matched"]["entry"] == "*.x.com"


async def test_what_is_nobody(tenant: Tenant) -> None:
    found = await check(
        tenant,
        {"email": "no address"},
        {"linkedin_profile": "https://linkedin.com/company/x"},
        {"domain": "no domain"},
    )
    assert [(row["allowed"], row["code"], row["at_domain"]) for row in found] == [
        (False, "invalid_email", None),
        (False, "invalid_field", None),
        (False, "invalid_field", None),
    ]


async def test_who_may_ask(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, tenant: Tenant, other: Tenant
) -> None:
    rows: list[dict[str, Any]] = [{"email": "ann@x.com"}]
    headers = await key(tenant, scope="read")
    assert (await api.post("/check", json={"rows": rows}, headers=headers)).status_code == 200
    assert (await anonymous.post("/check", json={"rows": rows})).status_code == 401
    theirs = await other.campaign()
    answer = await api.post("/check", json={"rows": rows, "campaign_id": theirs})
    assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rows": []},
        {"rows": [{}]},
        {"rows": [{"email": ""}]},
        {"rows": [{"email": "ann@x.com", "domain": "x.com"}]},
        {"rows": [{"email": "ann@x.com", "strange": 1}]},
        {"rows": [{"email": "ann@x.com"}] * 1001},
        {"rows": [{"email": "ann@x.com"}], "duplicate_scope": "team"},
        {"rows": [{"email": "ann@x.com"}], "campaign_id": 0},
    ],
)
async def test_wrong_forms(api: httpx.AsyncClient, body: Any) -> None:
    answer = await api.post("/check", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
