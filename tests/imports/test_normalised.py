"""Addresses are compared as people mean them, not as they were typed."""

import pytest

from tests.client import Tenant
from tests.imports.batches import campaigns_of, codes, counted, person, refusal, shown
from tests.leads.people import joined

ANN = "ann@example.com"
SPELLINGS = [
    "  ann@example.com ",
    "ANN@Example.COM",
    "ann@example.com\u00a0",
    "\u200bann@example.com\ufeff",
    "mailto:ann@example.com",
    "Ann Lee <Ann@example.com>",
]


@pytest.mark.seed("LL-66", "LL-67")
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_one_person_in_any_spelling(tenant: Tenant, spelling: str) -> None:
    """Spaces and capitals are taken away here, not by the sender."""
    first, second = await tenant.campaigns(2)
    await joined(tenant, first, spelling)
    found = await person(tenant, ANN)
    assert (found["email"], found["email_given"]) == (ANN, spelling)
    assert codes(await tenant.add(first, ANN)) == {ANN: "duplicate_in_campaign"}
    answer = await tenant.add(second, spelling)
    assert codes(answer) == {spelling: "duplicate_in_other_campaign"}
    [line] = (await shown(tenant.api, f"/imports/{answer['import_id']}/rows"))["data"]
    assert (line["email"], line["normalised_from"]) == (ANN, spelling)


@pytest.mark.seed("LL-66", "LL-67")
async def test_all_spellings_in_one_batch(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    answer = await tenant.add(campaign, *SPELLINGS)
    assert counted(answer) == {
        "upload_count": len(SPELLINGS),
        "total_leads": 1,
        "added_count": 1,
        "skipped_count": len(SPELLINGS) - 1,
        "duplicate_count": len(SPELLINGS) - 1,
    }
    assert set(codes(answer).values()) == {"duplicate_in_batch"}


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("josé@example.com", "jose\u0301@example.com"),
    ],
)
async def test_other_scripts(tenant: Tenant, one: str, same: str) -> None:
    campaign = await tenant.campaign()
    await joined(tenant, campaign, one)
    assert codes(await tenant.add(campaign, same)) == {same: "duplicate_in_campaign"}


@pytest.mark.seed("SL-39", "DS-25")
async def test_malformed_addresses_are_told_of_row_by_row(tenant: Tenant) -> None:
    """The rest of the batch goes in, repeated rows once."""
    campaign = await tenant.campaign()
    bad = ["ann", "ann@", "@example.com", "a b@example.com", "ann@example", "x" * 300 + "@x.com"]
    answer = await tenant.add(campaign, *bad, ANN, "Ann@example.com")
    assert answer["invalid_emails"] == bad
    assert counted(answer) == {
        "upload_count": 8,
        "total_leads": 1,
        "added_count": 1,
        "skipped_count": 7,
        "invalid_email_count": 6,
        "duplicate_count": 1,
    }
    assert codes(answer) == dict.fromkeys(bad, "invalid_email") | {
        "Ann@example.com": "duplicate_in_batch"
    }
    assert await campaigns_of(tenant, ANN) == [campaign]
    alone = refusal(await tenant.add(campaign, "ann@"))
    assert (alone["reason"], alone["override"]) == ("Not a valid email address", None)
