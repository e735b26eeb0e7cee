"""A provider that looks at mailboxes: an HTTP server on loopback, with scripted answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request; ``headers`` in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Answer:
    """Bytes go as they are; ``cut`` hangs up instead, after the request was read."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0
    cut: bool = False


Script = Callable[[Asked], Answer]


@dataclass
class Provider:
    """``answers`` are given in turn; the last one for ever."""

    url: str = ""
    answers: list[Answer | Script] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def next(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        step = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return step if isinstance(step, Answer) else step(asked)

    @property
    def addresses(self) -> list[str]:
        """In the order in which they were asked for."""
        bodies = [one.body for one in self.asked if one.body]
        items = [item["address"] for body in bodies for item in body.get("items", [])]
        return items + [body["to_email"] for body in bodies if "to_email" in body]


def items(status: str = "valid", **members: Any) -> Script:
    """The same of every address that is asked for."""

    def answer(asked: Asked) -> Answer:
        found = [{"id": one["id"], "status": status, **members} for one in asked.body["items"]]
        return Answer({"items": found})

    return answer


@asynccontextmanager
async def provider(*answers: Answer | Script) -> AsyncIterator[Provider]:
    served = Provider(answers=list(answers))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = served.next(await _asked(reader))
            await asyncio.sleep(answer.delay_s)
            if not answer.cut:
                writer.write(_written(answer))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):  # whoever asked is gone
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield served


async def _asked(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    split = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in split}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    method, path, _ = first.split(" ")
    return Asked(method, path, headers, json.loads(body) if body else None)


def _written(answer: Answer) -> bytes:
    body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    headers = {"Content-Length": str(len(body)), "Connection": "close", **answer.headers}
    lines = (f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {answer.status} X\r\n{''.join(lines)}\r\n".encode() + body
