"""`python -m tests.benchmarks [ROW …]`, or `make bench ARGS="…"`."""

import asyncio
import os
import platform
import signal
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Annotated, Any

import asyncpg
import typer

from tests.benchmarks import batches, domains, growth, imports, progress, streams, validation
from tests.benchmarks.figures import Figure, table
from tests.benchmarks.run import FULL, SHORT, Run
from tests.benchmarks.stage import Stage, open_stage

ROWS: dict[str, Callable[[Run], Awaitable[list[Figure]]]] = {
    "cold": batches.cold,  # first: its database is empty
    "fresh": batches.fresh,
    "duplicates": batches.duplicates,
    "csv": imports.csv,
    "streams": streams.streams,
    "domains": domains.domains,
    "validation": validation.validation,
    "progress": progress.progress,
    "growth": growth.growth,  # last: it fills the database
}
PACKAGES = ("fastapi", "pydantic", "sqlalchemy", "asyncpg", "orjson", "uvicorn", "uvloop")
SETTINGS = """
select string_agg(name || ' ' || current_setting(name), ', ' order by name)
from unnest(array[
    'shared_buffers', 'max_wal_size', 'checkpoint_timeout', 'wal_compression',
    'fsync', 'synchronous_commit', 'full_page_writes', 'random_page_cost', 'jit'
]) name
"""

Rows = Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(ROWS)}; all by default.")]
Short = Annotated[bool, typer.Option("--short", help="A quick look; the figures are rough.")]
Clients = Annotated[int, typer.Option(min=1, help="Client processes, with a connection each.")]
Statements = Annotated[
    bool, typer.Option("--statements", help="Show what PostgreSQL's time goes into; slower.")
]


def main(
    rows: Rows = None, short: Short = False, clients: Clients = 4, statements: Statements = False
) -> None:
    """Measure, print the table, and end with 1 if a figure misses what it must reach."""
    chosen = [name for name in ROWS if name in (rows or ROWS)]
    if unknown := set(rows or ()) - set(chosen):
        raise typer.BadParameter(f"no such row: {', '.join(sorted(unknown))}")
    figures = asyncio.run(_measure(chosen, short=short, clients=clients, watched=statements))
    typer.echo(f"\n{table(figures)}")
    if not all(figure.reaches(figure.must) for figure in figures):
        raise typer.Exit(1)


async def _measure(rows: list[str], *, short: bool, clients: int, watched: bool) -> list[Figure]:
    async with open_stage(watch_statements=watched) as stage:
        typer.echo(await _circumstances(stage, clients))
        run = Run(stage, SHORT if short else FULL, clients)
        return [figure for name in rows for figure in await ROWS[name](run)]


async def _circumstances(stage: Stage, clients: int) -> str:
    load, packages = os.getloadavg()[0], ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    async with stage.connection() as connection:
        server, settings = await _server(connection)
    return (
        f"{os.cpu_count()} CPUs, {clients} clients; load average at the start {load:.1f}\n"
        f"Python {platform.python_version()}, {packages}\n"
        f"PostgreSQL {server}: {settings}\n"
    )


async def _server(connection: "asyncpg.Connection[Any]") -> tuple[str, str]:
    return await connection.fetchval("show server_version"), await connection.fetchval(SETTINGS)


if __name__ == "__main__":
    # A shell's `timeout`, CI's cancellation: the servers have to be stopped then, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    typer.run(main)
