"""Make the next of a series while whoever asked for the one before is busy with it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Final, TypeVar

T = TypeVar("T")
END: Final = object()


async def ahead(series: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """The same series; what goes wrong with the next one is raised when it is asked for.

    Close it (``contextlib.aclosing``): the one that is being made is given up then.
    """
    making = asyncio.ensure_future(anext(series, END))
    try:
        while (made := await making) is not END:
            making = asyncio.ensure_future(anext(series, END))
            yield made  # type: ignore[misc]  # END is none of them
    finally:
        making.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await making
        await series.aclose()
