import asyncio
import logging
import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from app.kit.rate_limits import PAUSE_S, RateLimiter
from tests.servers import Servers

TIMEOUT_S = 0.2


class Silent:
    """A server that takes connections and says nothing."""

    def __init__(self) -> None:
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await reader.read()
        writer.close()


@pytest.fixture
async def silent() -> AsyncIterator[tuple[Silent, RateLimiter]]:
    handler = Silent()
    async with await asyncio.start_server(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        limiter = RateLimiter(f"redis://127.0.0.1:{port}", TIMEOUT_S)
        yield handler, limiter
        await limiter.close()


async def test_a_redis_that_says_nothing_is_waited_for_once_in_a_while(
    silent: tuple[Silent, RateLimiter], caplog: pytest.LogCaptureFixture
) -> None:
    server, limiter = silent
    with caplog.at_level(logging.INFO, "app.kit.rate_limits"):
        began = time.monotonic()
        assert await limiter.take("key", 10) is None
        assert TIMEOUT_S <= time.monotonic() - began < TIMEOUT_S + 1
        began = time.monotonic()
        for _ in range(100):
            assert await limiter.take("key", 10) is None
        assert time.monotonic() - began < 1
        assert server.connections == 1
        await asyncio.sleep(PAUSE_S)
        assert set(await asyncio.gather(*(limiter.take("key", 10) for _ in range(9)))) == {None}
    assert server.connections == 2
    assert [record.getMessage() for record in caplog.records] == [
        "nobody's rate is limited, Redis is away: TimeoutError"
    ]


async def test_without_a_limit_redis_is_not_asked(silent: tuple[Silent, RateLimiter]) -> None:
    server, limiter = silent
    assert await limiter.take("key", 0) is None
    assert server.connections == 0


async def test_a_clock_that_was_set_back_empties_a_bucket_at_most(servers: Servers) -> None:
    assert servers.redis_url
    limiter = RateLimiter(servers.redis_url, timeout_s=30)
    async with Redis.from_url(servers.redis_url) as redis:
        await redis.set("rate:early", int((time.time() + 3600) * 1e6), ex=60)
    standing = await limiter.take("early", 30)
    await limiter.close()
    assert standing
    assert (standing.remaining, standing.retry_after_s) == (0, 2)


@pytest.mark.parametrize("per_minute", [1, 7, 6000, 999_983, 1_000_000])
async def test_a_full_bucket_holds_the_limit(servers: Servers, per_minute: int) -> None:
    """Also where a minute is no multiple of what a token costs."""
    limiter = RateLimiter(servers.redis_url, timeout_s=30)
    standing = await limiter.take(f"full-{per_minute}", per_minute)
    await limiter.close()
    assert standing
    assert (standing.limit, standing.remaining) == (per_minute, per_minute - 1)
    assert standing.retry_after_s == 0
