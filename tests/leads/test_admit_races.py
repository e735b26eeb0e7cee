"""Others come in between the steps of a batch: between its facts and its locks, and behind them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from app.campaigns.repository import CampaignRepository
from app.gate.operations import gather
from app.imports.batch import given_row
from app.imports.operations.batches import Batch, add_batch
from app.imports.settings import BatchSettings
from app.kit.db import FactsChanged
from app.kit.resources import Resources
from app.leads.admission.batch import Batch as Asking
from app.leads.admit import Admission
from app.leads.operations.changing import change_lead
from app.leads.rules.changes import Change
from app.leads.schemas.changes import PatchLeadIn
from app.values import CampaignId, LeadId, Mode
from app.workspaces.operations import authenticate
from tests.client import Tenant
from tests.consistency import offenders
from tests.leads.people import joined, listed, member
from tests.locks import Locks
from tests.make import batch, lead

FIRST, LAST = "aaa@example.com", "zzz@example.com"
"""At these addresses, known to nobody, a batch is stopped: before it takes any, or all others."""
FIRST_PAGE = "linkedin.com/in/aaa"
ANN, BOB, CARL = "ann@example.com", "bob@example.com", "carl@example.com"
PAGE, OTHER_PAGE, THIRD_PAGE = (f"linkedin.com/in/page-{n}" for n in (1, 2, 3))


@pytest.fixture
def locks(resources: Resources, tenant: Tenant) -> Locks:
    return Locks(resources, tenant.id)


@pytest.fixture(autouse=True)
async def _consistent(resources: Resources, tenant: Tenant) -> AsyncIterator[None]:
    yield
    assert await offenders(resources, tenant.id) == []


def codes(answer: dict[str, Any]) -> list[str]:
    """Of the rows that were refused."""
    return [row["code"] for row in answer["skipped_leads"]]


# Between the facts and the locks.


@pytest.mark.seed("AA-22")
async def test_somebody_enters_elsewhere(tenant: Tenant, locks: Locks) -> None:
    here, there = await tenant.campaigns(2)
    async with locks.at_address(FIRST, tenant.add(here, FIRST, ANN)) as adding:
        await tenant.add(there, ANN)
    answer = await adding
    assert codes(answer) == ["duplicate_in_other_campaign"]
    assert answer["skipped_leads"][0]["conflict"]["campaign_id"] == there


OPT_OUTS = {
    "unsubscribe": ("/leads/{lead}/unsubscribe", {}, "unsubscribed"),
    "status": (
        "/campaigns/{campaign}/leads/{lead}/status",
        {"status": "DO_NOT_CONTACT"},
        "do_not_contact",
    ),
    "list": ("/do-not-contact", {"emails": [ANN]}, "do_not_contact"),
}


@pytest.mark.parametrize("opt_out", OPT_OUTS)
async def test_somebody_known_opts_out(tenant: Tenant, locks: Locks, opt_out: str) -> None:
    here, there = await tenant.campaigns(2)
    [ann] = await joined(tenant, there, ANN)
    path, body, code = OPT_OUTS[opt_out]
    adding = tenant.add(here, FIRST, ANN, duplicate_scope="campaign")
    async with locks.at_address(FIRST, adding) as task:
        answer = await tenant.api.post(path.format(campaign=there, lead=ann), json=body)
        assert answer.status_code == 200, answer.text
    assert codes(await task) == [code]
    assert await listed(tenant.api, here) == [FIRST]


async def test_a_member_is_deleted(tenant: Tenant, locks: Locks) -> None:
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, ANN)
    rows = FIRST, lead(ANN, first_name="Ann")
    async with locks.at_address(
        FIRST, tenant.add(campaign, *rows, mode="create_and_update")
    ) as adding:
        assert (await tenant.api.delete(f"/campaigns/{campaign}/leads/{ann}")).is_success
    assert (await adding)["added_count"] == 2
    assert (await member(tenant.api, campaign, ann))["lead"]["first_name"] == "Ann"


async def test_a_member_gets_another_address(tenant: Tenant, locks: Locks) -> None:
    """Whoever has the old address now is somebody new."""
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, ANN)
    async with locks.at_address(
        FIRST, tenant.add(campaign, FIRST, ANN, mode="create_and_update")
    ) as adding:
        assert (await patch(tenant, campaign, ann, email=BOB)).is_success
    assert (await adding)["added_count"] == 2
    assert sorted(await listed(tenant.api, campaign)) == [FIRST, ANN, BOB]


async def test_whoever_is_to_be_updated_gets_another_address(tenant: Tenant, locks: Locks) -> None:
    campaign = await tenant.campaign()
    ann, bob = await joined(tenant, campaign, ANN, BOB)
    async with locks.held("select from leads where workspace_id = $1 and id = $2 for update", ann):
        updating = asyncio.create_task(
            tenant.add(campaign, ANN, lead(BOB, first_name="B"), mode="update_only")
        )
        await locks.waiting(1)
        assert (await patch(tenant, campaign, bob, email=CARL)).is_success
    answer = await updating
    assert (answer["unchanged_count"], codes(answer)) == (1, ["not_in_campaign"])
    assert (await tenant.api.get("/leads", params={"email": BOB})).json() == {}


async def test_a_lead_gets_another_profile(tenant: Tenant, locks: Locks) -> None:
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, lead(ANN, linkedin_profile=PAGE))
    rows = FIRST, lead(ANN, linkedin_profile=PAGE)
    async with locks.at_address(
        FIRST, tenant.add(campaign, *rows, mode="create_and_update")
    ) as adding:
        assert (await patch(tenant, campaign, ann, linkedin_profile=OTHER_PAGE)).is_success
    assert (await adding)["updated_count"] == 1
    assert await owners(locks) == {PAGE: ann}


async def test_the_profile_goes_to_somebody_else(tenant: Tenant, locks: Locks) -> None:
    campaign = await tenant.campaign()
    ann, bob = await joined(tenant, campaign, lead(ANN, linkedin_profile=PAGE), BOB)
    rows = FIRST, lead(ANN, linkedin_profile=PAGE)
    async with locks.at_address(
        FIRST, tenant.add(campaign, *rows, mode="create_and_update")
    ) as adding:
        assert (await patch(tenant, campaign, ann, linkedin_profile=OTHER_PAGE)).is_success
        assert (await patch(tenant, campaign, bob, linkedin_profile=PAGE)).is_success
    assert codes(await adding) == ["duplicate_linkedin"]
    assert await owners(locks) == {PAGE: bob, OTHER_PAGE: ann}


async def test_the_owner_of_the_profile_gets_another_address(tenant: Tenant, locks: Locks) -> None:
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, lead(ANN, linkedin_profile=PAGE))
    rows = FIRST, lead(ANN, linkedin_profile=PAGE)
    async with locks.at_address(
        FIRST, tenant.add(campaign, *rows, mode="create_and_update")
    ) as adding:
        assert (await patch(tenant, campaign, ann, email=BOB)).is_success
    assert codes(await adding) == ["duplicate_linkedin"]
    assert await owners(locks) == {PAGE: ann}


async def test_a_refusal_lets_a_later_row_in(tenant: Tenant, locks: Locks) -> None:
    """Who was a duplicate within the batch is not, once the row before is refused."""
    here, there = await tenant.campaigns(2)
    rows = FIRST, lead(ANN, linkedin_profile=PAGE), lead(BOB, linkedin_profile=PAGE)
    async with locks.at_address(FIRST, tenant.add(here, *rows)) as adding:
        await tenant.add(there, ANN)
    assert codes(await adding) == ["duplicate_in_other_campaign"]
    assert sorted(await listed(tenant.api, here)) == [FIRST, BOB]
    assert list(await owners(locks)) == [PAGE]


# LinkedIn profiles, which are claimed before the addresses.


async def test_a_claim_is_given_back(tenant: Tenant, locks: Locks) -> None:
    here, there = await tenant.campaigns(2)
    rows = FIRST, lead(ANN, linkedin_profile=PAGE)
    async with locks.at_address(FIRST, tenant.add(here, *rows)) as adding:
        await tenant.add(there, ANN)
    assert codes(await adding) == ["duplicate_in_other_campaign"]
    assert await owners(locks) == {}


async def test_a_claim_goes_to_whom_it_was_not_made_for(tenant: Tenant, locks: Locks) -> None:
    """Made for somebody unknown, who is known by the time that their address is taken."""
    here, there = await tenant.campaigns(2)
    rows = FIRST, lead(ANN, linkedin_profile=PAGE)
    async with locks.at_address(
        FIRST, tenant.add(here, *rows, duplicate_scope="campaign")
    ) as adding:
        [ann] = await joined(tenant, there, ANN)
    assert (await adding)["added_count"] == 2
    assert await owners(locks) == {PAGE: ann}


async def test_a_claim_for_somebody_who_has_a_profile_by_now(tenant: Tenant, locks: Locks) -> None:
    here, there = await tenant.campaigns(2)
    rows = FIRST, lead(ANN, linkedin_profile=PAGE)
    filling = tenant.add(here, *rows, duplicate_scope="campaign", overwrite_existing=False)
    async with locks.at_address(FIRST, filling) as adding:
        [ann] = await joined(tenant, there, lead(ANN, linkedin_profile=OTHER_PAGE))
    assert (await adding)["added_count"] == 2
    assert await owners(locks) == {OTHER_PAGE: ann}


async def test_a_profile_is_replaced_that_was_not_there_before(
    tenant: Tenant, locks: Locks
) -> None:
    here, there = await tenant.campaigns(2)
    rows = FIRST, lead(ANN, linkedin_profile=PAGE)
    async with locks.at_address(
        FIRST, tenant.add(here, *rows, duplicate_scope="campaign")
    ) as adding:
        [ann] = await joined(tenant, there, lead(ANN, linkedin_profile=OTHER_PAGE))
    assert (await adding)["added_count"] == 2
    assert await owners(locks) == {PAGE: ann}


@pytest.mark.parametrize("match", ["skip", "ignore"])
async def test_somebody_else_claims_the_profile(tenant: Tenant, locks: Locks, match: str) -> None:
    here, there = await tenant.campaigns(2)
    rows = lead(FIRST, linkedin_profile=FIRST_PAGE), lead(ANN, linkedin_profile=PAGE)
    async with locks.at_profile(
        FIRST_PAGE, tenant.add(here, *rows, on_linkedin_match=match)
    ) as adding:
        [bob] = await joined(tenant, there, lead(BOB, linkedin_profile=PAGE))
    assert codes(await adding) == (["duplicate_linkedin"] if match == "skip" else [])
    assert (await owners(locks))[PAGE] == bob


async def test_the_same_person_claims_it_elsewhere(tenant: Tenant, locks: Locks) -> None:
    here, there = await tenant.campaigns(2)
    rows = lead(FIRST, linkedin_profile=FIRST_PAGE), lead(ANN, linkedin_profile=PAGE)
    async with locks.at_profile(
        FIRST_PAGE, tenant.add(here, *rows, duplicate_scope="campaign")
    ) as adding:
        [ann] = await joined(tenant, there, lead(ANN, linkedin_profile=PAGE))
    assert (await adding)["added_count"] == 2
    assert (await owners(locks))[PAGE] == ann


async def test_a_lost_claim_whose_owner_is_gone(tenant: Tenant, locks: Locks) -> None:
    """Given back between the claim and the look at its owner: the batch begins again."""
    campaign = await tenant.campaign()
    fetch = locks.resources.database.fetch
    await fetch(
        "insert into lead_linkedin (workspace_id, linkedin_key, lead_id) values ($1, $2, 0)",
        tenant.id,
        PAGE,
    )
    adding = asyncio.create_task(tenant.add(campaign, lead(ANN, linkedin_profile=PAGE)))
    await asyncio.sleep(0.05)
    assert not adding.done()
    await fetch("delete from lead_linkedin where workspace_id = $1", tenant.id)
    assert (await adding)["added_count"] == 1


# Whoever is held by a batch waits for it.


async def test_whoever_comes_back_waits_for_the_batch(tenant: Tenant, locks: Locks) -> None:
    await tenant.policy(floor="active")
    here, there = [await tenant.campaign(status="START") for _ in range(2)]
    [ann] = await joined(tenant, here, ANN)
    status = f"/campaigns/{here}/leads/{ann}/status"
    assert (await tenant.api.post(status, json={"status": "STOPPED"})).is_success
    async with locks.at_address(
        LAST, tenant.add(there, ANN, LAST, duplicate_scope="active")
    ) as adding:
        resuming = asyncio.create_task(tenant.api.post(f"/campaigns/{here}/leads/{ann}/resume"))
        await locks.waiting(2)
    assert (await adding)["added_count"] == 2
    answer = await resuming
    assert (answer.status_code, answer.json()["code"]) == (409, "in_progress_in_other_campaign")


async def test_a_deletion_of_the_campaign_waits_for_the_batch(tenant: Tenant, locks: Locks) -> None:
    campaign = await tenant.campaign()
    async with locks.at_address(FIRST, tenant.add(campaign, FIRST, ANN)) as adding:
        deleting = asyncio.create_task(tenant.api.delete(f"/campaigns/{campaign}"))
        await locks.waiting(2)
    assert (await adding)["added_count"] == 2
    assert (await deleting).json()["ok"] is True
    later = await tenant.api.post(f"/campaigns/{campaign}/leads", json=batch(BOB))
    assert (later.status_code, later.json()["code"]) == (404, "campaign_not_found")


async def test_a_change_of_profile_and_a_batch_do_not_wait_in_a_circle(
    tenant: Tenant, locks: Locks
) -> None:
    """Both take the profile that the lead gives up before they take its address.

    Here neither is run again: a deadlock would fail one of them.
    """
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, lead(ANN, linkedin_profile=PAGE))
    rows = lead(ANN, linkedin_profile=OTHER_PAGE), lead(LAST)
    adding = add_once(tenant, locks.resources, campaign, *rows)
    async with locks.at_address(LAST, adding) as task:
        changing = asyncio.create_task(
            change_once(tenant, locks.resources, campaign, ann, linkedin_profile=THIRD_PAGE)
        )
        await locks.waiting(2)
    await task
    with pytest.raises(FactsChanged):
        await changing
    assert await owners(locks) == {OTHER_PAGE: ann}


# A dry run locks nothing.


async def test_a_dry_run_whose_member_leaves(tenant: Tenant, resources: Resources) -> None:
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, ANN)
    caller = await authenticate(resources, tenant.key)
    settings = BatchSettings(mode=Mode.CREATE_AND_UPDATE, dry_run=True).resolved(caller)
    candidates = [given_row(lead(ANN, first_name="Ann")).candidate]
    async with resources.database.transaction() as tx:
        found = await CampaignRepository(tx, caller.workspace_id).get(CampaignId(campaign))
        terms = settings.terms(caller.policy, found, datetime.now(UTC))
        facts = await gather(tx, caller.workspace_id, [row.row for row in candidates], terms)
        assert (await tenant.api.delete(f"/campaigns/{campaign}/leads/{ann}")).is_success
        asking = Asking(candidates, terms, settings.arrival(None), facts)
        admission = Admission(tx, caller.workspace_id, asking)
        await admission.compare()
        assert [row.verdict.code for row in admission.result()] == ["updated"]


async def patch(tenant: Tenant, campaign: int, lead_id: int, **fields: str) -> httpx.Response:
    return await tenant.api.patch(f"/campaigns/{campaign}/leads/{lead_id}", json=fields)


async def owners(locks: Locks) -> dict[str, int]:
    """Which lead has which LinkedIn profile."""
    rows = await locks.resources.database.fetch(
        "select linkedin_key, lead_id from lead_linkedin where workspace_id = $1",
        locks.workspace_id,
    )
    return {row["linkedin_key"]: row["lead_id"] for row in rows}


async def add_once(
    tenant: Tenant, resources: Resources, campaign: int, *leads: dict[str, Any]
) -> None:
    """A batch that updates, in one transaction that is not run again."""
    caller = await authenticate(resources, tenant.key)
    rows = Batch([given_row(one) for one in leads], BatchSettings(mode=Mode.CREATE_AND_UPDATE))
    async with resources.database.transaction() as tx:
        await add_batch(tx, caller, CampaignId(campaign), rows)


async def change_once(
    tenant: Tenant, resources: Resources, campaign: int, lead_id: int, **fields: str
) -> None:
    caller = await authenticate(resources, tenant.key)
    change: Change = PatchLeadIn.model_validate(fields).to_change()
    async with resources.database.transaction() as tx:
        await change_lead(tx, caller, CampaignId(campaign), LeadId(lead_id), change)
