"""`leadgate up`: the parent of PostgreSQL, Valkey, one API and one worker."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import typer

from app import migrate
from app.environment import leave_for_others, read_settings
from app.kit.embedded.folder import Folder, open_folder
from app.kit.embedded.postgres import postgres
from app.kit.embedded.valkey import valkey
from app.kit.processes import CannotStart, Program, running
from app.kit.resources import open_resources
from app.settings import Settings
from app.workspaces import operations as workspaces

READY_TIMEOUT_S = 60.0
DUPLICATES = (
    "whoever is in one campaign enters no other, unless the workspace or a request says"
    " `duplicate_scope`: `active` or `campaign`"
)


async def run_everything(host: str, port: int, data_dir: Path) -> None:
    """Until it is cancelled. Raises CannotStart with what is in the way."""
    _refuse_taken(host, port)
    folder = open_folder(data_dir)
    base_url = f"http://{_reachable(host)}:{port}"
    with folder.locked():
        async with _servers(folder, base_url) as settings:
            await asyncio.to_thread(migrate.upgrade, settings.database_url)
            new_key = await _first_key(settings)
            async with running(
                _leadgate("api", "--host", host, "--port", str(port)), _leadgate("worker")
            ):
                await _ready(base_url)
                typer.echo(welcome(settings.public_url, folder, new_key))
                await asyncio.Event().wait()


@asynccontextmanager
async def _servers(folder: Folder, base_url: str) -> AsyncIterator[Settings]:
    """PostgreSQL and Valkey where no URLs are given; and the settings, for us and who we start.

    They are written down too, for commands like `leadgate keys create` beside us.
    """
    found = {
        "LEADGATE_SECRET_KEY": folder.secret("secret-key"),
        "LEADGATE_PUBLIC_URL": base_url,
        **{name: v for name, v in os.environ.items() if name.startswith("LEADGATE_") and v},
        "LEADGATE_DATA_DIR": str(folder.path),
    }
    async with AsyncExitStack() as stack:
        if "LEADGATE_DATABASE_URL" not in found:
            found["LEADGATE_DATABASE_URL"] = await stack.enter_async_context(postgres(folder))
        if "LEADGATE_REDIS_URL" not in found:
            redis_url = await stack.enter_async_context(valkey(folder))
            found |= {"LEADGATE_REDIS_URL": redis_url} if redis_url else {}
        os.environ.update(found)
        file = leave_for_others(folder.path, found)
        try:
            yield read_settings()
        finally:
            file.unlink(missing_ok=True)


async def _first_key(settings: Settings) -> str | None:
    async with open_resources(settings) as resources:
        return await workspaces.bootstrap(resources)


def _leadgate(*arguments: str) -> Program:
    # -P: a folder named app where we were started is not ours.
    command = (sys.executable, "-P", "-m", "app.cli", *arguments)
    return Program(arguments[0], command, os.environ)


async def _ready(base_url: str) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    async with httpx.AsyncClient(base_url=base_url, trust_env=False) as client:
        while not await _answers(client):
            if time.monotonic() > deadline:
                raise CannotStart("The API does not get ready; the lines above say why.")
            await asyncio.sleep(0.05)


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/ready")).is_success
    except httpx.HTTPError:
        return False


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise CannotStart(
            f"{host}:{port} cannot be listened on ({error.strerror})."
            " Choose another address with --host and --port."
        ) from None


def _reachable(host: str) -> str:
    """How we ourselves get to an address that is listened on."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound
    return f"[{host}]" if ":" in host else host


def welcome(url: str, folder: Folder, new_key: str | None) -> str:
    """What a person needs first. Only a hash of the key is kept: it is seen here, once."""
    key = new_key or "shown at the first start; `leadgate keys create --workspace 1` makes another"
    servers = (folder.path / "servers").resolve()
    elsewhere = "" if servers.is_relative_to(folder.path) else f" and {servers}"
    return f"""
Leadgate is ready.

  API         {url}/api/v1
  Key         {key}
  Docs        {url}/docs
  Data        {folder.path}{elsewhere}
  Duplicates  {DUPLICATES}

Try it:

  curl {url}/api/v1/campaigns/create -d '{{"name": "First campaign"}}' \\
    -H 'Content-Type: application/json' -H "X-API-Key: {new_key or "$LEADGATE_API_KEY"}"

Ctrl-C stops everything; the next start finds the data again."""
