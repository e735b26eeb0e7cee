"""The rate of fresh batches when the workspace has grown large."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg
import typer

from tests.benchmarks.batches import MANY, added, fresh_into, per_second
from tests.benchmarks.figures import Figure
from tests.benchmarks.people import BATCH
from tests.benchmarks.run import Run
from tests.benchmarks.stage import Stage

CHUNK = 50 * BATCH
"""Leads in a transaction."""
FILLERS = 2
COUNT = "select count(*) from leads"
# Batches that were sent before, again in every column but the identity: ids in the order of their
# arrival, addresses in none, as people come. An import for each batch, a ledger line for each lead.
IMPORTS = """
insert into imports (workspace_id, campaign_id, source, state, settings, rows_total, rows_done,
                     by_code, created_by, started_at, finished_at)
select workspace_id, $1, source, state, settings, rows_total, rows_done,
       by_code, created_by, now(), now()
from (select * from imports order by id limit 1) one, generate_series(1, $2::int)
returning id
"""
LEADS = """
with given as (
    select *, row_number() over () - 1 n from (select * from leads order by id limit $1) first),
people as (
    insert into leads (workspace_id, email, first_name, last_name, company_name, website, location,
                       custom_fields)
    select workspace_id,
           replace(lower(first_name || '.' || last_name), ' ', '')
               || substr(md5($2 || ' ' || n), 1, 12) || '@' || split_part(email, '@', 2),
           first_name, last_name, company_name, website, location, custom_fields
    from given order by n
    returning workspace_id, id, email, custom_fields),
numbered as (select *, row_number() over (order by id) - 1 n from people),
members as (
    insert into campaign_leads (workspace_id, campaign_id, lead_id, status, custom_fields,
                                import_id, row_no)
    select workspace_id, $3, id, 'NOT_CONTACTED', custom_fields,
           ($4::bigint[])[n / $5 + 1], n % $5 + 1
    from numbered order by n)
insert into import_rows (workspace_id, import_id, run, row_no, email, lead_id, code)
select workspace_id, ($4::bigint[])[n / $5 + 1], 1, n % $5 + 1, email, id, 'added'
from numbered order by n
"""


async def growth(run: Run) -> list[Figure]:
    load, small = await fresh_into(run, 1)
    leads = await run.once("grown", lambda: _grown(run))
    large = await added(run, f"fresh, after {leads:,}", run.fresh(run.stage.campaigns(1)))
    assert large.leads == load.leads
    work, ratio = f"fresh leads after {leads:,}", large.rate / small.rate
    return [Figure(work, per_second(large), ratio, "of steady", must=0.6, goal=0.75)]


async def _grown(run: Run) -> int:
    """Fill up to the size, and let the server do what it does in quiet hours; gives the leads."""
    began, stage = time.monotonic(), run.stage
    async with stage.connection() as connection:
        before: int = await connection.fetchval(COUNT)
    chunks = iter(range(-(-max(0, run.size.grown - before) // CHUNK)))
    campaigns = stage.campaigns(MANY)
    await asyncio.gather(*(_fill(stage, chunks, campaigns) for _ in range(FILLERS)))
    filled_s = time.monotonic() - began
    await stage.settle()
    async with stage.connection() as connection:
        leads: int = await connection.fetchval(COUNT)
        size = await connection.fetchval("select pg_database_size(current_database())")
    settled_s = time.monotonic() - began - filled_s
    typer.echo(f"filled in {filled_s:.0f} s, vacuumed in {settled_s:.0f} s, {size / 1e9:.1f} GB")
    return leads


async def _fill(stage: Stage, chunks: Iterator[int], campaigns: Sequence[int]) -> None:
    async with stage.connection() as connection:
        for chunk in chunks:
            await _insert(connection, chunk, campaigns[chunk % len(campaigns)])


async def _insert(connection: "asyncpg.Connection[Any]", chunk: int, campaign: int) -> None:
    async with connection.transaction():
        made = await connection.fetch(IMPORTS, campaign, CHUNK // BATCH)
        ids = [row["id"] for row in made]
        await connection.execute(LEADS, CHUNK, str(chunk), campaign, ids, BATCH)
