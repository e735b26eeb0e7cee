"""The lines of the log, as a process writes them."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.kit.logs import formatter


class Lines:
    """All that was written, and the lines as objects."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.handler = logging.StreamHandler(self._stream)
        self.handler.setFormatter(formatter())

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def all(self, event: str | None = None) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in found if event is None or line["event"] == event]


@contextmanager
def lines_of(logger: logging.Logger) -> Iterator[Lines]:
    """What this logger and those below it say at any level."""
    lines, level = Lines(), logger.level
    logger.addHandler(lines.handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        logger.removeHandler(lines.handler)
        logger.setLevel(level)
