"""A LinkedIn profile is somebody: the same one does not come in twice."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import Answer, codes, counted, person, refusal
from tests.leads.people import joined

P1, P2 = "https://www.linkedin.com/in/ann-lee/", "https://linkedin.com/in/bob"
SKIPPED = "duplicate_linkedin"


def lead(name: str, profile: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"email": f"{name}@x.com", "linkedin_profile": profile, **fields}


async def profile(tenant: Tenant, name: str) -> Any:
    return (await person(tenant, f"{name}@x.com"))["linkedin_profile"]


async def is_free(tenant: Tenant, profile: str) -> bool:
    """Could somebody new have it?"""
    campaign = await tenant.campaign()
    answer = await tenant.add(campaign, lead("nobody", profile), dry_run=True)
    return bool(answer["added_count"])


@pytest.mark.seed("LL-12")
@pytest.mark.parametrize(
    "spelling",
    [
        P1,
        "linkedin.com/in/ann-lee",
        "http://de.linkedin.com/in/Ann-Lee?locale=de",
        " https://www.linkedin.com/in/ann-lee/details/ ",
    ],
)
async def test_the_profile_of_somebody_else(tenant: Tenant, spelling: str) -> None:
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, lead("ann", P1))
    answer = await tenant.add(campaign, lead("other", spelling), lead("bob", P2))
    assert counted(answer) == {
        "upload_count": 2,
        "total_leads": 1,
        "added_count": 1,
        "skipped_count": 1,
        "duplicate_count": 1,
    }
    assert refusal(answer) == {
        "index": 0,
        "email": "other@x.com",
        "code": SKIPPED,
        "reason": "Another lead has this LinkedIn profile",
        "conflict": {
            "campaign_id": None,
            "campaign_name": None,
            "status": None,
            "lead_id": ann,
            "tags": [],
            "others": 0,
        },
        "matched": None,
        "override": "on_linkedin_match=ignore",
    }
    assert await person(tenant, "other@x.com") == {}


@pytest.mark.seed("LL-12")
async def test_a_profile_that_comes_later(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """Whatever fills the address of a profile, an enrichment or a person, asks the same."""
    campaign = await tenant.campaign()
    _, bob = await joined(tenant, campaign, lead("ann", P1), lead("bob"))
    answer = await api.post(
        f"/campaigns/{campaign}/leads/{bob}", json={"email": "bob@x.com", "linkedin_profile": P1}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, SKIPPED)
    updated = await tenant.add(campaign, lead("bob", P1), mode="create_and_update")
    assert codes(updated) == {"bob@x.com": SKIPPED}
    assert await profile(tenant, "bob") is None


async def test_the_same_profile_twice_in_a_batch(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    answer = await tenant.add(campaign, lead("ann", P1), lead("other", P1), lead("bob"))
    assert codes(answer) == {"other@x.com": "duplicate_in_batch"}
    assert await person(tenant, "other@x.com") == {}


async def test_a_profile_may_be_ignored(tenant: Tenant) -> None:
    """It stays with its first owner, in a batch too."""
    campaign = await tenant.campaign()
    await joined(tenant, campaign, lead("ann", P1))
    answer = await tenant.add(
        campaign,
        lead("other", P1, first_name="Other"),
        lead("bob", P2),
        lead("rob", P2),
        on_linkedin_match="ignore",
    )
    assert answer["added_count"] == 3
    profiles = {name: await profile(tenant, name) for name in ("ann", "other", "bob", "rob")}
    assert profiles == {"ann": P1, "other": None, "bob": P2, "rob": None}
    assert (await person(tenant, "other@x.com"))["first_name"] == "Other"


async def test_a_replaced_profile_is_free_again(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await joined(tenant, campaign, lead("ann", P1))
    changed = await tenant.add(campaign, lead("ann", P2), mode="create_and_update")
    assert changed["updated_count"] == 1
    assert await profile(tenant, "ann") == P2
    assert (await is_free(tenant, P1), await is_free(tenant, P2)) == (True, False)
    assert (await tenant.add(campaign, lead("bob", P1)))["added_count"] == 1


async def test_a_profile_that_is_not_taken_stays_free(tenant: Tenant) -> None:
    """Only empty fields are filled, so what is claimed for nothing is given back."""
    campaign = await tenant.campaign()
    await joined(tenant, campaign, lead("ann", P1), lead("bob"))
    settings = {"mode": "create_and_update", "overwrite_existing": False}
    kept = await tenant.add(campaign, lead("ann", P2), **settings)
    assert kept["unchanged_count"] == 1
    assert (await profile(tenant, "ann"), await is_free(tenant, P2)) == (P1, True)
    filled = await tenant.add(campaign, lead("bob", P2), **settings)
    assert filled["updated_count"] == 1
    assert (await profile(tenant, "bob"), await is_free(tenant, P2)) == (P2, False)


async def test_a_page_that_is_no_persons(tenant: Tenant) -> None:
    company = "https://www.linkedin.com/company/example"
    campaign = await tenant.campaign()
    await joined(tenant, campaign, lead("ann", company), lead("bob", company), lead("eve", P1))
    assert [await profile(tenant, name) for name in ("ann", "bob")] == [company, company]
    await tenant.add(campaign, lead("eve", company), mode="create_and_update")
    assert (await profile(tenant, "eve"), await is_free(tenant, P1)) == (company, True)


async def test_the_profile_of_somebody_refused_stays_free(tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    await joined(tenant, first, lead("ann"))
    answer = await tenant.add(second, lead("ann", P1), lead("no", "x"), {"email": "bad"})
    assert codes(answer) == {"ann@x.com": "duplicate_in_other_campaign", "bad": "invalid_email"}
    assert await is_free(tenant, P1)
    assert await profile(tenant, "ann") is None


async def test_a_known_person_brings_the_profile_along(tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    [ann] = await joined(tenant, first, lead("ann"))
    assert await joined(tenant, second, lead("ann", P1)) == [ann]
    assert (await profile(tenant, "ann"), await is_free(tenant, P1)) == (P1, False)
    again = await tenant.add(second, lead("ann", P1), mode="create_and_update")
    assert again["unchanged_count"] == 1


async def test_another_workspace_may_know_the_same_profile(tenant: Tenant, other: Tenant) -> None:
    for one in (tenant, other):
        assert await joined(one, await one.campaign(), lead("ann", P1))
        assert await profile(one, "ann") == P1


async def test_the_same_profile_at_once(tenant: Tenant) -> None:
    """Under any number of addresses, one gets in, and nothing of the others is left."""
    campaign = await tenant.campaign()
    names = [f"name{n}" for n in range(8)]
    answers: list[Answer] = await asyncio.gather(
        *(tenant.add(campaign, lead(name, P1), lead(f"with-{name}")) for name in names)
    )
    refused = [name for answer in answers for name in codes(answer).items()]
    assert len(refused) == 7
    assert {code for _, code in refused} == {SKIPPED}
    known = [name for name in names if await person(tenant, f"{name}@x.com")]
    assert len(known) == 1
    assert sum(answer["added_count"] for answer in answers) == 9
