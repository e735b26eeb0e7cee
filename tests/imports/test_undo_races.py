"""Others come in while an import is undone: nobody is lost, and nobody waits in a circle."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import campaigns_of, shown
from tests.imports.undoing import ask, totals
from tests.jobs import run_due
from tests.leads.people import joined
from tests.locks import Locks

FIRST, ANN = "aaa@example.com", "ann@example.com"
PAGE = "https://www.linkedin.com/in/p"
PEOPLE = 120
IMPORTS = 6


@pytest.fixture(autouse=True)
async def _alone(resources: Resources, tenant: Tenant) -> AsyncIterator[None]:
    await resources.database.fetch("delete from jobs")
    yield
    assert await offenders(resources, tenant.id) == []


@pytest.fixture
def locks(resources: Resources, tenant: Tenant) -> Locks:
    return Locks(resources, tenant.id)


async def test_somebody_is_undone_whom_a_batch_knew(
    tenant: Tenant, resources: Resources, locks: Locks
) -> None:
    """They come in as somebody new."""
    here, there = await tenant.campaigns(2)
    came = await tenant.add(here, ANN)
    adding = tenant.add(there, FIRST, ANN, duplicate_scope="campaign")
    async with locks.at_address(FIRST, adding) as task:
        await ask(tenant, came["import_id"])
        await run_due(resources)
    assert (await task)["added_count"] == 2
    assert await campaigns_of(tenant, ANN) == [there]
    found = await shown(tenant.api, f"/imports/{came['import_id']}")
    assert totals(found) == {"removed": 1, "leads_removed": 1}


async def test_somebody_enters_elsewhere_while_the_undoing_waits(
    tenant: Tenant, resources: Resources, locks: Locks
) -> None:
    here, there = await tenant.campaigns(2)
    came = await tenant.add(here, {"email": ANN, "linkedin_profile": PAGE}, "bob@example.com")
    await ask(tenant, came["import_id"])
    held = "select from lead_linkedin where workspace_id = $1 and linkedin_key = $2 for update"
    async with locks.stopped(run_due(resources), held, "linkedin.com/in/p") as undoing:
        await joined(tenant, there, ANN)
    await undoing
    found = await shown(tenant.api, f"/imports/{came['import_id']}")
    assert totals(found) == {
        "removed": 1,
        "leads_removed": 1,
        "kept": 1,
        "by_reason": {"entered_elsewhere": 1},
    }
    assert sorted(await campaigns_of(tenant, ANN)) == [here, there]


async def test_whoever_is_changed_while_the_undoing_waits_stays_so(
    tenant: Tenant, resources: Resources, locks: Locks
) -> None:
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, {"email": ANN, "city": "Oslo"})
    came = await tenant.add(campaign, {"email": ANN, "city": "Rome"}, mode="update_only")
    await ask(tenant, came["import_id"])
    held = "select from leads where workspace_id = $1 and id = $2 for no key update"
    async with locks.held(held, ann):
        path = f"/campaigns/{campaign}/leads/{ann}"
        changing = asyncio.create_task(tenant.api.patch(path, json={"city": "Bari"}))
        await locks.waiting(1)
        undoing = asyncio.create_task(run_due(resources))
        await locks.waiting(2)
    assert (await changing).is_success
    await undoing
    assert (await shown(tenant.api, path))["lead"]["city"] == "Bari"
    found = await shown(tenant.api, f"/imports/{came['import_id']}")
    assert totals(found) == {"kept": 1, "by_reason": {"updated_since": 1}}


async def test_many_at_once(tenant: Tenant, resources: Resources) -> None:
    """Imports are undone, while others bring the same people, and change them."""
    chance = random.Random(7)  # the same each time
    campaigns = await tenant.campaigns(2)
    done = [
        (await tenant.add(campaigns[n % 2], f"once{n}@example.com", *crowd(chance), **TERMS))[
            "import_id"
        ]
        for n in range(IMPORTS)
    ]

    async def bring(campaign: int) -> None:
        for _ in range(IMPORTS):
            await tenant.add(campaign, *crowd(chance), **TERMS)

    async def undo(import_id: int) -> None:
        await ask(tenant, import_id)
        await run_due(resources)

    await asyncio.gather(*(undo(one) for one in done), *(bring(c) for c in campaigns * 2))
    await resources.database.fetch("update jobs set run_at = now() where state = 'queued'")
    await run_due(resources)
    found = [await shown(tenant.api, f"/imports/{one}") for one in done]
    assert {one["state"] for one in found} == {"undone"}
    for one in found:
        did = one["counts"]["added"] + one["counts"]["updated"]
        assert did == sum(one["undo"][name] for name in ("removed", "restored", "kept"))
        assert one["undo"]["removed"]  # at least who came but once


TERMS = {"mode": "create_and_update", "duplicate_scope": "campaign", "on_linkedin_match": "ignore"}


def crowd(chance: random.Random) -> list[dict[str, Any]]:
    """Some of the people, each with one of their pages."""
    some = chance.sample(range(PEOPLE), PEOPLE // 2)
    return [
        {
            "email": f"p{n}@example.com",
            "linkedin_profile": f"{PAGE}{n}-{chance.randrange(3)}",
            "city": chance.choice(["Oslo", "Rome"]),
        }
        for n in some
    ]
