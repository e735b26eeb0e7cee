"""Many who watch the same thing read it once for all of them, and hold no connection meanwhile."""

import asyncio
import logging
import time
import zlib
from asyncio import timeout
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass

from app.kit.changes import Changes
from app.kit.db import is_away, is_slow, reason
from app.kit.problems import Problem

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""A knock may be lost; so often somebody looks without one."""
LOOK_UNHEARD_S = 1.0
"""While no knock can be heard."""
PAUSE_S = 0.25
"""Between two looks, however much is knocked; longer where they took long, see ``_follow``."""
LOOKING, TELLING = 9, 2
"""So many times as long as it took to look, and to tell, there is a pause."""
LONGEST_PAUSE_S = 15.0
"""However long a look waited for a database that was away."""
NONE = -1
"""The revision that somebody knows who knows none: older than all."""
MARKS = 100_000
"""See ``numbered``."""
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
Unnumbered = Callable[[], Awaitable[tuple[bytes, bool]]]
"""Body and ``is_last`` of something that keeps no revision of its own."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Something to be watched."""

    name: str
    """Who watches under the same name reads it together."""
    topic: str
    """What is knocked for when it changes, or other things like it."""
    look: Look


def numbered(look: Unnumbered, known: int) -> Look:
    """A state's revision is when it was first seen, in milliseconds, and then a mark of what it is.

    So that a state which somebody knows, perhaps from another process, keeps the revision by which
    they know it.
    """

    async def again() -> State:
        nonlocal known
        body, is_last = await look()
        now = time.time_ns() // 1_000_000 * MARKS
        # The last state never has the mark of one before it: no end is taken for known.
        mark = zlib.crc32(body) % (MARKS // 2) * 2 + is_last
        if known == NONE or known % MARKS != mark or known > now + mark:
            known = now + mark
        return State(known, body, is_last)

    return again


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
    async def watching(self, watched: Watched, first: State) -> AsyncIterator[Watcher]:
        """``first`` is what the caller has seen; somebody looks again, at each knock."""
        watch, task = self._watches.get(watched.name) or self._begin(watched, first)
        watch.learn(first)
        watcher = Watcher(watch)
        watch.told.add(watcher.told)
        try:
            yield watcher
        finally:
            watch.told.discard(watcher.told)
            if not watch.told:
                self._forget(watched.name, watch)
                task.cancel()

    def _begin(self, watched: Watched, first: State) -> tuple[Watch, asyncio.Task[None]]:
        watch = Watch(first)
        # Of no request: neither its id nor its trace goes with what all of them share.
        task = asyncio.create_task(self._follow(watched, watch), context=Context())
        self._watches[watched.name] = watch, task
        return watch, task

    def _forget(self, name: str, watch: Watch) -> None:
        known = self._watches.get(name)
        if known and known[0] is watch:
            del self._watches[name]

    async def _follow(self, watched: Watched, watch: Watch) -> None:
        """Until its last state; whoever comes after that begins anew."""
        try:
            with self._changes.listening(watched.topic) as knocked:
                began = time.monotonic()
                while not await self._look(watched.look, watch):
                    looked = time.monotonic()
                    await watch.tell()
                    took_s = LOOKING * (looked - began) + TELLING * (time.monotonic() - looked)
                    await asyncio.sleep(min(max(PAUSE_S, took_s), LONGEST_PAUSE_S))
                    await self._wait(knocked)
                    began = time.monotonic()
            self._forget(watched.name, watch)
            await watch.tell()
        finally:
            self._forget(watched.name, watch)
            watch.end()

    async def _look(self, look: Look, watch: Watch) -> bool:
        """Was it the last state?"""
        try:
            state = await look()
        except Problem:  # it is gone
            return True
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
