"""Many who watch the same thing read it once for all of them, and hold no connection meanwhile."""

import asyncio
import logging
import time
from asyncio import timeout
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass

from app.kit.changes import Changes
from app.kit.db import is_away, is_slow, reason

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""A knock may be lost; so often somebody looks without one."""
LOOK_UNHEARD_S = 1.0
"""While no knock can be heard."""
PAUSE_S = 0.25
"""Between two looks, however much is knocked; longer where telling took long, see ``_follow``."""
AT_ONCE = 50
"""So many are told before others get their turn."""


@dataclass(frozen=True, slots=True)
class State:
    """Something as it is now, and as it goes to everybody who watches it."""

    revision: int
    """Of two states the newer one has the higher."""
    body: bytes
    is_last: bool
    """Nothing comes after it, unless somebody begins anew."""


Look = Callable[[], Awaitable[State]]


class Watch:
    """The newest state of one thing, and who waits for the next one."""

    def __init__(self, first: State) -> None:
        self.state = first
        self.has_ended = False
        """Nobody looks any more."""
        self.told: set[asyncio.Event] = set()
        self._told_of = first.revision

    def learn(self, state: State) -> None:
        """States may be learnt in any order: an older one changes nothing."""
        if state.revision > self.state.revision:
            self.state = state

    async def tell(self) -> None:
        """What they have not been told of yet; not all at once: thousands would hold up whatever
        else the process has to do.
        """
        if self._told_of == self.state.revision:
            return
        self._told_of = self.state.revision
        for n, told in enumerate(list(self.told), 1):
            told.set()
            if n % AT_ONCE == 0:
                await asyncio.sleep(0)

    def end(self) -> None:
        self.has_ended = True
        for told in self.told:
            told.set()


class Watcher:
    """One who watches; what it is told is kept until it asks."""

    def __init__(self, watch: Watch) -> None:
        self._watch, self.told = watch, asyncio.Event()

    async def newer(self, revision: int, timeout_s: float) -> State | None:
        """The newest state, once it is newer; None when none was in time. Raises WatchEnded."""
        with suppress(TimeoutError):
            async with timeout(timeout_s):
                while self._watch.state.revision <= revision:
                    if self._watch.has_ended:
                        raise WatchEnded
                    await self.told.wait()
                    self.told.clear()
                return self._watch.state
        return None


class WatchEnded(Exception):
    """What is watched cannot be read; who watches it may come again."""


class Watches:
    """The watches of a process: one task for each thing that somebody watches."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._watches: dict[str, tuple[Watch, asyncio.Task[None]]] = {}

    def end(self) -> None:
        """Of everything: nobody looks any more."""
        for watch, task in self._watches.values():
            watch.end()
            task.cancel()

    @asynccontextmanager
    async def watching(self, topic: str, look: Look, first: State) -> AsyncIterator[Watcher]:
        """``first`` is what the caller has seen; ``look`` is called again, at each knock."""
        watch, task = self._watches.get(topic) or self._begin(topic, look, first)
        watch.learn(first)
        watcher = Watcher(watch)
        watch.told.add(watcher.told)
        try:
            yield watcher
        finally:
            watch.told.discard(watcher.told)
            if not watch.told:
                self._forget(topic, watch)
                task.cancel()

    def _begin(self, topic: str, look: Look, first: State) -> tuple[Watch, asyncio.Task[None]]:
        watch = Watch(first)
        # Of no request: neither its id nor its trace goes with what all of them share.
        task = asyncio.create_task(self._follow(topic, look, watch), context=Context())
        self._watches[topic] = watch, task
        return watch, task

    def _forget(self, topic: str, watch: Watch) -> None:
        known = self._watches.get(topic)
        if known and known[0] is watch:
            del self._watches[topic]

    async def _follow(self, topic: str, look: Look, watch: Watch) -> None:
        """Until its last state; whoever comes after that begins anew."""
        try:
            with self._changes.listening(topic) as knocked:
                while not await self._look(look, watch):
                    began = time.monotonic()
                    await watch.tell()
                    await asyncio.sleep(max(PAUSE_S, 2 * (time.monotonic() - began)))
                    await self._wait(knocked)
            self._forget(topic, watch)
            await watch.tell()
        finally:
            self._forget(topic, watch)
            watch.end()

    async def _look(self, look: Look, watch: Watch) -> bool:
        """Was it the last state?"""
        try:
            state = await look()
        except Exception as error:
            if not (is_away(error) or is_slow(error)):
                log.exception("what is watched cannot be read")
                return True
            log.warning("watchers wait, the database is away: %s", reason(error))
            return False
        watch.learn(state)
        return state.is_last

    async def _wait(self, knocked: asyncio.Event) -> None:
        longest_s = LOOK_S if self._changes.hears else LOOK_UNHEARD_S
        with suppress(TimeoutError):
            async with timeout(longest_s):
                await knocked.wait()
        knocked.clear()
