"""Token buckets in Redis. They may be lost: without it nobody is limited."""

import logging
import time
from asyncio import timeout
from dataclasses import dataclass
from math import ceil

from redis.asyncio import BlockingConnectionPool, Redis

log = logging.getLogger(__name__)

PAUSE_S = 2.0
"""After Redis did not answer: then one request tries for all of the process."""
CONNECTIONS = 16

HEADERS = {
    "X-RateLimit-Limit": "Requests that the key may make per minute, and at once.",
    "X-RateLimit-Remaining": "Requests that are left at this moment.",
    "X-RateLimit-Reset": "When all of them are there again, in Unix seconds.",
}
"""On every answer to a key that is limited, as far as the limit is known."""

TAKE = """
local limit = tonumber(ARGV[1])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local cost = math.floor(60000000 / limit)
local empty = now + cost * limit
local full_at = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now), empty)
local after = full_at + cost
if after > empty then
    return {0, full_at, after - empty}
end
redis.call('SET', KEYS[1], after, 'PX', math.ceil((after - now) / 1000))
return {math.floor((empty - after) / cost), after, 0}
"""
"""The generic cell rate algorithm: of a bucket the moment is kept when it will be full again, in
microseconds by Redis' clock, the same for all hosts. A token moves it on by what it costs."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A bucket after a request has asked for its token."""

    limit: int
    """Tokens of a full bucket, and a minute's."""
    remaining: int
    full_at: int
    """Unix seconds, as GitHub and SmartLead have their reset; rounded up."""
    retry_after_s: int
    """0: the request has its token. Else the wait for the next one, rounded up."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        said = (self.limit, self.remaining, self.full_at)
        return [
            (name.lower().encode(), b"%d" % value)
            for name, value in zip(HEADERS, said, strict=True)
        ]


class RateLimiter:
    """A bucket per name, which fills within a minute. Without Redis everything passes.

    ``timeout_s`` is for all of it: a connection, the question, the answer.
    """

    def __init__(self, redis_url: str | None, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._redis = Redis.from_pool(_pool(redis_url)) if redis_url else None
        self._take = self._redis.register_script(TAKE) if self._redis else None
        self._is_away = False
        self._asks_again_at = 0.0

    async def take(self, name: str, per_minute: int) -> Standing | None:
        """Take a token. None: nobody is limited (``per_minute`` is 0), or Redis is away."""
        if not (self._take and per_minute and self._may_ask()):
            return None
        try:
            async with timeout(self._timeout_s):
                answer = await self._take(keys=[f"rate:{name}"], args=[per_minute])
        except Exception as error:  # noqa: BLE001  # whatever is wrong with Redis, requests pass
            self._note_away(error)
            return None
        self._note_there()
        remaining, full_at_us, wait_us = answer
        return Standing(per_minute, remaining, ceil(full_at_us / 1e6), ceil(wait_us / 1e6))

    def _may_ask(self) -> bool:
        now = time.monotonic()
        if now < self._asks_again_at:
            return False
        if self._is_away:
            self._asks_again_at = now + PAUSE_S
        return True

    def _note_away(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("nobody's rate is limited, Redis is away: %s", type(error).__name__)
        self._is_away = True
        self._asks_again_at = time.monotonic() + PAUSE_S

    def _note_there(self) -> None:
        if self._is_away:
            log.info("Redis is back, rates are limited again")
        self._is_away = False
        self._asks_again_at = 0.0

    async def close(self) -> None:
        if self._redis:
            await self._redis.aclose()


def _pool(redis_url: str) -> BlockingConnectionPool:
    """Its own, and small: whoever waits for a connection does so within the one time-out."""
    return BlockingConnectionPool.from_url(redis_url, max_connections=CONNECTIONS, timeout=None)
