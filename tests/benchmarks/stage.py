"""What is measured: the whole service on this machine, as `leadgate up` starts it."""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg

from app.environment import FILE
from app.settings import Settings
from app.workspaces.operations import new_key
from tests.benchmarks import statements
from tests.process.up import Up
from tests.servers import fresh_database


@dataclass(frozen=True)
class Stage:
    """An empty service of the newest schema, which no statement has ever run on."""

    up: Up
    key: str
    database_url: str
    admin_url: str
    """Of one who may ask for a checkpoint."""
    statements: statements.Statements | None
    """PostgreSQL's own account of the time, where it was asked for."""

    def campaigns(self, count: int) -> tuple[int, ...]:
        return tuple(self._campaign() for _ in range(count))

    def _campaign(self) -> int:
        answer = self.up.request("POST", "/campaigns/create", self.key, json={})
        campaign_id: int = answer.raise_for_status().json()["id"]
        return campaign_id

    @asynccontextmanager
    async def connection(self) -> "AsyncIterator[asyncpg.Connection[Any]]":
        connection = await asyncpg.connect(self.database_url)
        try:
            yield connection
        finally:
            await connection.close()

    async def analyze(self) -> None:
        """Statistics as autovacuum brings them, but now and not at some moment of the run."""
        async with self.connection() as connection:
            await connection.execute("analyze")

    async def settle(self) -> None:
        """As after quiet hours: vacuumed, with statistics, and all of it on the disk."""
        async with self.connection() as connection:
            await connection.execute("vacuum (analyze)")
        admin = await asyncpg.connect(self.admin_url)
        await admin.execute("checkpoint")
        await admin.close()


@asynccontextmanager
async def open_stage(*, watch_statements: bool) -> AsyncIterator[Stage]:
    """Its own servers in a temporary folder, or a fresh database on LEADGATE_DATABASE_URL's."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_folder())
        data, key, database = folder / "data", new_key(), await _own_database(stack)
        environment = {
            "LEADGATE_BOOTSTRAP_API_KEY": key,
            "LEADGATE_RATE_LIMIT_PER_MINUTE": "0",
            "LEADGATE_MAX_STREAMS_PER_WORKSPACE": "5000",
            **database,
        }
        watch_statements = watch_statements and not database
        if watch_statements:
            await statements.load(data, environment)
        up = Up(data, environment=environment)
        stack.callback(up.stop)
        up.ready()
        settings = Settings.from_environment(data / FILE)
        url = database.get("LEADGATE_DATABASE_URL", settings.database_url)
        watched = await statements.watch(data, url) if watch_statements else None
        admin_url = url if database else statements.admin_url(data, url)
        yield Stage(up, key, url, admin_url, watched)


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="leadgate-bench-") as name:
        Path(name).chmod(0o711)  # the servers' account has to get through
        yield Path(name)


async def _own_database(stack: AsyncExitStack) -> Mapping[str, str]:
    server_url = os.environ.get("LEADGATE_DATABASE_URL")
    if not server_url:
        return {}
    return {"LEADGATE_DATABASE_URL": await stack.enter_async_context(fresh_database(server_url))}
