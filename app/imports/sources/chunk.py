"""Rows that are stored together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.imports.batch import GivenRow

ROWS = 4_000
BYTES = 8 * 1024 * 1024
"""A chunk holds no more than either; storing it takes a fraction of the two seconds it may."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows, in their order. ``cursor`` says where the next chunk begins."""

    rows: Sequence[GivenRow]
    cursor: Mapping[str, int]
    is_last: bool
