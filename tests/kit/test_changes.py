"""Knocks between processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.kit.changes import Changes
from app.settings import Settings
from tests.faults.service import through, upstream_port
from tests.proxy import Proxy

SOON_S = 10.0


@asynccontextmanager
async def opened(redis_url: str | None) -> AsyncIterator[Changes]:
    changes = Changes(redis_url)
    try:
        yield changes
    finally:
        await changes.close()


async def hearing(changes: Changes, *, hears: bool = True) -> None:
    async with asyncio.timeout(SOON_S):
        while changes.hears is not hears:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_knock_wakes_those_who_listen_for_it(settings: Settings) -> None:
    async with opened(settings.redis_url) as here, opened(settings.redis_url) as there:
        with here.listening("one") as one, here.listening("two") as two:
            await hearing(here)
            one.clear()
            two.clear()
            await there.knock(["one", "nobody's"])
            async with asyncio.timeout(SOON_S):
                await one.wait()
            assert not two.is_set()
        await there.knock(["one"])  # nobody listens any more


async def test_when_redis_goes_and_comes_everybody_looks(settings: Settings) -> None:
    assert settings.redis_url
    async with Proxy(upstream_port(settings.redis_url)) as redis:
        url = through(settings.redis_url, redis)
        async with opened(url) as changes:
            with changes.listening("one") as knocked:
                await hearing(changes)
                for on in (True, False):
                    knocked.clear()
                    redis.silence(on=on)
                    await hearing(changes, hears=not on)
                    async with asyncio.timeout(SOON_S):
                        await knocked.wait()


async def test_without_redis_nothing_is_heard_and_nothing_fails() -> None:
    async with opened(None) as changes:
        with changes.listening("one") as knocked:
            await changes.knock(["one"])
            assert not changes.hears
            assert not knocked.is_set()
