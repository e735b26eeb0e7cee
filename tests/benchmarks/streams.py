"""Streams of events: how many one API process keeps open, and how it is for those who work."""

import asyncio
import contextlib
import re
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
import typer

from tests.benchmarks.figures import Figure
from tests.benchmarks.run import Run
from tests.benchmarks.stage import Stage
from tests.benchmarks.usage import peak_bytes

STREAMS = 5_000
AT_ONCE = 50
ROWS = 40_000
END_S = 120
MB = 1_000_000


async def streams(run: Run) -> list[Figure]:
    """All of them watch one import from its draft to its end, and must see it."""
    stage = run.stage
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(STREAMS, hard - 1000)
    try:
        async with httpx.AsyncClient(
            base_url=f"{stage.up.url}/api/v1", headers={"X-API-Key": stage.key}, timeout=60
        ) as api:
            return await _watched(stage, api, count)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def _watched(stage: Stage, api: httpx.AsyncClient, count: int) -> list[Figure]:
    import_id = await _draft(stage, api)
    process = stage.up.children()["api"]
    before = peak_bytes(process)
    async with _opened(stage, import_id, count) as ends:
        each_kb = (peak_bytes(process) - before) / count / 1000
        open_now, connections = (
            await _figure(stage, "streams"),
            await _figure(stage, "database_pool_in_use"),
        )
        await api.post(f"/imports/{import_id}/start")
        began, slowest = time.monotonic(), 0.0
        while (await api.get(f"/imports/{import_id}")).json()["state"] != "completed":
            slowest = max(slowest, await _asked_s(api))
            await asyncio.sleep(0.1)
        done = time.monotonic()
        async with asyncio.timeout(END_S):
            await asyncio.gather(*ends)
        late = time.monotonic() - done
    typer.echo(
        f"{'streams':28} {open_now:,.0f} open, {each_kb:.0f} kB each, {connections:.0f} database"
        f" connections; {ROWS:,} rows in {done - began:.1f} s, everybody saw the end"
        f" {late:.1f} s later; a request meanwhile took {1000 * slowest:.0f} ms at most"
    )
    return [Figure("SSE, streams at once", f"{open_now:,.0f}", open_now, "", must=1000, goal=5000)]


async def _draft(stage: Stage, api: httpx.AsyncClient) -> int:
    [campaign] = stage.campaigns(1)
    text = "email\n" + "".join(f"watched{n}@example.com\n" for n in range(ROWS))
    answer = await api.post(f"/campaigns/{campaign}/imports", files={"file": text.encode()})
    import_id: int = answer.raise_for_status().json()["id"]
    return import_id


@asynccontextmanager
async def _opened(
    stage: Stage, import_id: int, count: int
) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Plain sockets: a client for each would be more work than the service has."""
    readers = []
    for _ in range(0, count, AT_ONCE):
        readers += await asyncio.gather(*(_open(stage, import_id) for _ in range(AT_ONCE)))
    ends = [asyncio.create_task(_end(reader)) for reader, _ in readers]
    try:
        yield ends
    finally:
        for task, (_, writer) in zip(ends, readers, strict=True):
            task.cancel()
            writer.close()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*ends)


async def _open(stage: Stage, import_id: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """With its first state."""
    where = urlsplit(stage.up.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    head = f"GET /api/v1/imports/{import_id}/events HTTP/1.1\r\nHost: x\r\nX-API-Key: {stage.key}"
    writer.write(f"{head}\r\n\r\n".encode())
    status = await reader.readline()
    assert b" 200 " in status, status
    await reader.readuntil(b"id: 1\n")
    return reader, writer


async def _end(reader: asyncio.StreamReader) -> None:
    while await reader.readline() != b"event: end\n":
        pass


async def _figure(stage: Stage, name: str) -> float:
    async with httpx.AsyncClient(timeout=60) as client:
        text = (await client.get(f"{stage.up.url}/metrics")).text
    found = re.search(rf"^leadgate_{name} (\S+)$", text, re.MULTILINE)
    assert found, name
    return float(found[1])


async def _asked_s(api: httpx.AsyncClient) -> float:
    began = time.monotonic()
    (await api.get("/me")).raise_for_status()
    return time.monotonic() - began
