"""`leadgate api` and `leadgate worker`, as in a deployment."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
from pydantic import SecretStr

from app.kit.embedded.ports import free_port
from app.kit.processes import Program, running
from app.settings import Settings
from tests.dns import NO_DNS

READY_S = 40.0


class Process(httpx.AsyncHTTPTransport):
    """Whoever listens on this port, whatever host the client names.

    A connection for each request: one that rested the server may close just as it is written to.
    """

    def __init__(self, port: int) -> None:
        super().__init__(limits=httpx.Limits(max_keepalive_connections=0))
        self._port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1", port=self._port)
        return await super().handle_async_request(request)


def leadgate(settings: Settings, *arguments: str) -> Program:
    """A command under these settings, and no others that stand in our own environment."""
    return Program(
        " ".join(arguments),
        (sys.executable, "-P", "-m", "app.cli", *arguments),
        environment(settings),
    )


def environment(settings: Settings) -> dict[str, str]:
    given = {f"LEADGATE_{name.upper()}": _written(value) for name, value in settings}
    return unconfigured() | given


def unconfigured() -> dict[str, str]:
    """Our own environment without what the tests' servers may be given by, and without DNS."""
    return {k: v for k, v in os.environ.items() if not k.startswith("LEADGATE_")} | NO_DNS


def _written(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


@asynccontextmanager
async def api_process(settings: Settings) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """One that nobody starts again, and its port."""
    port = free_port()
    program = leadgate(settings, "api", "--port", str(port))
    process = await asyncio.create_subprocess_exec(*program.command, env=program.environment)
    try:
        await alive(port)
        yield process, port
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def api_processes(settings: Settings, count: int) -> AsyncIterator[list[int]]:
    """So many, each on a port of its own."""
    ports = [free_port() for _ in range(count)]
    async with running(*(leadgate(settings, "api", "--port", str(port)) for port in ports)):
        for port in ports:
            await alive(port)
        yield ports


async def alive(port: int) -> None:
    """Until it answers."""
    async with asyncio.timeout(READY_S), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                await client.get(f"http://127.0.0.1:{port}/health/live")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
