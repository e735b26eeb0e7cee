"""Pages of a list: opaque cursors that hold the last row's sort keys, so that rows may arrive."""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Generic, TypeVar

import orjson
from starlette.datastructures import URL

from app.kit.fields import BIGGEST
from app.kit.problems import Problem

T = TypeVar("T")

MAX_LIMIT = 1000
CURSOR_SHAPE = re.compile(r"[A-Za-z0-9_-]{8,4000}")
DIGEST_BYTES = 6
NEXT_PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            name: {"description": description, "schema": {"type": "string"}}
            for name, description in {
                "Link": 'The next page, as `<…>; rel="next"` (RFC 8288); absent at the end.',
                "X-Next-Cursor": "The `cursor` of the next page; absent at the end.",
            }.items()
        }
    }
}
"""For the ``responses`` of endpoints that answer with a bare array."""


class InvalidCursor(Problem):
    """Not a cursor, one of another list, or one that was changed on the way."""

    status, code = HTTPStatus.BAD_REQUEST, "invalid_cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not one that this list gave out; begin without a cursor.")


class Cursor:
    """The cursors of one list: its name, and the types of its sort keys (int, str, datetime).

    They are no secret and bear no rights, so they are not signed: a digest finds the damaged and
    those of other lists, and the types see to it that the columns can be compared with the values.
    No column is one that may be null.
    """

    def __init__(self, of_list: str, *types: type) -> None:
        self._of_list, self._types = of_list.encode(), types

    def encode(self, *keys: Any) -> str:
        """The position behind the row with these sort keys, in letters, digits, ``-`` and ``_``."""
        content = orjson.dumps(keys)
        return urlsafe_b64encode(self._digest(content) + content).rstrip(b"=").decode()

    def decode(self, cursor: str) -> tuple[Any, ...]:
        """The sort keys of the last row seen. Raises InvalidCursor."""
        if not CURSOR_SHAPE.fullmatch(cursor):
            raise InvalidCursor
        try:
            packed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            digest, content = packed[:DIGEST_BYTES], packed[DIGEST_BYTES:]
            values = orjson.loads(content)
        except ValueError:
            raise InvalidCursor from None
        if digest != self._digest(content) or not isinstance(values, list):
            raise InvalidCursor
        if len(values) != len(self._types):
            raise InvalidCursor
        return tuple(map(_typed, values, self._types))

    def _digest(self, content: bytes) -> bytes:
        named = self._of_list + b"\n" + content
        return hashlib.blake2s(named, digest_size=DIGEST_BYTES).digest()


def _typed(value: Any, expected: type) -> Any:
    if expected is datetime and isinstance(value, str):
        return _moment(value)
    if expected is int and type(value) is int and abs(value) <= BIGGEST:
        return value
    if expected is str and isinstance(value, str) and "\x00" not in value:
        return value
    raise InvalidCursor


def _moment(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidCursor from None


@dataclass(frozen=True)
class Page:
    """What a request asks for: ``limit`` rows after ``cursor``, or from the beginning."""

    cursor: str | None
    limit: int

    def after(self, cursor: Cursor) -> tuple[Any, ...] | None:
        """The sort keys to go on from; None at the beginning. Raises InvalidCursor."""
        return cursor.decode(self.cursor) if self.cursor else None

    def cut(
        self, rows: Sequence[T], cursor: Cursor, sort_keys: Callable[[T], tuple[Any, ...]]
    ) -> "Paged[T]":
        """Of up to ``limit`` + 1 rows read, those of the page; one too many tells of a next."""
        shown = list(rows[: self.limit])
        more = len(rows) > self.limit
        return Paged(shown, cursor.encode(*sort_keys(shown[-1])) if more else None)


@dataclass(frozen=True)
class Paged(Generic[T]):
    """Rows of one page; ``next_cursor`` is None at the end."""

    rows: list[T]
    next_cursor: str | None


def next_headers(url: URL, next_cursor: str | None) -> dict[str, str]:
    """For bare arrays: the next page in ``Link`` (RFC 8288) and ``X-Next-Cursor``.

    The link leaves out the API key: addresses end up in logs.
    """
    if next_cursor is None:
        return {}
    there = url.remove_query_params(["api_key", "offset"]).include_query_params(cursor=next_cursor)
    return {"Link": f'<{there}>; rel="next"', "X-Next-Cursor": next_cursor}
