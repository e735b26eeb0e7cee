"""A real Valkey, started as a child of ours."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.kit.embedded.binaries import valkey_binary
from app.kit.embedded.folder import (
    Folder,
    private_directory,
    server_account,
    write_private,
)
from app.kit.embedded.ports import free_port
from app.kit.processes import CannotStart, Program, running

START_TIMEOUT_S = 10.0
# Nothing is written to disk: rings, knocks and rate-limit buckets may be lost without harm.
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{directory}"
save ""
appendonly no
maxmemory-policy noeviction
"""


@asynccontextmanager
async def valkey(folder: Folder) -> AsyncIterator[str | None]:
    """A server for as long as the block runs; yields its URL, None where no program is found."""
    account = server_account()
    servers = folder.servers(account)
    binary = valkey_binary(servers, account)
    if binary is None:
        yield None
        return
    directory = private_directory(servers / "valkey", account)
    port, password = free_port(), folder.secret("valkey-password")
    # The password goes by file: a command line is everybody's to read.
    write_private(
        directory / "valkey.conf",
        CONFIGURATION.format(port=port, password=password, directory=_quoted(directory)),
        account,
    )
    program = Program(
        "valkey",
        (str(binary), str(directory / "valkey.conf")),
        {"PATH": "/usr/bin:/bin", "TZ": "UTC"},
        directory,
        folder.log_path("valkey"),
        account,
    )
    async with running(program):
        await _ready(folder, port, password)
        yield f"redis://:{password}@127.0.0.1:{port}/0"


def _quoted(path: Path) -> str:
    """As Valkey's configuration has it between quotation marks: people's folders have spaces."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


async def _ready(folder: Folder, port: int, password: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not await _answers(port, password):
        if time.monotonic() > deadline:
            raise CannotStart(f"Valkey does not start; {folder.log_path('valkey')} says why.")
        await asyncio.sleep(0.02)


async def _answers(port: int, password: str) -> bool:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(f"AUTH {password}\r\n".encode())
            return await reader.readline() == b"+OK\r\n"
        finally:
            writer.close()
            await writer.wait_closed()
    return False
