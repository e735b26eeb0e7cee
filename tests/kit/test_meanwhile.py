"""What is computed while the database is at work."""

import time

import asyncpg
import pytest

from app.kit.meanwhile import meanwhile
from app.kit.resources import Resources

LONG_S = 0.5
NOW = "extract(epoch from clock_timestamp())::float8"


def busy() -> tuple[float, float]:
    """When it began, and when it ended."""
    began = time.time()
    time.sleep(LONG_S)
    return began, time.time()


async def test_it_is_computed_while_the_database_is_at_work(resources: Resources) -> None:
    """Both have the same clock here."""
    slow = f"select {NOW} began, pg_sleep($1), {NOW} ended"
    async with resources.database.transaction() as tx:
        await tx.rows(slow, 0)  # what is prepared already is sent at once
        [row], (began, ended) = await meanwhile(tx.rows(slow, LONG_S), busy)
    assert row["began"] < ended
    assert began < row["ended"]


async def test_nothing_is_under_way_when_the_computing_fails(resources: Resources) -> None:
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        async with resources.database.transaction() as tx:
            await meanwhile(tx.rows("select pg_sleep(20)"), lambda: 1 // 0)
    assert time.monotonic() - began < 10
    async with resources.database.transaction() as tx:
        assert [tuple(row) for row in await tx.rows("select 1")] == [(1,)]


async def test_what_the_database_refuses_is_raised(resources: Resources) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with resources.database.transaction() as tx:
            await meanwhile(tx.rows("select 1 / 0"), busy)


async def test_both_fail(resources: Resources) -> None:
    """The computing is what is told of, and the other is not left lying about."""

    def fail() -> None:
        time.sleep(LONG_S)
        raise LookupError

    with pytest.raises(LookupError):
        async with resources.database.transaction() as tx:
            await meanwhile(tx.rows("select 1 / 0"), fail)
