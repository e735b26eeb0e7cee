"""The servers that the tests run on: real ones, and a database of their own on them.

Started in a temporary folder, unless LEADGATE_DATABASE_URL and LEADGATE_REDIS_URL name others.
``python -m tests.servers COMMAND …`` runs a command with both set to a fresh, migrated database.
"""

import asyncio
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from dns.rcode import Rcode

from app import migrate
from app.kit.embedded.folder import open_folder
from app.kit.embedded.postgres import postgres
from app.kit.embedded.valkey import valkey
from app.settings import Settings
from tests.dns import LOOPBACK, Behaviour, DnsServer
from tests.run_log import RUN_LOG

SECRET_KEY = "the-secret-key-of-the-tests"
DROP_S = 60


@dataclass(frozen=True)
class Servers:
    database_url: str
    """A database that belongs to this run alone, with the newest schema."""
    redis_url: str | None


@asynccontextmanager
async def running_servers() -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:
        # Short, and readable for the servers' account, unlike pytest's own.
        folder = open_folder(
            Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leadgate-")))
        )
        folder.path.chmod(0o711)
        server_url = os.environ.get("LEADGATE_DATABASE_URL")
        if not server_url:
            server_url = await stack.enter_async_context(postgres(folder, durable=False))
        redis_url = os.environ.get("LEADGATE_REDIS_URL") or await stack.enter_async_context(
            valkey(folder)
        )
        database_url = await stack.enter_async_context(fresh_database(server_url))
        await asyncio.to_thread(migrate.upgrade, database_url)
        try:
            yield Servers(database_url, redis_url)
        finally:
            RUN_LOG.add_servers(folder.path)


@pytest.fixture(scope="session")
async def servers() -> AsyncIterator[Servers]:
    async with running_servers() as found:
        yield found


@pytest.fixture(scope="session")
async def mute_dns() -> AsyncIterator[DnsServer]:
    """A resolver that finds nothing out, at once: whoever is to be checked waits on."""
    async with DnsServer(everywhere=Behaviour(rcode=Rcode.SERVFAIL)) as server:
        yield server


@pytest.fixture(scope="session")
def settings(
    servers: Servers, mute_dns: DnsServer, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    return Settings.model_validate(
        {
            "database_url": servers.database_url,
            "redis_url": servers.redis_url,
            "secret_key": SECRET_KEY,
            # On a busy machine a Redis that is there may take longer than the default.
            "rate_limit_timeout_s": 30,
            "dns_servers": LOOPBACK,
            "dns_port": mute_dns.port,
            "data_dir": tmp_path_factory.mktemp("data"),
        }
    )


@asynccontextmanager
async def fresh_database(server_url: str) -> AsyncIterator[str]:
    """A new database beside the one of the URL, dropped at the end whoever is still connected."""
    name = f"leadgate_test_{secrets.token_hex(4)}"
    await _execute(server_url, f"create database {name}")
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        await _drop(server_url, name)


async def _drop(server_url: str, name: str) -> None:
    """An autovacuum may be at it, which is not ours to end, and ends soon."""
    async with asyncio.timeout(DROP_S):
        while True:
            with suppress(asyncpg.InsufficientPrivilegeError):
                return await _execute(server_url, f"drop database {name} with (force)")
            await asyncio.sleep(0.1)


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _run(command: list[str]) -> int:
    async with running_servers() as found:
        environment = os.environ | {
            "LEADGATE_DATABASE_URL": found.database_url,
            "LEADGATE_REDIS_URL": found.redis_url or "",
            "LEADGATE_SECRET_KEY": SECRET_KEY,
        }
        process = await asyncio.create_subprocess_exec(*command, env=environment)
        return await process.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(_run(sys.argv[1:])))
