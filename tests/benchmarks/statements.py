"""Where PostgreSQL's time goes, statement by statement. For the embedded server only."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from app.environment import FILE
from app.kit.embedded.folder import Folder
from app.kit.embedded.postgres import ADMIN
from app.settings import Settings
from tests.process.up import Up

TOP = r"""
select calls, total_plan_time / calls plan_ms, total_exec_time / calls ms, rows / calls rows,
       regexp_replace(query, '\s+', ' ', 'g') query
from pg_stat_statements
where calls * 10 > $1
order by total_plan_time + total_exec_time desc
limit $2
"""
SHOWN = 12
WIDTH = 90


@dataclass(frozen=True)
class Statements:
    """The account of one server. It takes some time itself: compare no rates with and without."""

    admin_url: str

    async def reset(self) -> None:
        connection = await asyncpg.connect(self.admin_url)
        await connection.execute("select pg_stat_statements_reset()")
        await connection.close()

    async def top(self, batches: int) -> list[str]:
        """The statements that took longest since the reset, of those that belong to a batch."""
        connection = await asyncpg.connect(self.admin_url)
        rows = await connection.fetch(TOP, batches, SHOWN)
        await connection.close()
        return [
            f"{row['calls'] / batches:7.1f} calls {row['ms']:8.3f} ms {row['plan_ms']:7.3f}"
            f" ms planning {row['rows']:5} rows"
            f"  {row['query'].strip()[:WIDTH]}"
            for row in rows
        ]


async def load(data: Path, environment: Mapping[str, str]) -> None:
    """Make the folder's server load the extension from its next start on."""
    up = Up(data, environment=environment)
    try:
        up.ready()
        connection = await asyncpg.connect(admin_url(data, _url(data)))
        await connection.execute("alter system set shared_preload_libraries = 'pg_stat_statements'")
        await connection.execute("alter system set pg_stat_statements.track_planning = on")
        await connection.close()
    finally:
        up.stop()


async def watch(data: Path, database_url: str) -> Statements:
    watched = Statements(admin_url(data, database_url))
    connection = await asyncpg.connect(watched.admin_url)
    await connection.execute("create extension if not exists pg_stat_statements")
    await connection.close()
    return watched


def _url(data: Path) -> str:
    return Settings.from_environment(data / FILE).database_url


def admin_url(data: Path, database_url: str) -> str:
    """Only a superuser sees everybody's statements, and asks for a checkpoint."""
    password = Folder(data).secret("postgres-admin")
    where = urlsplit(database_url)
    return f"postgresql://{ADMIN}:{password}@{where.hostname}:{where.port}/{ADMIN}"
