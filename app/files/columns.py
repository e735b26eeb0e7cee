"""Names of columns, out of whatever stands in the header row."""

from collections.abc import Sequence

MAX_COLUMNS = 1000
MAX_NAME_LENGTH = 1000
"""Surveys ask long questions; what is longer is no name, and would be sent back in each answer."""


def column_names(cells: Sequence[str]) -> list[str]:
    """One for each cell, none empty, no two alike.

    ``Notes, Notes,`` are ``Notes``, ``Notes (2)`` and ``Column 3``. Spaces around a name and line
    breaks in it are no part of it, nor is what is too long.
    """
    given = [_plain(cell) or f"Column {place}" for place, cell in enumerate(cells, 1)]
    taken = set(given)
    names: dict[str, None] = {}
    last: dict[str, int] = {}
    for name in given:
        unique = name
        while unique in names:
            last[name] = last.get(name, 1) + 1
            numbered = f"{name} ({last[name]})"
            unique = name if numbered in taken else numbered
        names[unique] = None
    return list(names)


def numbered_columns(count: int) -> list[str]:
    """Names for a file without a header row."""
    return [f"Column {place}" for place in range(1, count + 1)]


def _plain(cell: str) -> str:
    return " ".join(cell.replace("\0", "").splitlines()).strip()[:MAX_NAME_LENGTH].strip()
