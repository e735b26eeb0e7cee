"""One line of NDJSON as text by key."""

import json
import re
from typing import Any

import orjson

LONG_NUMBER = re.compile(rb"[:\[,\s]-?[0-9.]{17}")
"""orjson would make a float of it, and lose digits."""
MAY_LOSE_DIGITS = frozenset({float, dict, list})
"""What it may have made of it, or have hidden it in."""


class NotAnObject(Exception):
    """The end of a sentence that begins with the row."""


def read_object(line: bytes) -> dict[str, str]:
    """The values by key, as text; null is the empty text. Raises NotAnObject.

    A string stays as it is. Anything else stands there as it does in JSON: ``12``, ``true``,
    ``["a","b"]``. Of a key that stands twice the last counts.
    """
    try:
        texts = {
            key: value if isinstance(value, str) else _text(value)
            for key, value in _parsed(line).items()
        }
    except (orjson.JSONEncodeError, RecursionError):
        raise NotAnObject("is nested too deeply") from None
    if b"\\u0000" in line and any("\0" in text for pair in texts.items() for text in pair):
        raise NotAnObject("has a NUL character")
    return texts


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise NotAnObject(f"is not JSON: {error.msg}, column {error.colno}") from None
    if not isinstance(value, dict):
        raise NotAnObject("is not a JSON object")
    if not MAY_LOSE_DIGITS.isdisjoint(map(type, value.values())) and LONG_NUMBER.search(line):
        exact: dict[str, Any] = json.loads(line, parse_int=str, parse_float=str)
        return exact
    return value


def _text(value: Any) -> str:
    return "" if value is None else orjson.dumps(value).decode()
