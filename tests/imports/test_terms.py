"""On which terms a batch comes in: tags, source, push, and what the key says besides."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import key, refusal, shown
from tests.leads.people import joined, member
from tests.make import batch

ANN = "ann@x.com"
DEFAULTS: dict[str, Any] = {
    "mode": "create_and_update",
    "overwrite_existing": False,
    "duplicate_scope": "active",
    "on_linkedin_match": "ignore",
    "source": "clay",
    "tags": ["Q4", "clay"],
}
OWN: dict[str, Any] = {
    "mode": "create_only",
    "overwrite_existing": True,
    "duplicate_scope": "workspace",
    "on_linkedin_match": "skip",
    "source": "by hand",
    "tags": [],
}

UNSAID: dict[str, Any] = {"push": None, "dry_run": False}


async def terms(tenant: Tenant, import_id: int) -> dict[str, Any]:
    settings: dict[str, Any] = (await shown(tenant.api, f"/imports/{import_id}"))["settings"]
    return settings


@pytest.mark.parametrize(
    ("spoken", "applied", "origin"),
    [
        ({}, DEFAULTS, "key"),
        (dict.fromkeys(OWN), DEFAULTS, "key"),
        (dict.fromkeys([*OWN, "push", "dry_run", "unknown_fields"], ""), DEFAULTS, "key"),
        (dict.fromkeys([*OWN, "reject_invalid_emails"], " "), DEFAULTS, "key"),
        (OWN, OWN, "request"),
    ],
    ids=["absent", "null", "empty", "blank", "spoken"],
)
async def test_the_key_speaks_where_the_request_does_not(
    api: httpx.AsyncClient,
    tenant: Tenant,
    spoken: dict[str, Any],
    applied: dict[str, Any],
    origin: str,
) -> None:
    campaign = await tenant.campaign()
    headers = await key(tenant, defaults=DEFAULTS)
    answer = await api.post(
        f"/campaigns/{campaign}/leads", json=batch(ANN, **spoken), headers=headers
    )
    found = await terms(tenant, answer.json()["import_id"])
    assert found == applied | UNSAID | {"duplicate_scope_from": origin}
    assert answer.json()["applied_scope"] == applied["duplicate_scope"]


async def test_without_anybody_speaking(tenant: Tenant) -> None:
    answer = await tenant.add(await tenant.campaign(), ANN)
    assert await terms(tenant, answer["import_id"]) == {
        "duplicate_scope": "workspace",
        "duplicate_scope_from": "workspace",
        "mode": "create_only",
        "overwrite_existing": True,
        "on_linkedin_match": "skip",
        "source": None,
        "tags": [],
        **UNSAID,
    }


async def test_tags_and_source_stay_with_the_lead(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """And tell where a duplicate came from."""
    first, second = await tenant.campaigns(2)
    answer = await tenant.add(
        first,
        ANN,
        tags=["Q4 LinkedIn Scrape", "warm", "warm"],
        source="linkedin",
        return_lead_ids=True,
    )
    here = await member(api, first, answer["lead_ids"][0])
    assert (here["tags"], here["source"]) == (["Q4 LinkedIn Scrape", "warm"], "linkedin")
    assert here["import_id"] == answer["import_id"]
    found = refusal(await tenant.add(second, ANN, tags=["other"]))
    assert found["conflict"]["tags"] == ["Q4 LinkedIn Scrape", "warm"]


async def test_an_update_leaves_tags_and_source(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, ANN)
    before = await member(api, campaign, ann)
    renamed = {"email": ANN, "first_name": "Ann"}
    await tenant.add(campaign, renamed, mode="create_and_update", tags=["new"], source="new")
    after = await member(api, campaign, ann)
    for name in ("tags", "source", "import_id", "status", "created_at"):
        assert after[name] == before[name], name


async def test_a_push_names_its_batches(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    for n in range(2):
        await tenant.add(campaign, f"{n}@x.com", push="November")
    await tenant.add(campaign, ANN)
    imports = (await shown(api, "/imports"))["data"]
    assert [found["push"] for found in imports] == [None, "November", "November"]
