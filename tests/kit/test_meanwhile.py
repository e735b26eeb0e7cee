"""What is computed while the database is at work."""

import time

import asyncpg
import pytest

from app.kit.meanwhile import meanwhile
from app.kit.resources import Resources

LONG_S = 0.5


def busy() -> float:
    time.sleep(LONG_S)
    return time.monotonic()


async def test_both_take_no_longer_than_one(resources: Resources) -> None:
    """Each of them takes half of the time that they would take one after the other."""
    async with resources.database.transaction() as tx:
        began = time.monotonic()
        asked = tx.rows("select 1 from pg_sleep($1)", LONG_S)
        [row], computed_at = await meanwhile(asked, busy)
    assert row[0] == 1
    assert began + LONG_S <= computed_at
    assert time.monotonic() - began < 1.8 * LONG_S


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
