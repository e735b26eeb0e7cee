"""Rings, and what is wrong with them: whatever becomes of Redis, the work is done all the same."""

import asyncio
import os
import pickle
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio
from arq.constants import default_queue_name, in_progress_key_prefix, job_key_prefix

from app.kit.embedded.folder import open_folder
from app.kit.embedded.valkey import valkey
from app.kit.jobs import queue
from app.kit.queue import RINGS_AT_ONCE
from app.kit.resources import Resources, open_resources
from app.settings import Settings
from app.values import JobId, WorkspaceId
from tests.workers.counting import COUNTING, TABLE, Count
from workers.main import work

PATIENCE_S = 20
NEVER_S = 3600.0


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")
    await resources.database.fetch(TABLE)


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """A Valkey of its own, which may be abused."""
    with tempfile.TemporaryDirectory(prefix="leadgate-") as path:
        folder = open_folder(Path(path))
        folder.path.chmod(0o711)
        async with valkey(folder) as url:
            assert url
            yield url


@pytest.fixture
def rung_only(settings: Settings, server: str) -> Settings:
    """A worker that looks when it is rung, and else never."""
    return settings.model_copy(update={"redis_url": server, "sweep_interval_s": NEVER_S})


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    working = asyncio.create_task(work(settings, stop, COUNTING))
    try:
        yield
    finally:
        stop.set()
        await working


@asynccontextmanager
async def client(url: str) -> AsyncIterator[redis.asyncio.Redis]:
    async with redis.asyncio.Redis.from_url(url) as opened:
        yield opened


async def queued(settings: Settings, tenant_id: int = 1) -> JobId:
    """A job, of which the workers are told."""
    async with open_resources(settings) as opened, opened.database.transaction() as tx:
        return await queue(tx, Count(WorkspaceId(tenant_id), 1))


async def done(resources: Resources, job_id: JobId, patience_s: float = PATIENCE_S) -> bool:
    try:
        async with asyncio.timeout(patience_s):
            while True:
                [row] = await resources.database.fetch(
                    "select state from jobs where id = $1", job_id
                )
                if row["state"] == "completed":
                    return True
                await asyncio.sleep(0.02)
    except TimeoutError:
        return False


async def listening(resources: Resources, settings: Settings) -> None:
    """Until rings are heard."""
    assert await done(resources, await queued(settings))
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if await done(resources, await queued(settings), 0.5):
                return


async def test_what_is_no_ring_runs_nothing_and_stops_nobody(
    resources: Resources, server: str, rung_only: Settings, tmp_path: Path
) -> None:
    touched = tmp_path / "touched"

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(touched),)

    rubbish = {
        "pickle": pickle.dumps({"t": 1, "f": "run_job", "a": (Evil(),), "k": {}, "et": 1}),
        "noise": secrets.token_bytes(50),
        "no-ring": b"[1, 2]",
        "another": b'{"t":1,"f":"rm","a":[1],"k":{},"et":1}',
        "too-much": b'{"t":1,"f":"run_job","a":[1,2,3],"k":{"x":1},"et":1}',
    }
    async with worker(rung_only), client(server) as valkey:
        await listening(resources, rung_only)
        for name, ring in rubbish.items():
            await valkey.set(job_key_prefix + name, ring)
            await valkey.zadd(default_queue_name, {name: 1})
        await valkey.zadd(default_queue_name, {"expired": 1})
        assert await done(resources, await queued(rung_only), 5)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if not await valkey.zcard(default_queue_name):
                    break
                await asyncio.sleep(0.02)
        assert not [key async for key in valkey.scan_iter("arq:result:*")]
    assert not touched.exists()


async def test_a_ring_is_json_and_leaves_nothing(
    resources: Resources, server: str, rung_only: Settings
) -> None:
    async with client(server) as valkey:
        job_id = await queued(rung_only)
        [key] = [key async for key in valkey.scan_iter(job_key_prefix + "*")]
        ring = await valkey.get(key)
        assert ring
        assert ring.startswith(b'{"t":null,"f":"run_job","a":[%d],"k":{},"et":' % job_id)
        async with worker(rung_only):
            assert await done(resources, job_id)
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    left = {key async for key in valkey.scan_iter("*")}
                    if left <= {b"arq:queue:health-check"}:
                        break
                    await asyncio.sleep(0.02)


async def test_a_ring_of_a_worker_that_was_killed_holds_nobody_up(
    resources: Resources, server: str, rung_only: Settings
) -> None:
    """It stays in the queue as one that is under way, for five minutes."""
    async with worker(rung_only), client(server) as valkey:
        await listening(resources, rung_only)
        for n in range(RINGS_AT_ONCE - 1):
            await valkey.set(f"{in_progress_key_prefix}{n}", b"1")
            await valkey.set(f"{job_key_prefix}{n}", b'{"t":1,"f":"run_job","a":[1],"k":{},"et":1}')
            await valkey.zadd(default_queue_name, {str(n): 1})
        assert await done(resources, await queued(rung_only), 5)


async def test_a_flushed_redis_costs_no_more_than_the_next_look(
    resources: Resources, server: str, settings: Settings
) -> None:
    told = settings.model_copy(update={"redis_url": server, "sweep_interval_s": 0.3})
    async with client(server) as valkey:
        job_id = await queued(told)
        await valkey.flushall()
        async with worker(told):
            assert await done(resources, job_id)


async def test_without_redis_workers_look(resources: Resources, settings: Settings) -> None:
    alone = settings.model_copy(update={"redis_url": None, "sweep_interval_s": 0.1})
    async with worker(alone):
        assert await done(resources, await queued(alone))


async def test_rings_are_heard_again_after_redis_was_restarted(
    resources: Resources, server: str, rung_only: Settings
) -> None:
    """arq's worker ends then; ours begins again."""
    async with worker(rung_only), client(server) as valkey:
        await listening(resources, rung_only)
        pid = (await valkey.info("server"))["process_id"]
        await valkey.shutdown(nosave=True)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    if (await valkey.info("server"))["process_id"] != pid:
                        break
                except redis.exceptions.RedisError:
                    await asyncio.sleep(0.05)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if await done(resources, await queued(rung_only), 0.5):
                    return


async def test_many_jobs_ring_as_often_as_can_wake_somebody(
    server: str, rung_only: Settings
) -> None:
    async with open_resources(rung_only) as opened, opened.database.transaction() as tx:
        for _ in range(RINGS_AT_ONCE + 50):
            await queue(tx, Count(WorkspaceId(1), 0))
    async with client(server) as valkey:
        assert await valkey.zcard(default_queue_name) == RINGS_AT_ONCE
