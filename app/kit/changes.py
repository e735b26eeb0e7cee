"""Knocks: "something changed, look". Redis carries them, and may lose them."""

import asyncio
import logging
from asyncio import timeout
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis

log = logging.getLogger(__name__)

CHANNEL = "leadgate:changes"
"""One for all topics: each process hears of all of them, and passes over those that nobody in it
listens for.
"""
KNOCK_TIMEOUT_S = 0.5
KNOCKS_AT_ONCE = 4
PING_S = 1.0
"""A server that vanished closes nothing: one that says nothing for so long is asked, once."""
PAUSE_S = 0.5
"""Before Redis is tried again."""


class Changes:
    """Knocks at all processes. Each listens on one connection, once somebody in it listens."""

    def __init__(self, redis_url: str | None) -> None:
        self._url = redis_url
        self._redis = Redis.from_pool(_pool(redis_url)) if redis_url else None
        self._knocking: set[asyncio.Task[None]] = set()
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None
        self._was_told_away = False
        self.hears = False
        """Do the knocks of other processes arrive at this moment?"""

    async def knock(self, topics: Iterable[str]) -> None:
        """Return at once: nobody waits for Redis."""
        if self._redis:
            knocking = self._knock(self._redis, list(topics))
            task = asyncio.create_task(knocking, context=Context())
            self._knocking.add(task)
            task.add_done_callback(self._knocking.discard)

    async def _knock(self, redis: Redis, topics: list[str]) -> None:
        try:
            async with timeout(KNOCK_TIMEOUT_S):
                for topic in topics:
                    await redis.publish(CHANNEL, topic)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with Redis, listeners look
            self._tell_away(error)
        else:
            self._was_told_away = False

    @contextmanager
    def listening(self, topic: str) -> Iterator[asyncio.Event]:
        """An event that each knock sets, while the block runs; whoever heard it clears it."""
        knocked = asyncio.Event()
        self._listeners[topic].add(knocked)
        if self._url and self._listening is None:
            # Of no request: neither its id nor its trace goes with what all of them share.
            self._listening = asyncio.create_task(self._listen(self._url), context=Context())
        try:
            yield knocked
        finally:
            self._listeners[topic].discard(knocked)
            if not self._listeners[topic]:
                del self._listeners[topic]

    async def _listen(self, redis_url: str) -> None:
        """For the rest of the process: where somebody listened, somebody will again."""
        while True:
            try:
                await self._hear(redis_url)
            except Exception as error:  # noqa: BLE001  # whatever is wrong with Redis, listeners look
                self._tell_away(error)
            finally:
                self.hears = False
            self._wake_all()  # from now on they look more often
            await asyncio.sleep(PAUSE_S)

    async def _hear(self, redis_url: str) -> None:
        """Until Redis goes away: then raise."""
        redis = Redis.from_url(redis_url, socket_connect_timeout=PING_S)
        async with redis, redis.pubsub() as heard:
            async with timeout(2 * PING_S):
                await heard.subscribe(CHANNEL)
                await heard.get_message(timeout=None)
            self.hears, self._was_told_away = True, False
            self._wake_all()  # what was knocked meanwhile was lost
            was_asked = False
            while True:
                message = await heard.get_message(timeout=PING_S)
                if message:
                    was_asked = False
                    self._wake(message)
                elif was_asked:
                    raise TimeoutError
                else:
                    await heard.ping()
                    was_asked = True

    def _wake(self, message: dict[str, Any]) -> None:
        if message["type"] == "message":
            for knocked in self._listeners.get(message["data"].decode(errors="replace"), ()):
                knocked.set()

    def _wake_all(self) -> None:
        for listeners in self._listeners.values():
            for knocked in listeners:
                knocked.set()

    def _tell_away(self, error: Exception) -> None:
        if not self._was_told_away:
            log.warning("knocks are lost, Redis is away: %s", type(error).__name__)
        self._was_told_away = True

    async def close(self) -> None:
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        await asyncio.gather(*self._knocking, return_exceptions=True)
        if self._redis:
            await self._redis.aclose()


def _pool(redis_url: str) -> BlockingConnectionPool:
    return BlockingConnectionPool.from_url(redis_url, max_connections=KNOCKS_AT_ONCE, timeout=None)
