"""Imports watched live: over HTTP, from several processes, through losses of all kinds."""

import asyncio
import re
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from app.settings import Settings
from tests.client import Tenant, client
from tests.events import Stream, opened
from tests.faults.service import through, upstream_port
from tests.imports.test_files import imported, sent
from tests.processes import Process, api_process
from tests.proxy import Proxy
from tests.watchers import ports, readers

__all__ = ["ports", "readers"]

Work = Callable[[], Awaitable[int]]
SOON_S = 10.0
MANY = 1000


def people(count: int) -> str:
    return "email\n" + "".join(f"p{n}@example.com\n" for n in range(count))


async def draft(tenant: Tenant, count: int = 1, **settings: Any) -> int:
    answer = await sent(tenant, await tenant.campaign(), people(count), **settings)
    found: int = answer.json()["id"]
    return found


async def started(tenant: Tenant, import_id: int, action: str = "start") -> None:
    answer = await tenant.api.post(f"/imports/{import_id}/{action}")
    assert answer.status_code == 202, answer.text


@pytest.mark.seed("DS-15")
async def test_every_process_tells_of_every_state(
    tenant: Tenant, readers: list[httpx.AsyncClient], work: Work
) -> None:
    import_id = await draft(tenant, 4001)
    path = f"/imports/{import_id}/events"
    async with opened(readers[0], path) as one, opened(readers[1], path) as two:
        for stream in (one, two):
            event = await stream.next()
            assert event
            assert (event.name, event.data["state"]) == ("message", "draft")
        await started(tenant, import_id)
        await work()
        async with asyncio.timeout(SOON_S):
            for events in [await one.rest(), await two.rest()]:
                ids = [event.id for event in events]
                assert ids == sorted(set(ids))
                assert [event.data["revision"] for event in events] == ids
                assert {event.name for event in events[:-1]} <= {"message"}
                last = events[-1]
                assert (last.name, last.data["state"]) == ("end", "completed")
                polled = (await tenant.api.get(f"/imports/{import_id}")).json()
                assert last.data == {**polled, "preview": None}
                assert last.data["progress"]["percent"] == 100


async def test_an_undoing_is_watched_too(
    tenant: Tenant, readers: list[httpx.AsyncClient], work: Work
) -> None:
    import_id = await draft(tenant, 2001)
    await started(tenant, import_id)
    await work()
    await started(tenant, import_id, "undo")
    async with opened(readers[0], f"/imports/{import_id}/events") as stream:
        first = await stream.next()
        assert first
        assert (first.data["state"], first.data["undo"]["rows_done"]) == ("undoing", 0)
        await work()
        async with asyncio.timeout(SOON_S):
            last = (await stream.rest())[-1]
        assert (last.name, last.data["state"]) == ("end", "undone")
        assert last.data["undo"]["removed"] == 2001


async def test_it_goes_on_after_the_last_event_that_came(
    tenant: Tenant, readers: list[httpx.AsyncClient], work: Work
) -> None:
    import_id = await draft(tenant)
    path = f"/imports/{import_id}/events"
    await started(tenant, import_id)
    await work()
    async with opened(readers[0], path, after=2) as stream:
        [end] = await stream.rest()
    assert (end.name, end.data["state"]) == ("end", "completed")
    answer = await readers[1].get(path, headers={"Last-Event-ID": str(end.id)})
    assert (answer.status_code, answer.content) == (204, b"")
    async with opened(readers[0], path, after=end.id - 1) as stream:
        assert await stream.rest() == [end]
    for strange in ("none of ours", "9" * 5000, "-1"):
        answer = await readers[0].get(path, headers={"Last-Event-ID": strange})
        assert answer.text.count("data: ") == 1


async def test_an_older_state_never_comes_and_silence_is_filled(
    tenant: Tenant, readers: list[httpx.AsyncClient]
) -> None:
    import_id = await draft(tenant)
    path = f"/imports/{import_id}/events"
    async with opened(readers[0], path, after=1) as stream, asyncio.timeout(SOON_S):
        await asyncio.sleep(0.7)
        await tenant.api.post(f"/imports/{import_id}/cancel")
        [end] = await stream.rest()
        assert (end.name, end.id, end.data["state"]) == ("end", 2, "cancelled")
        assert stream.comments >= 2
        assert stream.answer.headers["cache-control"] == "no-cache"
        assert stream.answer.headers["x-accel-buffering"] == "no"


async def test_whoever_asks_for_the_head_gets_it_alone(
    tenant: Tenant, readers: list[httpx.AsyncClient]
) -> None:
    answer = await readers[0].head(f"/imports/{await draft(tenant)}/events")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_others_see_nothing(
    tenant: Tenant, other: Tenant, readers: list[httpx.AsyncClient], anonymous: httpx.AsyncClient
) -> None:
    import_id = await draft(other)
    for answer in (
        await readers[0].get(f"/imports/{import_id}/events"),
        await tenant.api.post(f"/imports/{import_id}/ticket"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "import_not_found")
    answer = await anonymous.get(f"/imports/{import_id}/events")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_api_key")


async def test_while_redis_is_away_it_looks_by_itself(
    settings: Settings, tenant: Tenant, work: Work
) -> None:
    assert settings.redis_url
    async with Proxy(upstream_port(settings.redis_url)) as redis:
        broken = settings.model_copy(update={"redis_url": through(settings.redis_url, redis)})
        async with api_process(broken) as (_, port), client(Process(port), tenant.key) as reader:
            import_id = await draft(tenant)
            async with opened(reader, f"/imports/{import_id}/events") as stream:
                await stream.next()
                redis.silence()
                await started(tenant, import_id)
                await work()
                async with asyncio.timeout(SOON_S):
                    assert (await stream.rest())[-1].name == "end"


async def test_streams_outlive_the_database(settings: Settings, tenant: Tenant, work: Work) -> None:
    async with Proxy(upstream_port(settings.database_url)) as postgres:
        away = settings.model_copy(
            update={"database_url": through(settings.database_url, postgres)}
        )
        async with api_process(away) as (_, port), client(Process(port), tenant.key) as reader:
            import_id = await draft(tenant)
            async with opened(reader, f"/imports/{import_id}/events") as stream:
                await stream.next()
                await postgres.refuse()
                postgres.reset()
                await started(tenant, import_id)
                await work()
                await asyncio.sleep(0.5)
                await postgres.accept()
                async with asyncio.timeout(SOON_S):
                    assert (await stream.rest())[-1].name == "end"


async def test_a_process_that_stops_ends_its_streams(settings: Settings, tenant: Tenant) -> None:
    short = settings.model_copy(update={"stream_longest_s": 1.0})
    path = f"/imports/{await draft(tenant)}/events"
    async with api_process(settings) as (process, port), api_process(short) as (_, other_port):
        async with client(Process(port), tenant.key) as reader, opened(reader, path) as stream:
            await stream.next()
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert await stream.rest() == []
            await process.wait()
            assert time.monotonic() - began < 2
        async with (
            client(Process(other_port), tenant.key) as reader,
            opened(reader, path) as stream,
        ):
            assert len(await stream.rest()) == 1


@asynccontextmanager
async def many(port: int, tenant: Tenant, path: str, count: int) -> AsyncIterator[list[Stream]]:
    limits = httpx.Limits(max_connections=None)
    async with AsyncExitStack() as stack:
        reader = await stack.enter_async_context(
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}/api/v1",
                headers={"X-API-Key": tenant.key},
                limits=limits,
                timeout=60,
                trust_env=False,
            )
        )
        found: list[Stream] = []
        for _ in range(count // 50):
            found += await asyncio.gather(
                *(stack.enter_async_context(opened(reader, path)) for _ in range(50))
            )
        yield found


async def figure(port: int, name: str) -> float:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as reader:
        text = (await reader.get(f"http://127.0.0.1:{port}/metrics")).text
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    assert found
    return float(found[1])


async def test_a_thousand_watch_at_once(settings: Settings, tenant: Tenant, work: Work) -> None:
    """They hold no connection, take nobody's room, and all see the end."""
    tight = {"database_pool_size": 4, "max_concurrent_requests": 60, "max_streams": MANY}
    few = settings.model_copy(update={**tight, "rate_limit_per_minute": 0})
    import_id = await draft(tenant)
    path = f"/imports/{import_id}/events"
    async with api_process(few) as (_, port), many(port, tenant, path, MANY) as streams:
        assert await figure(port, "leadgate_streams") == MANY
        assert await figure(port, "leadgate_database_pool_in_use") <= 1
        assert await figure(port, "leadgate_requests_in_flight") == 1
        async with client(Process(port), tenant.key) as reader:
            refused = await reader.get(path)
            assert (refused.status_code, refused.json()["code"]) == (503, "too_busy")
            assert (await reader.get(f"/imports/{import_id}")).status_code == 200
        await started(tenant, import_id)
        await work()
        async with asyncio.timeout(60):
            ends = [(await stream.rest())[-1] for stream in streams]
        assert {(end.name, end.data["state"]) for end in ends} == {("end", "completed")}


async def test_whoever_goes_makes_room(settings: Settings, tenant: Tenant) -> None:
    one = settings.model_copy(update={"max_streams": 1})
    path = f"/imports/{await draft(tenant)}/events"
    async with api_process(one) as (_, port), client(Process(port), tenant.key) as reader:
        async with opened(reader, path) as stream:
            await stream.next()
            assert (await reader.get(path)).status_code == 503
        for _ in range(100):
            if not await figure(port, "leadgate_streams"):
                break
            await asyncio.sleep(0.05)
        async with opened(reader, path) as stream:
            await stream.next()


async def test_one_workspace_leaves_room_for_others(
    settings: Settings, tenant: Tenant, other: Tenant
) -> None:
    two = settings.model_copy(update={"max_streams": 2, "max_streams_per_workspace": 1})
    path, another, theirs = [
        f"/imports/{await draft(one)}/events" for one in (tenant, tenant, other)
    ]
    async with api_process(two) as (_, port), client(Process(port), tenant.key) as reader:
        async with opened(reader, path) as stream:
            await stream.next()
            async with asyncio.timeout(SOON_S):
                refused = await reader.get(another)
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
            assert refused.headers["retry-after"] == "10"
            async with client(Process(port), other.key) as they, opened(they, theirs) as stream:
                await stream.next()
        for _ in range(100):
            if not await figure(port, "leadgate_streams"):
                break
            await asyncio.sleep(0.05)
        async with opened(reader, another) as stream:
            await stream.next()


async def test_a_retried_import_is_followed_again(
    tenant: Tenant, readers: list[httpx.AsyncClient], resources: Resources, work: Work
) -> None:
    """Whoever saw it fail comes again, and hears of what came after."""
    campaign_id = await tenant.campaign()
    found = await imported(tenant, campaign_id, people(1))
    [upload] = await resources.database.fetch(
        "select id from uploads where workspace_id = $1", tenant.id
    )
    path = f"{tenant.id}/{upload['id']}"
    head = await resources.storage.head(path, 1000)
    assert head
    await resources.database.fetch("delete from uploads where workspace_id = $1", tenant.id)
    await resources.storage.remove([path])
    await work()
    events = f"/imports/{found['id']}/events"
    async with opened(readers[0], events) as stream:
        [failed] = await stream.rest()
    assert (failed.name, failed.data["state"]) == ("end", "failed")
    await started(tenant, found["id"], "retry")
    async with opened(readers[0], events, after=failed.id) as stream:
        again = await stream.next()
        assert again
        assert (again.name, again.data["state"]) == ("message", "queued")
