"""Five reps import at the same time, and nobody is written to by two of them."""

import asyncio
from itertools import chain
from typing import Any

import pytest

from tests.client import Tenant
from tests.imports.batches import codes, shown
from tests.leads.people import joined, put

BATCH = 100
IN_PROGRESS = "in_progress_in_other_campaign"


async def members(tenant: Tenant, campaign: int) -> set[str]:
    listed = await shown(tenant.api, f"/campaigns/{campaign}/leads", limit=1000)
    return {row["email"] for row in listed["data"]}


async def push(tenant: Tenant, campaign: int, emails: list[str]) -> list[dict[str, Any]]:
    """All batches of a rep at once."""
    batches = [emails[n : n + BATCH] for n in range(0, len(emails), BATCH)]
    return await asyncio.gather(*(tenant.add(campaign, *batch) for batch in batches))


@pytest.mark.seed("LL-48", "LL-49")
async def test_500_and_600_at_once(tenant: Tenant) -> None:
    """300 people are on both lists, in another order; with 10 an old campaign is in progress, with
    10 it ended.
    """
    await tenant.policy(default_scope="active")
    old = await tenant.campaign("Old", status="START")
    q4 = await tenant.campaign("Q4 Outreach Campaign", status="START")
    again = await tenant.campaign("Re-engagement Campaign", status="START")
    active = [f"active{n}@example.com" for n in range(10)]
    finished = [f"finished{n}@example.com" for n in range(10)]
    ids = await joined(tenant, old, *active, *finished)
    for n, lead in enumerate(ids):
        await put(tenant.api, old, lead, "IN_PROGRESS" if n < len(active) else "COMPLETED")
    both = [f"both{n}@example.com" for n in range(300)]
    first = [*active, *both, *(f"first{n}@example.com" for n in range(190))]
    second = [*(f"second{n}@example.com" for n in range(290)), *finished, *reversed(both)]
    assert (len(first), len(second)) == (500, 600)
    answers = await asyncio.gather(push(tenant, q4, first), push(tenant, again, second))
    in_q4, in_again = await members(tenant, q4), await members(tenant, again)
    assert not in_q4 & in_again
    assert in_q4 | in_again == (set(first) | set(second)) - set(active)
    assert set(finished) <= in_again
    refused: dict[str, str] = {}
    for answer in chain(*answers):
        refused |= codes(answer)
    assert refused == dict.fromkeys([*active, *both], IN_PROGRESS)
    added = [sum(answer["added_count"] for answer in of_rep) for of_rep in answers]
    assert added == [len(in_q4), len(in_again)]
    assert sum(added) == 190 + 300 + 300


@pytest.mark.parametrize("scope", ["active", "workspace"])
async def test_five_reps_with_the_same_list(tenant: Tenant, scope: str) -> None:
    await tenant.policy(default_scope=scope)
    campaigns = [await tenant.campaign(f"Rep {n}", status="START") for n in range(5)]
    emails = [f"person{n}@example.com" for n in range(50)]
    orders = [emails, emails[::-1], emails[20:] + emails[:20], emails, emails[::-1]]
    answers = await asyncio.gather(
        *(tenant.add(c, *order) for c, order in zip(campaigns, orders, strict=True))
    )
    assert sum(answer["added_count"] for answer in answers) == 50
    found = [await members(tenant, campaign) for campaign in campaigns]
    assert sum(map(len, found)) == 50
    assert set().union(*found) == set(emails)


async def test_the_same_list_into_one_campaign_at_once(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    emails = [f"person{n}@example.com" for n in range(50)]
    answers = await asyncio.gather(
        *(tenant.add(campaign, *order) for order in (emails, emails[::-1]) * 3)
    )
    assert sum(answer["added_count"] for answer in answers) == 50
    assert sum(answer["already_added_to_campaign"] for answer in answers) == 250
    assert await members(tenant, campaign) == set(emails)
