"""Refused rows as a table: in the columns in which they were sent, ready to be sent again. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from app.files.columns import MAX_COLUMNS
from app.imports.mapping.own_columns import own_names, without_own
from app.imports.mapping.targets import CUSTOM_FIELD, CUSTOM_FIELDS, EMAIL
from app.imports.records import RefusedRow
from app.kit.documents import written
from app.values import LEAD_FIELDS

WIRE = (EMAIL, *LEAD_FIELDS)
"""The columns of batches; their custom fields follow."""


class RefusedTable:
    """``layouts`` and ``members`` as the repository finds them.

    More columns than a file may have are one, with the rest as JSON.
    """

    def __init__(
        self,
        layouts: Iterable[Sequence[str] | None],
        members: Iterable[tuple[str, bool]],
        own: Sequence[str],
    ) -> None:
        headers = chain.from_iterable(
            WIRE if layout is None else without_own(layout) for layout in layouts
        )
        found = (CUSTOM_FIELD + name if is_wire else name for name, is_wire in members)
        columns = list(dict.fromkeys(chain(headers, found)))
        most = MAX_COLUMNS - len(own)
        if len(columns) > most:
            columns = [*columns[: most - 1], CUSTOM_FIELDS]
        self._columns, self._own = columns, own
        self._known = frozenset(columns)
        self.header = [*columns, *own_names(self._known, own)]

    def cells(self, row: RefusedRow) -> list[str]:
        given = _by_column(row)
        if CUSTOM_FIELDS in self._known and not given.keys() <= self._known:
            rest = {name: given[name] for name in given.keys() - self._known}
            given = {CUSTOM_FIELDS: _unprefixed(rest), **given}
        ours = {
            "code": row.code,
            "reason": row.reason,
            "row": row.row,
            "import_id": row.import_id,
        }
        values = chain(map(given.get, self._columns), map(ours.get, self._own))
        return [_text(value) for value in values]


def _by_column(row: RefusedRow) -> Mapping[str, Any]:
    custom = row.given.get(CUSTOM_FIELDS)
    if not row.is_wire or not isinstance(custom, dict):
        return row.given
    fields = {name: value for name, value in row.given.items() if name != CUSTOM_FIELDS}
    return fields | {CUSTOM_FIELD + name: value for name, value in custom.items()}


def _unprefixed(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(CUSTOM_FIELD): value for name, value in members.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else written(value)
