"""Many who watch the same thing are told of it by one who looks."""

import asyncio
from contextlib import suppress
from itertools import count

from app.kit.changes import Changes
from app.kit.watching import AT_ONCE, MARKS, NONE, State, Watched, Watches, numbered

TOPIC = "something"
FIRST, LAST = State(1, b"", is_last=False), State(2, b"", is_last=True)
SOON_S = 10.0


async def test_the_end_is_told_in_turns_too() -> None:
    """Between them others get theirs, as with every other state."""
    watches, now, turn, told = Watches(Changes(None)), FIRST, 0, []

    async def look() -> State:
        return now

    async def watch() -> None:
        async with watches.watching(Watched(TOPIC, TOPIC, look), FIRST) as watcher:
            assert await watcher.newer(FIRST.revision, SOON_S) == LAST
            told.append(turn)

    async def others() -> None:
        nonlocal turn
        while True:
            await asyncio.sleep(0)
            turn += 1

    watching = [asyncio.create_task(watch()) for _ in range(4 * AT_ONCE)]
    await asyncio.sleep(0.1)
    now = LAST
    working = asyncio.create_task(others())
    async with asyncio.timeout(SOON_S):
        await asyncio.gather(*watching)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    assert len(set(told)) >= 4


async def test_what_keeps_no_revision_is_known_by_what_it_is() -> None:
    """In this process and in the next one."""
    now = b"one", False

    async def look() -> tuple[bytes, bool]:
        return now

    first = numbered(look, NONE)
    one = await first()
    assert (one.body, one.is_last) == now
    assert await first() == one
    assert await numbered(look, one.revision)() == one
    now = b"one", True
    over = await numbered(look, one.revision)()
    assert (over.revision > one.revision, over.is_last) == (True, True)
    now = b"two", False
    await asyncio.sleep(0.002)
    two = await first()
    assert two.revision > over.revision
    await asyncio.sleep(0.002)
    now = b"one", False
    assert (await first()).revision > two.revision
    of_the_future = one.revision + 10**15
    assert await numbered(look, of_the_future)() != State(of_the_future, *now)


async def _seen(n: int, *, is_last: bool, known: int = NONE) -> int:
    """The revision of the ``n``-th state."""

    async def look() -> tuple[bytes, bool]:
        return b"%d" % n, is_last

    return (await numbered(look, known)()).revision


async def test_no_last_state_has_the_mark_of_another() -> None:
    last = {await _seen(n, is_last=True) % MARKS for n in range(2000)}
    before = {await _seen(n, is_last=False) % MARKS for n in range(2000)}
    assert not last & before


async def test_whoever_knows_nothing_knows_no_mark() -> None:
    """Also not the highest, which is that of -1."""
    marks = ((n, await _seen(n, is_last=True, known=0) % MARKS) for n in count())
    highest = await anext(n async for n, mark in marks if mark == NONE % MARKS)
    assert await _seen(highest, is_last=True) > 0
