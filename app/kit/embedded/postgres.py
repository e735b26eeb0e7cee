"""A real PostgreSQL, started as a child of ours."""

import asyncio
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from app.kit.embedded.binaries import PostgresBinaries, postgres_binaries
from app.kit.embedded.folder import (
    Folder,
    private_directory,
    server_account,
    write_private,
)
from app.kit.embedded.ports import free_port
from app.kit.embedded.tuning import server_settings
from app.kit.processes import Account, CannotStart, Program, finish, running

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
ADMIN, OWNER, DATABASE = "postgres", "leadgate", "leadgate"
DATA = "postgres"
"""Among the servers' files."""
START_TIMEOUT_S = 60.0
"""Without an answer. Generous: after a kill -9 the old backends hold the folder for a while."""


@asynccontextmanager
async def postgres(
    folder: Folder, *, durable: bool = True, name: str = DATA, major: int | None = None
) -> AsyncIterator[str]:
    """A server on the folder's data for as long as the block runs; yields the URL of its database.

    The role of that URL owns the database and may make others, and is no superuser. ``major`` asks
    for that PostgreSQL instead of the best one.
    Raises CannotStart if there is no PostgreSQL here, if it cannot start, or if another major
    wrote the data.
    """
    account = server_account()
    servers = folder.servers(account)
    binaries = postgres_binaries(servers, account, major)
    data = servers / name
    if data.exists():
        _refuse_other_major(data, binaries.major)
    else:
        await _initialise(binaries, data, folder, account)
    port = free_port()
    async with running(_server(binaries, data, port, folder, account, durable=durable)):
        await _ready(folder, port)
        yield f"postgresql://{OWNER}:{folder.secret('postgres-owner')}@127.0.0.1:{port}/{DATABASE}"


def written_by(data: Path) -> int:
    """The major of the PostgreSQL that made the data."""
    return int((data / "PG_VERSION").read_text())


def _refuse_other_major(data: Path, major: int) -> None:
    if (wrote := written_by(data)) != major:
        raise CannotStart(
            f"The data in {data} was written by PostgreSQL {wrote}, and this is PostgreSQL {major}."
            f" Write it to a file with `leadgate backup`, for which PostgreSQL {wrote} must be"
            " installed beside, and bring it into an empty folder with `leadgate restore`."
        )


async def _initialise(
    binaries: PostgresBinaries, data: Path, folder: Folder, account: Account | None
) -> None:
    """Into a folder beside, renamed when complete: a killed start leaves no half database."""
    part, password = data.with_name("postgres.part"), data.with_name("postgres.password")
    shutil.rmtree(part, ignore_errors=True)
    private_directory(part, account)
    write_private(password, folder.secret("postgres-admin"), account)
    log_path = folder.log_path("initdb")
    command = (
        *(
            binaries["initdb"],
            "--pgdata",
            str(part),
            "--username",
            ADMIN,
            "--pwfile",
            str(password),
        ),
        *("--auth", "scram-sha-256", "--encoding", "UTF8", "--data-checksums", "--no-instructions"),
        *_locale(binaries.major),
    )
    code = await finish(Program("initdb", command, ENVIRONMENT, data.parent, log_path, account))
    password.unlink()
    if code != 0:
        raise CannotStart(f"PostgreSQL could not make its data folder; {log_path} says why.")
    part.rename(data)


def _locale(major: int) -> tuple[str, ...]:
    """The builtin one does not follow glibc: indexes survive an upgrade of the system."""
    if major >= 17:
        return ("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C")
    return ("--locale", "C")


def _server(
    binaries: PostgresBinaries,
    data: Path,
    port: int,
    folder: Folder,
    account: Account | None,
    *,
    durable: bool,
) -> Program:
    settings = server_settings(data, durable=durable) | {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Program(
        "postgres",
        (binaries["postgres"], "-D", str(data), *options),
        ENVIRONMENT,
        data.parent,
        folder.log_path("postgres"),
        account,
        signal.SIGINT,  # "fast": roll back what runs, write a checkpoint
        # Killing it amid the checkpoint would only move the work into the next start.
        stop_timeout_s=20.0,
    )


async def _ready(folder: Folder, port: int) -> None:
    """Wait, for as long as it says that it is recovering; then make our role and database."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            admin = await asyncpg.connect(
                host="127.0.0.1",
                port=port,
                user=ADMIN,
                password=folder.secret("postgres-admin"),
                database=ADMIN,
            )
        except asyncpg.CannotConnectNowError:
            deadline = time.monotonic() + START_TIMEOUT_S
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError) as error:
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"PostgreSQL does not start; {folder.log_path('postgres')} says why."
                ) from error
        else:
            break
        await asyncio.sleep(0.05)
    try:
        await _own_database(admin, folder.secret("postgres-owner"))
    finally:
        await admin.close()


async def _own_database(admin: "asyncpg.Connection[Any]", password: str) -> None:
    if not await admin.fetchval("select 1 from pg_roles where rolname = $1", OWNER):
        # The password is our own token: letters, digits, - and _. DDL takes no parameters.
        await admin.execute(f"create role {OWNER} login createdb password '{password}'")
    if not await admin.fetchval("select 1 from pg_database where datname = $1", DATABASE):
        await admin.execute(f"create database {DATABASE} owner {OWNER}")
