"""All that is logged while the tests run: no address, key or piece of a body may stand in it."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.kit.logs import CHATTY, formatter
from app.kit.redaction import MARKS, redacted

SOURCES = ("app", "workers", "migrations")
NUMBERS = re.compile(r"[0-9a-f]{32}|\d+")
"""Ids, times and counters: without them most lines are the same, and so are most sent texts."""
MOMENT = re.compile(r"[0TZ:.+-]+")
"""What is left of one: a campaign that is read and sent back has its times in it."""
SHORTEST, LONGEST = 8, 40
"""Of a piece of a body: shorter ones are words of any log, and whoever cuts one leaves its head."""


@dataclass
class RunLog:
    """Texts of the log, and of the bodies that were sent."""

    texts: list[str] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)

    @contextmanager
    def recording(self, path: Path) -> Iterator[None]:
        """What this process logs, at every level, as a process of the service would."""
        root, level = logging.getLogger(), logging.getLogger().level
        for name in CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)
        with path.open("w", encoding="utf-8", errors="backslashreplace") as stream:
            handler = logging.StreamHandler(stream)
            handler.setFormatter(formatter())
            root.addHandler(handler)
            root.setLevel(logging.DEBUG)
            try:
                yield
            finally:
                root.removeHandler(handler)
                root.setLevel(level)
        self.add_file(path)

    def add(self, text: str) -> None:
        """What another process wrote."""
        self.texts.append(text)

    def add_file(self, path: Path) -> None:
        self.add(path.read_text(encoding="utf-8", errors="replace"))

    def add_servers(self, data_dir: Path) -> None:
        """What PostgreSQL and Valkey wrote."""
        for path in sorted((data_dir / "logs").glob("*.log")):
            self.add_file(path)

    async def note(self, request: httpx.Request) -> None:
        """A hook for clients: the texts of a body that is JSON."""
        try:
            body = json.loads(request.content)
        except (httpx.RequestNotRead, ValueError, RecursionError):
            return
        pieces = (NUMBERS.sub("0", text)[:LONGEST] for text in _texts(body))
        self.sent.update(piece for piece in pieces if _tells(piece))

    def leaks(self) -> list[str]:
        """The lines that hold what they must not. One that was redacted is one, too."""
        lines = [line for text in self.texts for line in text.splitlines()]
        found = [line for line in lines if redacted(line) != line or _marked(line)]
        alike = {NUMBERS.sub("0", line): line for line in lines}
        everything = "\n".join(alike)
        pieces = [piece for piece in self.sent if piece in everything]
        words = _vocabulary() if pieces else ""
        bodies = [piece for piece in pieces if piece not in words]
        found += [line for line in alike if any(piece in line for piece in bodies)]
        return found


RUN_LOG = RunLog()
"""Of this run."""


def _marked(line: str) -> bool:
    return any(mark in line for mark in MARKS)


def _tells(piece: str) -> bool:
    """Of a date or a number nothing is left that would be its own, and padding is anybody's."""
    return len(piece) >= SHORTEST and len(set(piece)) > 2 and not MOMENT.fullmatch(piece)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if (escaped := json.dumps(value, ensure_ascii=False)[1:-1]) != value:
            yield escaped
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _vocabulary() -> str:
    """Our own words: whatever stands in the source."""
    root = Path(__file__).parent.parent
    files = (file for name in SOURCES for file in sorted((root / name).rglob("*.py")))
    return NUMBERS.sub("0", "\n".join(file.read_text() for file in files))
