"""Custom fields that come in JSON: in a cell, or beside the columns of a row."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.imports.mapping.targets import (
    CUSTOM_FIELD,
    MAX_CUSTOM_NAME_LENGTH,
    MAX_CUSTOM_VALUE_LENGTH,
    is_custom_name,
)
from app.kit.json_text import NUL, document
from app.kit.problems import Problem

Members = dict[str, Any]
Wrong = tuple[str, str]
"""The field, and what is wrong with it."""


def members_of(cell: str) -> Members | str:
    """The object in a cell, or what is wrong with it."""
    try:
        value = document(cell.encode(errors="surrogatepass"))
    except Problem:
        return "It is not JSON that can be kept."
    return value if isinstance(value, dict) else "It is JSON, but not an object."


def custom_values(members: Mapping[str, Any]) -> tuple[Members, Wrong | None]:
    """Without null and "", and the first that cannot be kept. Lists and objects become JSON text,
    since values are plain.
    """
    found: Members = {}
    wrong: Wrong | None = None
    for given, value in members.items():
        name = given.strip()
        try:
            kept = _kept(value)
        except TypeError:
            wrong = wrong or _wrong(name, "It is nested too deeply, or a number is too large.")
            continue
        if kept is None or kept == "":
            continue
        detail = _detail(name, kept)
        if detail is None:
            found[name] = kept
        else:
            wrong = wrong or _wrong(name, detail)
    return found, wrong


def _kept(value: Any) -> Any:
    """Raises TypeError for what JSON as we store it cannot hold. It has no NaN: that is null."""
    if isinstance(value, str):
        return value.strip()
    text = orjson.dumps(value).decode()
    if text == "null":
        return None
    return value if isinstance(value, bool | int | float) else text


def _detail(name: str, value: Any) -> str | None:
    if not is_custom_name(name):
        return f"A custom field's name has 1 to {MAX_CUSTOM_NAME_LENGTH} characters."
    return wrong_with_custom(value) if isinstance(value, str) else None


def _wrong(name: str, detail: str) -> Wrong:
    return CUSTOM_FIELD + name[:MAX_CUSTOM_NAME_LENGTH], detail


def wrong_with_custom(value: str) -> str | None:
    if len(value) > MAX_CUSTOM_VALUE_LENGTH:
        return f"It has {len(value):,} characters; {MAX_CUSTOM_VALUE_LENGTH:,} are the most."
    return "It holds a NUL character." if NUL in value else None
