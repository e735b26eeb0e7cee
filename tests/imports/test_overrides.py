"""What a refusal names as its override does let the row past that rule."""

from typing import Any

import pytest

from tests.client import Tenant
from tests.imports.batches import codes, suppress
from tests.leads.people import joined, put

PROFILE = "linkedin.com/in/here"
EVERYBODY: list[dict[str, Any]] = [
    {"email": "here@x.com"},
    {"email": "active@x.com"},
    {"email": "ended@x.com"},
    {"email": "blocked@x.com"},
    {"email": "gone@x.com"},
    {"email": "bounced@x.com"},
    {"email": "new@x.com", "linkedin_profile": PROFILE},
]
NEVER = {"email": "never@x.com"}


@pytest.fixture
async def campaign(tenant: Tenant) -> int:
    """A strict campaign to which everybody stands differently."""
    await tenant.policy(check_undeliverable=True, recontact_after_days=30)
    here, elsewhere = await tenant.campaigns(2)
    await joined(tenant, here, {"email": "here@x.com", "linkedin_profile": PROFILE})
    ids = await joined(tenant, elsewhere, "active@x.com", "ended@x.com", "bounced@x.com")
    for lead, status in zip(ids, ("SCHEDULED", "STOPPED", "BOUNCED"), strict=True):
        await put(tenant.api, elsewhere, lead, status)
    await suppress(tenant, "leads/block-list", "blocked@x.com")
    await suppress(tenant, "unsubscribes", "gone@x.com")
    await suppress(tenant, "do-not-contact", NEVER["email"])
    return here


def as_settings(override: str) -> dict[str, Any]:
    """``flag``, or ``name=value``."""
    name, equals, value = override.partition("=")
    return {name: value if equals else True}


@pytest.mark.parametrize("floor", ["campaign", "active", "workspace"])
@pytest.mark.parametrize(
    "asked",
    [{}, {"duplicate_scope": "active"}, {"duplicate_scope": "workspace"}, {"mode": "update_only"}],
)
@pytest.mark.parametrize("meaning", ["documented", "legacy"])
async def test_following_the_override(
    tenant: Tenant, campaign: int, floor: str, asked: dict[str, str], meaning: str
) -> None:
    await tenant.policy(floor=floor, duplicate_flag_meaning=meaning, default_scope="workspace")
    refused = (await tenant.add(campaign, *EVERYBODY, **asked, dry_run=True))["skipped_leads"]
    assert refused
    for row in refused:
        settings, lead = dict(asked), EVERYBODY[row["index"]]
        passed = []
        while row and row["override"]:
            passed.append(row["code"])
            settings |= as_settings(row["override"])
            answer = await tenant.add(campaign, lead, **settings, dry_run=True)
            row = next(iter(answer["skipped_leads"]), None)
            assert row is None or row["code"] not in passed
        if floor == "campaign":
            assert row is None, (lead, row)


async def test_what_has_no_override(tenant: Tenant, campaign: int) -> None:
    answer = await tenant.add(campaign, NEVER, "no address", dry_run=True)
    assert codes(answer) == {"never@x.com": "do_not_contact", "no address": "invalid_email"}
    assert [row["override"] for row in answer["skipped_leads"]] == [None, None]
