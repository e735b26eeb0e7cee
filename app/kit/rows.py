"""All rows of a database into an archive and back, as PostgreSQL's own text.

Not by pg_dump: that reads no newer server and writes for no older one, and is not everywhere. The
schema comes from the migrations.
"""

from collections.abc import Callable
from graphlib import TopologicalSorter
from zipfile import ZipFile

from pydantic import BaseModel

from app.kit.db import Tx

SNAPSHOT = "set transaction isolation level repeatable read, read only"
PLAIN = "set local datestyle = 'ISO'"
"""The only one of the settings that change the text which a server may have as its own default."""
MAJOR = "select current_setting('server_version_num')::int / 10000"
REVISION = "select version_num from alembic_version"
HAS_SCHEMA = "select to_regclass('alembic_version') is not null"
TABLES = """
select c.relname::text name, array_agg(a.attname::text order by a.attnum) columns,
       array(select f.confrelid::regclass::text from pg_constraint f
             where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) refers_to
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                   and a.attgenerated = ''
where c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'alembic_version'
  and c.relnamespace = quote_ident(current_schema())::regnamespace
group by c.oid, c.relname
order by c.relname
"""
SEQUENCES = """
select sequencename::text name, last_value
from pg_sequences where schemaname = current_schema() and last_value is not null
"""
SET_SEQUENCES = """
select setval(quote_ident(name)::regclass, last_value)
from unnest($1::text[], $2::bigint[]) s (name, last_value)
"""


class Table(BaseModel, frozen=True):
    name: str
    columns: tuple[str, ...]
    rows: int


class Contents(BaseModel, frozen=True):
    postgresql: int
    """The major that they come from."""
    revision: str
    """Of the schema."""
    tables: tuple[Table, ...]
    """What a table refers to stands before it."""
    sequences: dict[str, int]


Told = Callable[[Table], None]


async def write_rows(tx: Tx, archive: ZipFile, told: Told) -> Contents | None:
    """Of one snapshot, whatever is written meanwhile; None where there is no schema yet.

    The transaction must be new.
    """
    await tx.rows(SNAPSHOT)
    if not (await tx.rows(HAS_SCHEMA))[0][0]:
        return None
    await tx.rows(PLAIN)
    tables = []
    for name, columns in await _tables(tx):
        with archive.open(table_file(name), "w", force_zip64=True) as file:
            rows = await tx.copy_out(name, columns, file)
        tables.append(Table(name=name, columns=columns, rows=rows))
        told(tables[-1])
    # After the rows: sequences follow no snapshot, and may only be ahead.
    sequences = {row["name"]: row["last_value"] for row in await tx.rows(SEQUENCES)}
    return Contents(
        postgresql=(await tx.rows(MAJOR))[0][0],
        revision=(await tx.rows(REVISION))[0][0],
        tables=tuple(tables),
        sequences=sequences,
    )


async def read_rows(tx: Tx, archive: ZipFile, contents: Contents, told: Told) -> None:
    """Into the empty schema of the same revision. Raises ValueError where rows are missing."""
    await tx.rows(PLAIN)
    for table in contents.tables:
        with archive.open(table_file(table.name)) as file:
            rows = await tx.copy_in(table.name, table.columns, file)
        if rows != table.rows:
            raise ValueError(f"{table.name} has {rows} of {table.rows} rows")
        told(table)
    await tx.rows(SET_SEQUENCES, list(contents.sequences), list(contents.sequences.values()))
    await tx.rows("analyze")


def table_file(table: str) -> str:
    """Its name in the archive."""
    return f"tables/{table}"


async def _tables(tx: Tx) -> list[tuple[str, tuple[str, ...]]]:
    found = {row["name"]: row for row in await tx.rows(TABLES)}
    order = TopologicalSorter({name: row["refers_to"] for name, row in found.items()})
    return [(name, tuple(found[name]["columns"])) for name in order.static_order()]
