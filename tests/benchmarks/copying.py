"""The base line: PostgreSQL's own binary COPY of the rows that fresh leads write."""

import time
from typing import Any

import asyncpg

CHUNK = 20_000
"""Leads in a transaction."""
REPEATS = 5
TABLES = {"leads": "id", "campaign_leads": "id", "import_rows": "import_id, row_no"}
"""Lead, membership and ledger line, each in the order in which they were written."""

Records = list[tuple[object, ...]]


async def stored_rows(connection: "asyncpg.Connection[Any]", leads: int) -> dict[str, Records]:
    """What the service itself has stored, so that the rows are the same in every column."""
    stored = {
        table: await _stored(connection, table, order, leads) for table, order in TABLES.items()
    }
    assert all(len(records) == leads for records in stored.values()), "too few leads are stored"
    return stored


async def _stored(
    connection: "asyncpg.Connection[Any]", table: str, order: str, leads: int
) -> Records:
    query = f"select * from {table} order by {order} limit $1"  # noqa: S608  # names of ours
    return [tuple(row) for row in await connection.fetch(query, leads)]


async def copy(connection: "asyncpg.Connection[Any]", stored: dict[str, Records]) -> float:
    """Seconds, into fresh tables that have the service's indexes and no foreign keys."""
    await connection.execute("create schema base_line")
    for table in TABLES:
        await connection.execute(f"create table base_line.{table} (like {table} including all)")
    started = time.perf_counter()
    for first in range(0, len(stored["leads"]), CHUNK):
        await _copy_chunk(connection, stored, slice(first, first + CHUNK))
    seconds = time.perf_counter() - started
    await connection.execute("drop schema base_line cascade")
    return seconds


async def _copy_chunk(
    connection: "asyncpg.Connection[Any]", stored: dict[str, Records], chunk: slice
) -> None:
    async with connection.transaction():
        for table, records in stored.items():
            await connection.copy_records_to_table(
                table, schema_name="base_line", records=records[chunk]
            )
