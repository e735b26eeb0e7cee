"""What is done to a row's values where they are not simply taken. Each changes the lead in place
and returns what is wrong with it, if anything is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.imports.mapping.cells import MANY_VALUES, first_value, unwrapped
from app.imports.mapping.custom_values import (
    Wrong,
    custom_values,
    members_of,
    wrong_with_custom,
)
from app.imports.mapping.names import split_name
from app.imports.mapping.revenue import with_unit
from app.imports.mapping.targets import CUSTOM_FIELD, CUSTOM_FIELDS, FULL_NAME, MAX_FIELD_LENGTH
from app.kit.json_text import NUL
from app.leads.merge import MAX_CUSTOM_FIELDS

Lead = dict[str, Any]


def freed(cells: Sequence[str]) -> list[str]:
    """Without what spreadsheets wrap around numbers; other cells as they are."""
    return [unwrapped(cell.strip()) if cell.lstrip()[:1] in ("'", "=") else cell for cell in cells]


def keep_what_fits(lead: Lead, custom: Lead) -> Wrong | None:
    """The first of several values; nothing that is too long or cannot be stored."""
    wrong: Wrong | None = None
    for name, value in list(lead.items()):
        text = lead[name] = first_value(value) if MANY_VALUES in value else value
        detail = _wrong_with_field(text)
        if detail or not text:
            del lead[name]
            wrong = wrong or (detail and (name, detail)) or None
    for name, value in list(custom.items()):
        detail = wrong_with_custom(value)
        if detail:
            del custom[name]
            wrong = wrong or (CUSTOM_FIELD + name, detail)
    return wrong


def _wrong_with_field(value: str) -> str | None:
    if len(value) > MAX_FIELD_LENGTH:
        return f"It has {len(value):,} characters; {MAX_FIELD_LENGTH:,} are the most."
    return "It holds a NUL character." if NUL in value else None


def split_full_name(lead: Lead) -> None:
    """Fills what of the two names is empty."""
    full = lead.pop(FULL_NAME, None)
    if full is None or ("first_name" in lead and "last_name" in lead):
        return
    first, last = split_name(full, lead.get("first_name", ""), lead.get("last_name", ""))
    if first:
        lead["first_name"] = first
    if last:
        lead["last_name"] = last


def add_unit(lead: Lead, unit: str) -> None:
    amount = with_unit(lead.pop("revenue"), unit)
    if amount:
        lead["revenue"] = amount


def add_members(custom: Lead, cell: str, extra: Mapping[str, Any] | None) -> Wrong | None:
    """Of the JSON in a cell, and of the row; columns win over the cell, and it over the row."""
    given: Lead = {}
    wrong: Wrong | None = None
    if extra:
        nested = extra.get(CUSTOM_FIELDS)
        given = dict(extra)
        if isinstance(nested, Mapping):
            del given[CUSTOM_FIELDS]
            given.update(nested)
    if cell and not cell.isspace():
        members = members_of(cell)
        if isinstance(members, str):
            wrong = (CUSTOM_FIELDS, members)
        else:
            given |= members
    kept, wrong_value = custom_values(given)
    for name, value in kept.items():
        custom.setdefault(name, value)
    return wrong or wrong_value


def add_custom_fields(lead: Lead, custom: Lead) -> Wrong | None:
    if len(custom) > MAX_CUSTOM_FIELDS:
        detail = f"It has {len(custom)} custom fields; {MAX_CUSTOM_FIELDS} are the most."
        return CUSTOM_FIELDS, detail
    if custom:
        lead[CUSTOM_FIELDS] = custom
    return None
