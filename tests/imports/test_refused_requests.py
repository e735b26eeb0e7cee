"""Bodies that are refused as a whole, in this order, each with a place and nothing written."""

from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.imports.batches import codes, counted, key, rows_everywhere
from tests.make import batch, people


async def refused(
    api: httpx.AsyncClient, tenant: Tenant, body: Any, resources: Resources
) -> tuple[int, dict[str, Any]]:
    """The answer to a request that must have written nothing."""
    campaign = await tenant.campaign()
    before = await rows_everywhere(resources, tenant)
    answer = await api.post(f"/campaigns/{campaign}/leads", json=body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await rows_everywhere(resources, tenant) == before
    problem: dict[str, Any] = answer.json()
    assert problem["ok"] is False
    assert problem["error"] == problem["message"] == problem["detail"]
    return answer.status_code, problem


@pytest.mark.seed("SL-02")
async def test_400_leads(tenant: Tenant) -> None:
    answer = await tenant.add(await tenant.campaign(), *people(400))
    assert counted(answer) == {"upload_count": 400, "total_leads": 400, "added_count": 400}


@pytest.mark.seed("SL-03")
@pytest.mark.parametrize("name", ["lead_list", "leads"])
async def test_401_leads(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, name: str
) -> None:
    """Told before anything else that is wrong with them."""
    leads = [{}, *people(400)]
    status, problem = await refused(api, tenant, {name: leads, "strange": 1}, resources)
    assert (status, problem["code"]) == (400, "batch_too_large")
    assert problem["error"] == "lead_list cannot exceed 400 leads per request"
    assert (problem["provided_count"], problem["max_allowed"]) == (401, 400)


@pytest.mark.seed("SL-38", "DS-22")
@pytest.mark.parametrize("name", ["lead_list", "leads"])
async def test_leads_without_an_address(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, name: str
) -> None:
    leads = [{"email": "ann@x.com"}, {}, {"email": None}, {"email": ""}, {"email": "  "}]
    status, problem = await refused(api, tenant, {name: leads, "strange": 1}, resources)
    assert (status, problem["code"]) == (400, "missing_email")
    assert problem["errors"] == [
        {"pointer": f"/{name}/{n}/email", "code": "missing_email", "detail": "email is required"}
        for n in (1, 2, 3, 4)
    ]
    assert "1, 2, 3, 4" in problem["error"]


@pytest.mark.seed("DS-22")
async def test_leads_without_an_address_may_be_skipped(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    campaign = await tenant.campaign()
    leads: list[Any] = [{"first_name": "Nobody"}, {"email": None}, "ann@x.com"]
    answer = await tenant.add(campaign, *leads, skip_missing_email=True)
    assert counted(answer) == {
        "upload_count": 3,
        "total_leads": 1,
        "added_count": 1,
        "skipped_count": 2,
    }
    assert [(row["index"], row["email"], row["code"]) for row in answer["skipped_leads"]] == [
        (0, None, "missing_email"),
        (1, None, "missing_email"),
    ]
    headers = await key(tenant, defaults={"skip_missing_email": True})
    path = f"/campaigns/{campaign}/leads"
    by_key = await api.post(path, json=batch({}), headers=headers)
    assert codes(by_key.json()) == {None: "missing_email"}
    spoken = await api.post(path, json=batch({}, skip_missing_email=False), headers=headers)
    assert (spoken.status_code, spoken.json()["code"]) == (400, "missing_email")


@pytest.mark.parametrize(
    ("word", "status"),
    [("true", 200), (1, 200), ("false", 400), (0, 400), ("", 400), (" ", 400), ("perhaps", 400)],
)
async def test_whether_to_skip_them_may_be_a_word(
    api: httpx.AsyncClient, tenant: Tenant, word: Any, status: int
) -> None:
    path = f"/campaigns/{await tenant.campaign()}/leads"
    answer = await api.post(path, json=batch({}, skip_missing_email=word))
    assert answer.status_code == status, answer.text


@pytest.mark.seed("SL-39")
@pytest.mark.parametrize("name", ["lead_list", "leads"])
async def test_malformed_addresses_may_refuse_the_batch(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, name: str
) -> None:
    leads = [{"email": email} for email in ("ann@x.com", "no", "bob@x.com", "@x.com")]
    body = {name: leads, "settings": {"reject_invalid_emails": True}}
    status, problem = await refused(api, tenant, body, resources)
    assert (status, problem["code"]) == (400, "invalid_email")
    assert [error["pointer"] for error in problem["errors"]] == [
        f"/{name}/1/email",
        f"/{name}/3/email",
    ]


ANN = {"email": "ann@x.com"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"lead_list": [ANN], "leads": [ANN]}, "/leads"),
        ({}, "/lead_list"),
        ({"lead_list": None}, "/lead_list"),
        ({"lead_list": []}, "/lead_list"),
        ({"lead_list": {}}, "/lead_list"),
        ({"lead_list": "ann@x.com"}, "/lead_list"),
        ([], "/"),
        (None, "/"),
        ("text", "/"),
        ({"lead_list": ["ann@x.com"]}, "/lead_list/0"),
        ({"lead_list": [None]}, "/lead_list/0"),
        ({"lead_list": [ANN], "strange": 1}, "/strange"),
        ({"lead_list": [ANN | {"strange": 1}]}, "/lead_list/0/strange"),
        ({"leads": [ANN, ANN | {"a/b": 1}]}, "/leads/1/a~1b"),
        ({"lead_list": [{"email": True}]}, "/lead_list/0/email"),
        ({"lead_list": [{"email": ["ann@x.com"]}]}, "/lead_list/0/email"),
        ({"lead_list": [ANN | {"first_name": "x" * 1001}]}, "/lead_list/0/first_name"),
        ({"lead_list": [ANN | {"first_name": {}}]}, "/lead_list/0/first_name"),
        ({"lead_list": [ANN | {"custom_fields": []}]}, "/lead_list/0/custom_fields"),
        (
            {"lead_list": [ANN | {"custom_fields": {str(n): n for n in range(201)}}]},
            "/lead_list/0/custom_fields",
        ),
        ({"lead_list": [ANN], "settings": []}, "/settings"),
        ({"lead_list": [ANN], "settings": {"mode": "replace"}}, "/settings/mode"),
        ({"lead_list": [ANN], "settings": {"strange": 1}}, "/settings/strange"),
        ({"lead_list": [ANN], "settings": {"tags": [""]}}, "/settings/tags/0"),
        (
            {"lead_list": [ANN], "settings": {"ignore_global_block_list": "maybe"}},
            "/settings/ignore_global_block_list",
        ),
    ],
)
async def test_wrong_forms(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, body: Any, pointer: str
) -> None:
    status, problem = await refused(api, tenant, body, resources)
    assert (status, problem["code"]) == (422, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@pytest.mark.parametrize("value", [{"a": 1}, ["a"], "x" * 10_001])
async def test_custom_values_that_cannot_be_kept(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, value: Any
) -> None:
    leads = [ANN, {"email": "bob@x.com", "custom_fields": {"field": value}}]
    status, problem = await refused(api, tenant, {"lead_list": leads}, resources)
    assert status == 422
    assert [error["pointer"] for error in problem["errors"]] == ["/lead_list/1/custom_fields/field"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"lead_list": [', 400),
        (b"", 422),
        (b'{"lead_list": [{"email": "a@x.com", "revenue": NaN}]}', 400),
        (b'{"lead_list": [{"email": "a@x.com", "first_name": "\\u0000"}]}', 422),
        (b'{"lead_list": [{"email": "a@x.com", "first_name": "\\ud800"}]}', 400),
        (b'{"lead_list": [{"email": "a@x.com", "custom_fields": {"\\u0000": 1}}]}', 422),
        (b'{"lead_list": [{"email": "a@x.com", "first_name": "\xff"}]}', 400),
        (b'{"lead_list": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", 400),
    ],
)
async def test_bodies_that_cannot_be_stored(
    api: httpx.AsyncClient, tenant: Tenant, content: bytes, status: int
) -> None:
    campaign = await tenant.campaign()
    answer = await api.post(
        f"/campaigns/{campaign}/leads",
        content=content,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == status
    assert answer.json()["ok"] is False
