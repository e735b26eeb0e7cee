"""A dry run, "why?" and a check say what an add would do; nothing is written."""

from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.imports.batches import Answer, rows_everywhere, shown, suppress
from tests.leads.people import joined, put

EVERYBODY: list[Any] = [
    {"email": "new@x.com", "linkedin_profile": "linkedin.com/in/new"},
    {"email": "here@x.com", "first_name": "Changed"},
    "same@x.com",
    "elsewhere@x.com",
    "blocked@x.com",
    "gone@x.com",
    "never@x.com",
    "no address",
    {"email": "other@x.com", "linkedin_profile": "linkedin.com/in/here"},
    "NEW@x.com",
]


@pytest.fixture
async def campaign(tenant: Tenant) -> int:
    """A campaign to which everybody stands differently."""
    here, elsewhere = await tenant.campaigns(2)
    profile = {"email": "here@x.com", "linkedin_profile": "linkedin.com/in/here"}
    await joined(tenant, here, profile, "same@x.com")
    [away] = await joined(tenant, elsewhere, "elsewhere@x.com")
    await put(tenant.api, elsewhere, away, "IN_PROGRESS")
    await suppress(tenant, "leads/block-list", "blocked@x.com")
    await suppress(tenant, "unsubscribes", "gone@x.com")
    await suppress(tenant, "do-not-contact", "never@x.com")
    return here


def told(answer: Answer) -> Answer:
    """Without what a dry run cannot know or says besides."""
    left = {name: value for name, value in answer.items() if name not in ("import_id", "dry_run")}
    left["skipped_leads"] = [
        {name: value for name, value in row.items() if name != "also"}
        for row in answer["skipped_leads"]
    ]
    return left


@pytest.mark.parametrize("mode", ["create_only", "create_and_update", "update_only"])
@pytest.mark.parametrize("scope", ["campaign", "active", "workspace"])
async def test_a_dry_run_writes_nothing_and_says_the_same(
    tenant: Tenant, resources: Resources, campaign: int, mode: str, scope: str
) -> None:
    terms = {"mode": mode, "duplicate_scope": scope, "ignore_global_block_list": True}
    before = await rows_everywhere(resources, tenant)
    dry = await tenant.add(campaign, *EVERYBODY, **terms, dry_run=True)
    assert await rows_everywhere(resources, tenant) == before
    assert (dry["dry_run"], dry["import_id"]) == (True, None)
    real = await tenant.add(campaign, *EVERYBODY, **terms)
    assert (real["dry_run"], real["import_id"] > 0) == (False, True)
    assert told(dry) == told(real)


async def test_a_dry_run_lists_the_other_rules_too(tenant: Tenant, campaign: int) -> None:
    await suppress(tenant, "leads/block-list", "elsewhere@x.com")
    await suppress(tenant, "unsubscribes", "elsewhere@x.com")
    dry = await tenant.add(campaign, "elsewhere@x.com", "blocked@x.com", dry_run=True)
    [elsewhere, blocked] = dry["skipped_leads"]
    assert (elsewhere["code"], blocked["code"], blocked["also"]) == ("blocked", "blocked", [])
    assert [(stop["code"], stop["override"]) for stop in elsewhere["also"]] == [
        ("unsubscribed", "ignore_unsubscribe_list"),
        ("duplicate_in_other_campaign", "ignore_duplicate_leads_in_other_campaign"),
    ]
    assert elsewhere["also"][1]["conflict"]["campaign_name"] == "Campaign 2"
    assert elsewhere["also"][0]["matched"]["entry"] == "elsewhere@x.com"
    real = await tenant.add(campaign, "elsewhere@x.com")
    assert "also" not in real["skipped_leads"][0]


VERDICT = ("code", "reason", "conflict", "matched", "override")


@pytest.mark.parametrize("floor", ["campaign", "active", "workspace"])
async def test_why_and_a_check_agree_with_the_add(
    api: httpx.AsyncClient, tenant: Tenant, campaign: int, floor: str
) -> None:
    await tenant.policy(floor=floor)
    emails = [row if isinstance(row, str) else row["email"] for row in EVERYBODY[:7]]
    answer = await tenant.add(campaign, *emails, dry_run=True)
    refused = {row["email"]: row for row in answer["skipped_leads"]}
    rows = [{"email": email} for email in emails]
    checked = await api.post("/check", json={"campaign_id": campaign, "rows": rows})
    assert checked.status_code == 200
    for email, check in zip(emails, checked.json()["data"], strict=True):
        why = (await shown(api, "/leads/why", email=email, campaign_id=campaign))["add"]
        assert why["allowed"] == check["allowed"] == (email not in refused)
        assert why["applied_scope"] == answer["applied_scope"]
        for found in (why, check):
            if email in refused:
                assert {n: found[n] for n in VERDICT} == {n: refused[email][n] for n in VERDICT}
            else:
                assert found["code"] == "added"
