"""What a connection brings along, and which errors say that PostgreSQL is away."""

import pytest

from app.kit.db import Database, DatabaseAway, asyncpg_url, is_away
from app.kit.resources import Resources, open_resources

TAKEN = {"client_encoding", "DateStyle", "TimeZone", "standard_conforming_strings"}
"""Of what a client may ask for as it connects, all that pgbouncer takes without being told to."""


async def test_a_connection_asks_for_nothing_that_pgbouncer_refuses(resources: Resources) -> None:
    rows = await resources.database.fetch("select name from pg_settings where source = 'client'")
    assert {row["name"] for row in rows} <= TAKEN


async def test_a_transaction_is_not_compiled(resources: Resources) -> None:
    async with resources.database.transaction() as tx:
        assert [row[0] for row in await tx.rows("show jit")] == ["off"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_name_of_postgresql_means_our_driver(scheme: str) -> None:
    assert asyncpg_url(f"{scheme}://me:p%40ss@host/db") == "postgresql+asyncpg://me:p%40ss@host/db"


async def test_a_server_that_cannot_be_reached_is_away(resources: Resources) -> None:
    away = resources.settings.model_copy(
        update={"database_url": "postgres://me@127.0.0.1:1/nothing", "redis_url": None}
    )
    async with open_resources(away) as nowhere:
        with pytest.raises(DatabaseAway) as fetched:
            await nowhere.database.fetch("select 1")
        assert is_away(fetched.value)
        with pytest.raises(DatabaseAway):
            async with nowhere.database.transaction():
                pass


async def test_a_server_that_falls_silent_is_away(resources: Resources) -> None:
    """It answers neither, nor do its own time-outs end the statement."""
    short = Database(
        resources.settings.database_url,
        pool_size=1,
        statement_timeout_s=0.1,
        lock_timeout_s=1,
    )
    with pytest.raises(DatabaseAway):
        await short.fetch("select pg_sleep(20)")
    await short.close()


def test_errors_of_our_own_code_do_not_say_that_it_is_away() -> None:
    assert not any(map(is_away, (OSError(), TimeoutError(), FileNotFoundError(), ValueError())))
