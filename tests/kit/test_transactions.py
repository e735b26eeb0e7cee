"""Transactions that are cut off leave nothing behind."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from app.kit.db import DatabaseAway, is_away
from app.kit.resources import Resources, open_resources

LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, DatabaseAway)
"""The shapes in which the driver tells of a connection's end."""
OPEN = """
select count(*) from pg_stat_activity
where datname = current_database() and state like 'idle in transaction%'
"""


@pytest.mark.parametrize("statements", [0, 1, 3])
async def test_no_open_transaction_goes_back_to_the_pool(
    resources: Resources, statements: int
) -> None:
    """Wherever it was cut off: in its begin, in a statement, in its commit."""

    async def work() -> None:
        async with resources.database.transaction() as tx:
            for _ in range(statements):
                await tx.rows("select 1")

    await work()  # so that there is a connection in the pool
    observer = await asyncpg.connect(resources.settings.database_url)
    for steps in range(100):
        cut_off = asyncio.create_task(work())
        for _ in range(steps):
            await asyncio.sleep(0)
        cut_off.cancel()
        with suppress(asyncio.CancelledError):
            await cut_off
        assert await observer.fetchval(OPEN) == 0, steps
    await observer.close()


async def test_who_stalls_in_a_transaction_holds_nobody_up(resources: Resources) -> None:
    impatient = resources.settings.model_copy(update={"statement_timeout_s": 0.2})
    held = "select pg_advisory_xact_lock(1, 2)"

    async def stall(opened: Resources) -> None:
        async with opened.database.transaction() as tx:
            await tx.rows(held)
            async with resources.database.transaction() as another:
                await another.rows(held)
            await tx.rows("select 1")

    async with open_resources(impatient) as opened:
        with pytest.raises(LOST) as lost:
            await stall(opened)
        assert is_away(lost.value)
        assert await opened.database.fetch("select 1")
