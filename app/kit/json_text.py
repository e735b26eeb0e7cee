"""JSON as clients send it: read by the fast parser, and nothing of it lost or unstorable."""

import json
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from app.kit.findings import MOST_SHOWN, pointer
from app.kit.problems import InvalidRequest, MalformedJson, Problem

MAX_DEPTH = 64
"""Levels of arrays and objects; pydantic and orjson write no more than 254."""
NUL = "\x00"
CONTAINERS = (dict, list)
SHOWN_INSTEAD = rb"\ufffd"
SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
ESCAPED = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u0000|u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
"""A pair of surrogates, what cannot be stored (NUL, a lone surrogate), anything else."""
COLON_ESCAPED = re.compile(rb"\\u003[aA]")
ONLY_DIGITS = bytes(48 if chr(byte).isdecimal() and byte < 128 else 32 for byte in range(256))
"""To translate by: each digit into 0, all else into a space."""
MANY_DIGITS = b"0" * 19
LONG_INTEGER = re.compile(rb"(?:^|[:,\[\s])-?[0-9]{19}")
INTEGERS = range(-(2**63), 2**64)
"""Those that the parser reads as integers; of larger ones it makes floats, without a word."""

Place = tuple[str | int, ...]
"""The names and indexes on the way to a value."""


def document(body: bytes, within: Place = ()) -> Any:
    """The value of a JSON text that can be stored. Raises MalformedJson or InvalidRequest.

    ``within`` is where it stands if it is not the whole body.

    orjson refuses infinity, lone surrogates and broken UTF-8, but of two members with one name it
    keeps the last, and makes floats of long integers. PostgreSQL has no NUL.
    """
    text = body.removeprefix(BOM_UTF8)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _wrong(MalformedJson, within, f"is not JSON: {error}.") from None
    if not _is_shallow(value):
        raise _wrong(InvalidRequest, within, f"is nested more than {MAX_DEPTH} levels deep.")
    escapes = b"\\" in text
    if _may_lose_members(text, value, escapes) or _may_lose_digits(text):
        _refuse_losses(text, within)
    if escapes and b"\\u0000" in text:
        _refuse_nuls(value, within)
    return value


def _wrong(kind: type[Problem], within: Place, what: str) -> Problem:
    """With the text as a whole."""
    if not within:
        return kind(f"The body {what}")
    where = pointer(within)
    error = {"pointer": where, "code": kind.code, "detail": f"It {what}"}
    return kind(f"{where}: It {what}", errors=[error])


def mended(body: bytes) -> bytes:
    """A JSON text with U+FFFD in the place of each NUL and lone surrogate that is escaped in it."""
    if not SUSPECT.search(body):
        return body
    return ESCAPED.sub(lambda found: SHOWN_INSTEAD if found[1] else found[0], body)


def _is_shallow(value: Any) -> bool:
    """Level by level."""
    level = [value] if type(value) in CONTAINERS else []
    for _ in range(MAX_DEPTH):
        if not level:
            break
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) in CONTAINERS
        ]
    return not level


def _may_lose_members(text: bytes, value: Any, escapes: bool) -> bool:
    """Each member has a colon; so has a text, as many as before, unless one was escaped."""
    if escapes and COLON_ESCAPED.search(text):
        return True
    return text.count(b":") != orjson.dumps(value).count(b":")


def _may_lose_digits(text: bytes) -> bool:
    """The first look takes a twentieth of the second's time."""
    return MANY_DIGITS in text.translate(ONLY_DIGITS) and bool(LONG_INTEGER.search(text))


class Repeating(dict[str, Any]):
    """An object that was written with several members of one name."""

    repeated: list[str]


BEYOND = object()
"""In the place of an integer that is too long."""


def _refuse_losses(text: bytes, within: Place) -> None:
    """Read again, slowly, to say where."""
    value = json.loads(text, object_pairs_hook=_object, parse_int=_integer)
    errors = list(islice(_losses(value, within), MOST_SHOWN))
    if errors:
        raise MalformedJson(f"{errors[0]['pointer']}: {errors[0]['detail']}", errors=errors)


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    names = Counter(name for name, _ in members)
    if len(names) == len(members):
        return dict(members)
    made = Repeating(members)
    made.repeated = [name for name, times in names.items() if times > 1]
    return made


def _integer(digits: str) -> object:
    return int(digits) if len(digits) <= 20 and int(digits) in INTEGERS else BEYOND


def _losses(value: Any, within: Place) -> Iterator[dict[str, str]]:
    for place, one in _places(value, within):
        if one is BEYOND:
            detail = "An integer of more than 64 bits cannot be kept."
            yield {"pointer": pointer(place), "code": "number_too_large", "detail": detail}
        elif isinstance(one, Repeating):
            detail = "The object has several members of this name."
            for name in one.repeated:
                where = pointer((*place, name))
                yield {"pointer": where, "code": "duplicate_name", "detail": detail}


def _refuse_nuls(value: Any, within: Place) -> None:
    detail = "Text may not hold a NUL character."
    errors = [
        {"pointer": pointer(place), "code": "nul_character", "detail": detail}
        for place in islice(_with_nuls(value, within), MOST_SHOWN)
    ]
    if errors:
        raise InvalidRequest(f"{errors[0]['pointer']}: {detail}", errors=errors)


def _with_nuls(value: Any, within: Place) -> Iterator[Place]:
    for place, one in _places(value, within):
        texts = one if isinstance(one, dict) else [one] if isinstance(one, str) else []
        if any(NUL in text for text in texts):
            yield place


def _places(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """Every value in it, and where; itself first."""
    yield place, value
    if isinstance(value, list):
        for n, item in enumerate(value):
            yield from _places(item, (*place, n))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _places(item, (*place, name))
