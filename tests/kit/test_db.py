"""What a connection brings along."""

from app.kit.resources import Resources

TAKEN = {"client_encoding", "DateStyle", "TimeZone", "standard_conforming_strings"}
"""Of what a client may ask for as it connects, all that pgbouncer takes without being told to."""


async def test_a_connection_asks_for_nothing_that_pgbouncer_refuses(resources: Resources) -> None:
    rows = await resources.database.fetch("select name from pg_settings where source = 'client'")
    assert {row["name"] for row in rows} <= TAKEN


async def test_a_transaction_is_not_compiled(resources: Resources) -> None:
    async with resources.database.transaction() as tx:
        assert [row[0] for row in await tx.rows("show jit")] == ["off"]
