"""Kept counts equal a recount at any time, folded or not, and while folding."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from app.counters.operations import CHUNK, fold_counters, queue_folds, write
from app.counters.repository import CounterRepository
from app.counters.rules import Delta
from app.kit.db import Tx
from app.kit.jobs import Lease, LeaseLost
from app.kit.resources import Resources
from app.settings import Settings
from app.values import CampaignId, WorkspaceId
from tests.client import Tenant
from tests.jobs import taken_over
from tests.make import people
from workers.main import work as run_worker

ONE, TWO = CampaignId(1), CampaignId(2)


@pytest.fixture
def workspace(tenant: Tenant) -> WorkspaceId:
    return WorkspaceId(tenant.id)


async def count(resources: Resources, workspace: WorkspaceId, *deltas: Delta) -> None:
    async with resources.database.transaction() as tx:
        await write(tx, workspace, deltas)


async def totals(resources: Resources, workspace: WorkspaceId) -> dict[CampaignId, dict[str, int]]:
    async with resources.database.transaction() as tx:
        return await CounterRepository(tx, workspace).totals([ONE, TWO])


async def left(resources: Resources, workspace: WorkspaceId) -> int:
    [row] = await resources.database.fetch(
        "select count(*) from counter_deltas where workspace_id = $1", workspace
    )
    unfolded: int = row["count"]
    return unfolded


async def claimed(resources: Resources, workspace: WorkspaceId) -> Lease:
    """The right to run the fold that waits."""
    await queue_folds(resources)
    [row] = await resources.database.fetch(
        "select id from jobs where workspace_id = $1 and state = 'queued'", workspace
    )
    lease = await resources.jobs.claim(row["id"])
    assert lease
    return lease


async def test_a_fold_changes_no_total(
    resources: Resources, workspace: WorkspaceId, work: Callable[[], Awaitable[int]]
) -> None:
    await count(
        resources, workspace, Delta(ONE, "sent", 2), Delta(ONE, "sent", 1, date(2026, 1, 1))
    )
    await count(resources, workspace, Delta(ONE, "sent", -1), Delta(TWO, "opened", 5))
    expected = {ONE: {"sent": 2}, TWO: {"opened": 5}}
    assert await totals(resources, workspace) == expected
    await queue_folds(resources)
    await work()
    assert await left(resources, workspace) == 0
    assert await totals(resources, workspace) == expected
    await count(resources, workspace, Delta(ONE, "sent", 1))
    assert (await totals(resources, workspace))[ONE] == {"sent": 3}


async def test_another_workspace_counts_for_itself(
    resources: Resources, workspace: WorkspaceId, other: Tenant
) -> None:
    await count(resources, WorkspaceId(other.id), Delta(ONE, "sent", 7))
    assert await totals(resources, workspace) == {ONE: {}, TWO: {}}


async def test_folds_wait_once_however_often_they_are_asked_for(
    resources: Resources, workspace: WorkspaceId
) -> None:
    await count(resources, workspace, Delta(ONE, "sent", 1))
    await asyncio.gather(*(queue_folds(resources) for _ in range(5)))
    rows = await resources.database.fetch(
        "select id from jobs where workspace_id = $1 and kind = 'fold_counters'", workspace
    )
    assert len(rows) == 1


async def test_more_deltas_than_a_chunk_are_all_folded(
    resources: Resources, workspace: WorkspaceId
) -> None:
    async with resources.database.transaction() as tx:
        await CounterRepository(tx, workspace).write([Delta(ONE, "sent", 1)] * (CHUNK + 1))
    await fold_counters(resources, await claimed(resources, workspace))
    assert await left(resources, workspace) == 0
    assert (await totals(resources, workspace))[ONE] == {"sent": CHUNK + 1}


async def test_a_fold_that_was_taken_over_has_no_effect(
    resources: Resources, workspace: WorkspaceId
) -> None:
    await count(resources, workspace, Delta(ONE, "sent", 1))
    dead = await claimed(resources, workspace)
    alive = await taken_over(resources, dead)
    with pytest.raises(LeaseLost):
        await fold_counters(resources, dead)
    assert await left(resources, workspace) == 1
    await fold_counters(resources, alive)
    assert await left(resources, workspace) == 0
    assert (await totals(resources, workspace))[ONE] == {"sent": 1}


async def test_a_worker_folds_without_being_asked(
    resources: Resources, workspace: WorkspaceId, settings: Settings
) -> None:
    await count(resources, workspace, Delta(ONE, "sent", 1))
    often = settings.model_copy(
        update={"fold_interval_s": 0.05, "sweep_interval_s": 0.05, "redis_url": None}
    )
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(often, stop))
    for _ in range(200):
        await asyncio.sleep(0.05)
        if not await left(resources, workspace):
            break
    stop.set()
    await worker
    assert await left(resources, workspace) == 0
    assert (await totals(resources, workspace))[ONE] == {"sent": 1}


async def test_kept_counts_equal_a_recount_while_batches_come_in_and_folds_run(
    resources: Resources, tenant: Tenant, work: Callable[[], Awaitable[int]]
) -> None:
    campaigns = await tenant.campaigns(2)
    done = asyncio.Event()

    async def fold() -> None:
        while not done.is_set():
            await queue_folds(resources)
            await work()

    async def recount() -> int:
        looks = 0
        while not done.is_set():
            assert await differences(resources, tenant) == []
            looks += 1
        return looks

    async def add(campaign: int, n: int) -> None:
        await tenant.add(campaign, *people(20, prefix=f"c{campaign}n{n}p"))

    watchers = [asyncio.create_task(fold()), asyncio.create_task(fold())]
    looking = asyncio.create_task(recount())
    await asyncio.gather(*(add(campaign, n) for campaign in campaigns for n in range(10)))
    done.set()
    await asyncio.gather(*watchers)
    assert await looking
    for campaign in campaigns:
        shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()["lead_counts"]
        assert (shown["total"], shown["by_status"]) == (200, {"NOT_CONTACTED": 200})


async def differences(resources: Resources, tenant: Tenant) -> list[str]:
    """Counters that a recount contradicts, both read from one snapshot."""
    engine = resources.database.engine.execution_options(isolation_level="REPEATABLE READ")
    async with engine.connect() as connection, connection.begin():
        await connection.exec_driver_sql("select 1")
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver
        tx = Tx(connection, driver)
        recounted = {
            (row["campaign_id"], f"status:{row['status']}"): row["n"]
            for row in await tx.rows(
                "select campaign_id, status, count(*) n from campaign_leads"
                " where workspace_id = $1 group by campaign_id, status",
                tenant.id,
            )
        }
        rows = await tx.rows("select id from campaigns where workspace_id = $1", tenant.id)
        kept = await CounterRepository(tx, WorkspaceId(tenant.id)).totals(
            [row["id"] for row in rows]
        )
    counted = {(c, name): n for c, counters in kept.items() for name, n in counters.items() if n}
    return [f"{key}: {counted.get(key)}" for key in counted.keys() ^ recounted.keys()] + [
        f"{key}: {n} instead of {recounted[key]}"
        for key, n in counted.items()
        if recounted.get(key, n) != n
    ]
