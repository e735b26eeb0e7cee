"""A reader of server-sent events, as a program outside would have it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True)
class Event:
    name: str
    id: int
    data: dict[str, Any]


@dataclass
class Stream:
    """An answer that is open."""

    answer: httpx.Response
    comments: int = 0
    _lines: AsyncIterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._lines = self.answer.aiter_lines()

    async def next(self) -> Event | None:
        """None at the end of the stream."""
        fields: dict[str, str] = {}
        async for line in self._lines:
            name, _, value = line.partition(": ")
            if line.startswith(":"):
                self.comments += 1
            elif line:
                fields[name] = value
            elif "data" in fields:
                named = fields.get("event", "message")
                return Event(named, int(fields["id"]), json.loads(fields["data"]))
        return None

    async def rest(self) -> list[Event]:
        found = []
        while event := await self.next():
            found.append(event)
        return found


@asynccontextmanager
async def opened(
    client: httpx.AsyncClient, path: str, *, after: int | None = None
) -> AsyncIterator[Stream]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    async with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Stream(answer)
