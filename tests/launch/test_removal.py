"""The job that removes a deleted campaign's rows: killed, taken over, raced, it leaves nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from app.counters.operations import queue_folds
from app.kit.jobs import Lease, LeaseLost
from app.kit.resources import Resources
from app.launch.operations import remove_campaign
from app.models import Base
from tests.client import Tenant
from tests.jobs import taken_over
from tests.make import batch, people

KEPT = {"imports"}
"""Until their age ends them."""
PEOPLE = [person["email"] for person in people(3)]


async def rows_of(resources: Resources, tenant: Tenant, campaign: int) -> dict[str, int]:
    """How many rows name the campaign, in each table that has any."""
    tables = [name for name, table in Base.metadata.tables.items() if "campaign_id" in table.c]
    counts = " union all ".join(
        f"select '{name}' name, count(*) n from {name} where workspace_id = $1 and campaign_id = $2"  # noqa: S608
        for name in tables
    )
    found = await resources.database.fetch(counts, tenant.id, campaign)
    return {row["name"]: row["n"] for row in found if row["n"] and row["name"] not in KEPT}


async def full_campaign(resources: Resources, tenant: Tenant) -> int:
    """With rows in every table that a campaign has rows in."""
    campaign = await tenant.campaign("Spring")
    await tenant.add(campaign, *people(3), duplicate_scope="campaign")
    await queue_folds(resources)
    path = f"/campaigns/{campaign}/sequences"
    await tenant.api.post(path, json={"sequences": [{"seq_number": 1}]})
    unsubscribed = {"emails": ["no@example.com"], "campaign_id": campaign}
    await tenant.api.post("/unsubscribes", json=unsubscribed)
    await resources.database.fetch(
        "with event as (insert into lead_events (workspace_id, lead_id, campaign_id, type, source)"
        " select workspace_id, lead_id, campaign_id, 'sent', 'test' from campaign_leads"
        " where workspace_id = $1 and campaign_id = $2)"
        " insert into tombstones (workspace_id, email, campaign_id, deleted_at)"
        " values ($1, 'gone@example.com', $2, now())",
        tenant.id,
        campaign,
    )
    return campaign


async def delete(resources: Resources, tenant: Tenant, campaign: int) -> Lease:
    """Delete it; gives the lease on its removal."""
    answer = await tenant.api.delete(f"/campaigns/{campaign}")
    assert answer.status_code == 200
    [row] = await resources.database.fetch(
        "select id from jobs where workspace_id = $1 and kind = 'remove_campaign'", tenant.id
    )
    lease = await resources.jobs.claim(row["id"])
    assert lease
    return lease


async def exists(resources: Resources, tenant: Tenant, campaign: int) -> bool:
    return bool(
        await resources.database.fetch(
            "select id from campaigns where workspace_id = $1 and id = $2", tenant.id, campaign
        )
    )


@asynccontextmanager
async def held_at_the_events(
    resources: Resources, tenant: Tenant, campaign: int, lease: Lease
) -> AsyncIterator[asyncio.Task[dict[str, int]]]:
    """A removal that has taken the memberships and waits for the lock on an event."""
    async with resources.database.transaction() as tx:
        await tx.rows(
            "select id from lead_events where workspace_id = $1 and campaign_id = $2 for update",
            tenant.id,
            campaign,
        )
        removal = asyncio.create_task(remove_campaign(resources, lease))
        while "campaign_leads" in await rows_of(resources, tenant, campaign):
            assert not removal.done()
            await asyncio.sleep(0.01)
        yield removal


async def test_a_deleted_campaign_leaves_no_rows_and_takes_nothing_else(
    resources: Resources, tenant: Tenant, work: Callable[[], Awaitable[int]]
) -> None:
    campaign, neighbour = (
        await full_campaign(resources, tenant),
        await full_campaign(resources, tenant),
    )
    await work()
    before = await rows_of(resources, tenant, neighbour)
    assert before.keys() == (await rows_of(resources, tenant, campaign)).keys()
    assert len(before) == 6
    await tenant.api.delete(f"/campaigns/{campaign}")
    await work()
    assert await rows_of(resources, tenant, campaign) == {}
    assert not await exists(resources, tenant, campaign)
    assert await rows_of(resources, tenant, neighbour) == before
    stayed = await resources.database.fetch(
        "select email from leads where workspace_id = $1 order by email", tenant.id
    )
    assert [row["email"] for row in stayed] == PEOPLE
    imports = (await tenant.api.get("/imports")).json()["data"]
    assert campaign in {run["campaign_id"] for run in imports}


async def test_a_removal_that_was_killed_is_finished_by_another(
    resources: Resources, tenant: Tenant
) -> None:
    campaign = await full_campaign(resources, tenant)
    lease = await delete(resources, tenant, campaign)
    async with held_at_the_events(resources, tenant, campaign, lease) as removal:
        removal.cancel()
        await asyncio.gather(removal, return_exceptions=True)
    assert "lead_events" in await rows_of(resources, tenant, campaign)
    await remove_campaign(resources, await taken_over(resources, lease))
    assert await rows_of(resources, tenant, campaign) == {}
    assert not await exists(resources, tenant, campaign)


async def test_a_removal_that_was_taken_over_does_nothing_more(
    resources: Resources, tenant: Tenant
) -> None:
    campaign = await full_campaign(resources, tenant)
    lease = await delete(resources, tenant, campaign)
    async with held_at_the_events(resources, tenant, campaign, lease) as removal:
        alive = await taken_over(resources, lease)
    with pytest.raises(LeaseLost):
        await removal
    assert (await rows_of(resources, tenant, campaign))["lead_events"] == 3
    await remove_campaign(resources, alive)
    assert await rows_of(resources, tenant, campaign) == {}


async def test_a_removal_that_is_run_again_finds_nothing_to_do(
    resources: Resources, tenant: Tenant
) -> None:
    campaign = await full_campaign(resources, tenant)
    lease = await delete(resources, tenant, campaign)
    for _ in range(2):
        await remove_campaign(resources, lease)
    assert await rows_of(resources, tenant, campaign) == {}


async def test_a_deletion_among_batches_and_folds_leaves_nothing_behind(
    resources: Resources, tenant: Tenant, work: Callable[[], Awaitable[int]]
) -> None:
    campaign = await full_campaign(resources, tenant)

    async def send(sender: str) -> list[int]:
        """One batch after the other until the campaign is gone."""
        answers = [200]
        while answers[-1] == 200:
            rows = people(20, prefix=f"{sender}{len(answers)}p")
            answer = await tenant.api.post(f"/campaigns/{campaign}/leads", json=batch(*rows))
            answers.append(answer.status_code)
        return answers

    async def fold() -> None:
        for _ in range(10):
            await queue_folds(resources)
            await work()

    async def delete_and_work() -> None:
        await asyncio.sleep(0.3)
        assert (await tenant.api.delete(f"/campaigns/{campaign}")).status_code == 200
        await work()

    sent = asyncio.gather(*(send(sender) for sender in "abcd"))
    await asyncio.gather(sent, fold(), delete_and_work())
    await work()
    assert [answers[-1] for answers in sent.result()] == [404] * 4
    assert await rows_of(resources, tenant, campaign) == {}
    assert not await exists(resources, tenant, campaign)
