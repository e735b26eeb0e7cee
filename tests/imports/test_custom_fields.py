"""Custom fields are merged over all requests: they have a limit together."""

from typing import Any

import httpx
import pytest

from app.leads.merge import MAX_CUSTOM_FIELDS
from tests.client import Tenant
from tests.imports.batches import counted, person, refusal, shown
from tests.leads.people import joined, member

ANN = "ann@example.com"


def fields(first: int, count: int) -> dict[str, Any]:
    return {f"f{n}": n for n in range(first, first + count)}


async def full(tenant: Tenant, campaign: int) -> int:
    """Somebody with as many as there may be."""
    [lead] = await joined(tenant, campaign, {"email": ANN, "custom_fields": fields(0, 200)})
    for first in range(200, MAX_CUSTOM_FIELDS, 100):
        newer = {"email": ANN, "custom_fields": fields(first, 100)}
        answer = await tenant.add(campaign, newer, mode="create_and_update")
        assert answer["updated_count"] == 1
    return lead


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_an_update_that_would_be_too_much(
    api: httpx.AsyncClient, tenant: Tenant, method: str
) -> None:
    campaign = await tenant.campaign()
    lead = await full(tenant, campaign)
    path = f"/campaigns/{campaign}/leads/{lead}"
    body = {"email": ANN, "first_name": "Ann", "custom_fields": {"one": "more"}}
    answer = await api.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_custom_fields")
    body = {"email": ANN, "first_name": "Anna", "custom_fields": {"f0": "new"}}
    assert (await api.request(method, path, json=body)).status_code == 200
    found = (await member(api, campaign, lead))["lead"]
    assert found["first_name"] == "Anna"
    assert found["custom_fields"] == fields(0, MAX_CUSTOM_FIELDS) | {"f0": "new"}


@pytest.mark.parametrize("page", [{}, {"linkedin_profile": "https://www.linkedin.com/in/ann"}])
async def test_a_row_that_would_be_too_much(tenant: Tenant, page: dict[str, str]) -> None:
    """In this campaign or another one; the others of the batch go in."""
    first, second = await tenant.campaigns(2)
    await full(tenant, first)
    before = await person(tenant, ANN)
    more = {"email": ANN, "first_name": "Ann", "custom_fields": {"one": "more"}, **page}
    for campaign, bob in ((first, "bob@x.com"), (second, "eve@x.com")):
        terms = {"mode": "create_and_update", "duplicate_scope": "campaign"}
        dry = await tenant.add(campaign, more, bob, **terms, dry_run=True)
        answer = await tenant.add(campaign, more, bob, **terms)
        assert counted(answer) == {
            "upload_count": 2,
            "total_leads": 1,
            "added_count": 1,
            "skipped_count": 1,
        }
        assert refusal(answer) == {
            "index": 0,
            "email": ANN,
            "code": "invalid_field",
            "reason": "A field is too long, of the wrong type, or one custom field too many",
            "conflict": None,
            "matched": None,
            "override": None,
        }
        assert refusal(dry) == refusal(answer) | {"also": []}
        [row] = (
            await shown(tenant.api, f"/imports/{answer['import_id']}/rows", code="invalid_field")
        )["data"]
        assert (row["row"], row["outcome"]) == (1, "failed")
    assert await person(tenant, ANN) == before
    free = {"email": "owner@x.com", **page}
    assert (await tenant.add(first, free))["added_count"] == 1
