"""Whom a filter finds."""

from typing import Any

import pytest

from tests.client import Tenant
from tests.imports.sources import asked, drafted

ANN: dict[str, Any] = {
    "email": "ann@example.com",
    "first_name": "Ann",
    "city": "Oslo",
    "country": "Norway",
    "industry": "Law",
    "company_size": "11-50",
    "revenue": "1M",
    "custom_fields": {"employees": 30, "since": "2024-05-01", "vip": True, "note": "Likes Tea"},
}
BOB: dict[str, Any] = {
    "email": "bob@acme.org",
    "company_name": "Acme Tools",
    "city": "Bergen",
    "custom_fields": {"employees": "200", "since": "no date", "vip": "false"},
}
CY: dict[str, Any] = {"email": "cy@example.com", "last_name": "Fox_%", "city": "oslo"}


def custom(field: str, op: str, value: Any, kind: str | None = None) -> dict[str, Any]:
    return {
        "custom": [{"field": field, "op": op, "value": value} | ({"type": kind} if kind else {})]
    }


EVERYBODY = ["ann", "bob", "cy"]
CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({"all": True}, EVERYBODY),
    ({"city": ["OSLO"]}, ["ann", "cy"]),
    ({"city": ["oslo", "Bergen"], "country": ["norway"]}, ["ann"]),
    ({"industry": ["law"], "company_size": ["11-50"], "revenue": ["1m"]}, ["ann"]),
    ({"industry": ["Law"], "city": ["Bergen"]}, []),
    ({"email": " Bob@ACME.org"}, ["bob"]),
    ({"email_prefix": "AN"}, ["ann"]),
    ({"email_prefix": "%"}, []),
    ({"q": "acme"}, ["bob"]),
    ({"q": "fox_%"}, ["cy"]),
    ({"created_at": {"gte": "2020-01-01"}}, EVERYBODY),
    ({"created_at": {"lt": "2020-01-01T00:00:00Z"}}, []),
    ({"status": ["PAUSED"]}, ["bob"]),
    ({"status": ["STARTED", "paused"]}, EVERYBODY),
    ({"status": ["PAUSED"], "city": ["Oslo"]}, []),
    ({"validation": ["pending", "valid"]}, EVERYBODY),
    ({"validation": ["valid", "invalid", "unverified"]}, []),
    ({"step": [0]}, EVERYBODY),
    ({"step": [1]}, []),
    ({"tags_any": ["Q4", "no"]}, ["ann", "bob"]),
    ({"tags_all": ["Q4", "hot"]}, ["ann", "bob"]),
    ({"tags_all": ["Q4", "no"]}, []),
    ({"source": ["list"]}, ["ann", "bob"]),
    ({"last_activity_at": {"gte": "2020-01-01"}}, EVERYBODY),
    (custom("employees", "gte", 100, "number"), ["bob"]),
    (custom("employees", "eq", 30.0, "number"), ["ann"]),
    (custom("employees", "in", [30, 200], "number"), ["ann", "bob"]),
    (custom("since", "lt", "2024-05-02", "date"), ["ann"]),
    (custom("vip", "eq", True, "boolean"), ["ann"]),
    (custom("vip", "ne", True, "boolean"), ["bob", "cy"]),
    (custom("vip", "exists", False, "boolean"), ["cy"]),
    (custom("note", "contains", "tea"), ["ann"]),
    (custom("note", "eq", "likes tea"), ["ann"]),
    (custom("employees", "exists", True), ["ann", "bob"]),
    (custom("employees", "lt", 1e308, "number"), ["ann", "bob"]),
]


@pytest.fixture
async def campaigns(tenant: Tenant) -> list[int]:
    """Ann and Bob in the first one, Bob paused; Cy in the second; the third is empty."""
    made = await tenant.campaigns(3)
    await tenant.add(made[0], ANN, BOB, tags=["Q4", "hot"], source="list")
    await tenant.add(made[1], CY)
    bob = (await tenant.api.get("/leads", params={"email": BOB["email"]})).json()["id"]
    assert (await tenant.api.post(f"/campaigns/{made[0]}/leads/{bob}/pause")).is_success
    return made


def shown(draft: dict[str, Any]) -> list[str]:
    preview = draft["preview"]
    found = [row[preview["headers"].index("email")] for row in preview["rows"]]
    assert (preview["matches"], preview["matches_is_exact"]) == (len(found), True)
    return [email.partition("@")[0] for email in found]


async def test_what_a_filter_asks_for(tenant: Tenant, campaigns: list[int]) -> None:
    for asked_for, found in CASES:
        assert shown(await drafted(tenant, campaigns[2], filter=asked_for)) == found, asked_for


async def test_campaigns_in_a_filter(tenant: Tenant, campaigns: list[int]) -> None:
    """Everything that is asked of memberships is asked of theirs, and their own values win."""
    first, second, third = campaigns
    settings = {"duplicate_scope": "campaign"}
    await tenant.add(second, {"email": ANN["email"], "custom_fields": {"employees": 5}}, **settings)
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"campaign_id": [first]}, ["ann", "bob"]),
        ({"campaign_id": [first, second]}, EVERYBODY),
        ({"campaign_id": [second], "status": ["PAUSED"]}, []),
        ({"campaign_id": [second], "created_at": {"gte": "2020-01-01"}}, ["ann", "cy"]),
        ({"campaign_id": [second]} | custom("employees", "eq", 5, "number"), ["ann"]),
        ({"campaign_id": [first]} | custom("employees", "eq", 5, "number"), []),
        ({"campaign_id": [third]}, []),
    ]
    for asked_for, found in cases:
        assert shown(await drafted(tenant, third, filter=asked_for)) == found, asked_for


@pytest.mark.parametrize(
    ("source", "pointer", "code"),
    [
        ({"filter": {}}, "/filter", "empty_filter"),
        ({"filter": {"all": False}}, "/filter", "empty_filter"),
        ({"filter": {"validation": ["good"]}}, "/filter/validation/0", "enum"),
        ({"filter": {"validation": []}}, "/filter/validation", "too_short"),
        ({"filter": {"account_id": [1], "city": ["Oslo"]}}, "/filter", "not_yet"),
        ({"filter": {"town": ["Oslo"]}}, "/filter/town", "extra_forbidden"),
        ({"filter": {"city": []}}, "/filter/city", "too_short"),
        ({"filter": {"status": ["PAUSED", "gone"]}}, "/filter/status", "unknown_status"),
        ({"filter": {"email": "nobody"}}, "/filter", "invalid_email"),
        ({"filter": {"created_at": {}}}, "/filter/created_at", "no_bound"),
        ({"filter": custom("a", "contains", 3, "number")}, "/filter/custom/0", "op_of_type"),
        ({"filter": custom("a", "in", "x")}, "/filter/custom/0", "value_of_op"),
        ({"filter": custom("a", "eq", "x", "number")}, "/filter/custom/0", "value_of_type"),
        ({"filter": custom("a", "eq", "2026-02-31", "date")}, "/filter/custom/0", "value_of_type"),
        ({"pipeline": {}}, "/pipeline", "empty_filter"),
        ({"pipeline": {"country": ["Norway"]}}, "/pipeline/country", "extra_forbidden"),
        ({"refused": {"import_id": 1, "codes": []}}, "/refused/codes", "too_short"),
        ({"refused": {"import_id": 1, "codes": ["added"]}}, "/refused/codes/0", "no_refusal"),
        ({"rows": []}, "/rows", "too_short"),
        ({"rows": [1]}, "/rows/0", "dict_type"),
        ({"rows": [{}]}, "/rows", "file_not_a_table"),
        ({"rows": [dict.fromkeys(map(str, range(1001)), 1)]}, "/rows", "too_many_columns"),
        ({}, "/", "one_source"),
        ({"pipeline": {"all": True}, "filter": {"all": True}}, "/", "one_source"),
    ],
)
async def test_what_cannot_be_asked_for(
    tenant: Tenant, source: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await asked(tenant, await tenant.campaign(), **source)
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


async def test_a_word_that_is_no_status(tenant: Tenant) -> None:
    campaign_id = await tenant.campaign()
    for word in ("asleep", ","):
        answer = await asked(tenant, campaign_id, filter={"status": [word]})
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_status")
