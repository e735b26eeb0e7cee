"""The mapping that a file's headers and first rows suggest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.imports.mapping.claims import Claim, Given, claim, given_columns, meanings, settled
from app.imports.mapping.custom_names import custom_names
from app.imports.mapping.findings import Finding
from app.imports.mapping.headers import Meaning, is_unnamed, tool_of
from app.imports.mapping.own_columns import without_own
from app.imports.mapping.targets import (
    CUSTOM_FIELD,
    VALIDATION,
    VALIDATION_CHECKED_AT,
    VALIDATION_DETAIL,
)
from app.imports.mapping.warnings import warnings
from app.leads.merge import MAX_CUSTOM_FIELDS

OWN_NAME = 0.5
"""How sure we are of a column that becomes a custom field."""
BESIDE_VALIDATION = (VALIDATION_DETAIL, VALIDATION_CHECKED_AT)
"""They say nothing alone."""
OF_OURS = "It says why the row was refused before"


@dataclass(frozen=True, slots=True)
class Column:
    """What a column should become; ``confidence`` is from 0 to 1, ``reason`` for people."""

    name: str
    target: str | None
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A column for every header, in their order, and the tool that the file comes from."""

    columns: tuple[Column, ...]
    tool: str | None
    warnings: tuple[Finding, ...]


def suggest(
    headers: Sequence[str], sample: Sequence[Sequence[str]], variables: Collection[str] = ()
) -> Suggestion:
    """No target is given twice. ``variables`` are the names that the campaign's texts use, exact.

    Whatever is no field becomes a custom field under its header's name, or under the variable's
    that differs from it in case or punctuation only.
    """
    sent = without_own(headers)
    given = given_columns(sent, sample)
    tool = tool_of(headers)
    said = meanings(given, tool)
    claims = [claim(column, what) for column, what in zip(given, said, strict=True)]
    if not any(claimed and claimed.target == VALIDATION for claimed in claims):
        said = [None if what and what.target in BESIDE_VALIDATION else what for what in said]
        claims = [None if one and one.target in BESIDE_VALIDATION else one for one in claims]
    winners = settled(claims)
    rest = [column for column in given if column.place not in winners.values()]
    named = [column for column in rest if column.cells or not is_unnamed(column.header)]
    names = custom_names(named[:MAX_CUSTOM_FIELDS], variables, winners)
    columns = [
        _taken(column, claimed)
        if claimed and winners[claimed.target] == column.place
        else _left(column, names.get(column.place), _why(column, what, claimed, winners, headers))
        for column, what, claimed in zip(given, said, claims, strict=True)
    ]
    columns += [Column(header, None, 1.0, OF_OURS) for header in headers[len(sent) :]]
    targets = [column.target for column in columns]
    return Suggestion(tuple(columns), tool, tuple(warnings(headers, targets, variables)))


def _taken(column: Given, claimed: Claim) -> Column:
    return Column(column.header, claimed.target, claimed.confidence, claimed.reason)


def _left(column: Given, name: str | None, why: str) -> Column:
    if name is not None:
        return Column(column.header, CUSTOM_FIELD + name, OWN_NAME, why)
    if column.cells or not is_unnamed(column.header):
        why = f"A lead has {MAX_CUSTOM_FIELDS} custom fields at most"
    return Column(column.header, None, OWN_NAME, why)


def _why(
    column: Given,
    said: Meaning | None,
    claimed: Claim | None,
    winners: Mapping[str, int],
    headers: Sequence[str],
) -> str:
    """Why a column is none of the fields."""
    if claimed:
        winner = headers[winners[claimed.target]].strip()
        return f"{claimed.reason}, but `{winner}` comes first"
    if said:
        field = said.target.replace("_", " ")
        return f"`{column.header.strip()}` says {field}, but its cells do not look like it"
    if is_unnamed(column.header):
        return "It has no header" if column.cells else "It has neither header nor cells"
    return f"`{column.header.strip()}` is none of a lead's fields"
