"""Use the time that a server takes."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
U = TypeVar("U")
SENT_S = 0.001
"""In which the loop sends what a server is asked; while this process computes, nothing is sent."""


async def meanwhile(waiting: Coroutine[Any, Any, T], busy: Callable[[], U]) -> tuple[T, U]:
    """What both give; ``busy`` computes while the server that ``waiting`` asks is at work.

    Whatever goes wrong, nothing is under way any more when it is raised.
    """
    asked = asyncio.ensure_future(waiting)
    try:
        await asyncio.sleep(SENT_S)
        made = busy()
    except BaseException:
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        raise
    return await asked, made
