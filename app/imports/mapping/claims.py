"""Which column claims to be which field: by its header, among its neighbours, and by its cells."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.imports.mapping.email_words import NO_ADDRESS, TELLING, VERDICT
from app.imports.mapping.headers import (
    Meaning,
    by_tool,
    is_unnamed,
    meaning,
    squeezed,
    words,
)
from app.imports.mapping.synonyms import ENGLISH
from app.imports.mapping.targets import CUSTOM_FIELD, EMAIL, VALIDATION, VALIDATION_DETAIL
from app.imports.mapping.values import SNIFFED, Fit, fit, is_persons_page
from app.validation.vendors import is_word, read_verdict, vendor_of

MOST = 0.5
"""Of the cells."""
NEARLY_ALL = 0.9
LOOKED_AT = 300
"""Characters of a cell."""
BY_HEADER_ALONE = 0.3
"""How sure we are of an address column in whose sample is no address."""

ONE_NAME = {
    "jmeno": "last_name",
    "nombre": "last_name",
    "nome": "last_name",
    "nom": "first_name",
}
"""Words for a part of the name if the other part has its own column, and else for all of it."""


BY_WORDS = (VALIDATION, VALIDATION_DETAIL)
"""Targets whose cells are read word by word, not merely kept."""


class Given(NamedTuple):
    """A column of the file; ``cells`` are those of the sample that are filled."""

    place: int
    header: str
    cells: Sequence[str]

    @property
    def key(self) -> str:
        return squeezed(self.header)


class Claim(NamedTuple):
    """Of several for one target the least rank wins."""

    target: str
    rank: tuple[int, ...]
    confidence: float
    reason: str


def given_columns(headers: Sequence[str], sample: Sequence[Sequence[str]]) -> list[Given]:
    return [
        Given(place, header, [cell for row in sample if (cell := _cell(row, place))])
        for place, header in enumerate(headers)
    ]


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip()[:LOOKED_AT] if place < len(row) else ""


def meanings(columns: Sequence[Given], tool: str | None) -> list[Meaning | None]:
    """What the headers say, each read beside the others."""
    special = by_tool(tool)
    alone = [
        _of_tool(special[column.key], tool) if column.key in special else meaning(column.header)
        for column in columns
    ]
    keys = {column.key for column in columns}
    named = {said.target for said in alone if said}
    has_position = any(
        said and said.target == "job_title" and column.key not in ("title", "titel")
        for column, said in zip(columns, alone, strict=True)
    )
    return [
        said and _beside(column, said, keys, named, has_position=has_position)
        for column, said in zip(columns, alone, strict=True)
    ]


def _of_tool(target: str | None, tool: str | None) -> Meaning | None:
    return Meaning(target, (0, 0, 0), f"{tool}'s header") if target else None


def _beside(
    column: Given, said: Meaning, keys: set[str], named: set[str], *, has_position: bool
) -> Meaning | None:
    key = column.key
    if key in ("title", "titel") and (has_position or (key == "titel" and "anrede" in keys)):
        return None  # Mr or Dr
    if key == "name" and "vorname" in keys and "last_name" not in named:
        return said._replace(target="last_name", language="German")
    if key in ONE_NAME and ONE_NAME[key] not in named and _holds_both_names(column):
        return said._replace(target="full_name")
    if key == "url" and column.cells and _share(column.cells, is_persons_page) == 1:
        return said._replace(target="linkedin_profile")
    return said


def _holds_both_names(column: Given) -> bool:
    if not column.cells:
        return column.key == "jmeno"
    return sum(" " in cell for cell in column.cells) >= MOST * len(column.cells)


def claim(column: Given, said: Meaning | None) -> Claim | None:
    """None of a column whose cells are of another kind than its header says."""
    if column.header.startswith(CUSTOM_FIELD):
        return None
    if said is None:
        return sniffed(column)
    by_words = said.target in BY_WORDS
    fits = _known_words(column) if by_words else fit(said.target, column.cells)
    rank = (not column.cells, fits <= MOST, *said.rank, column.place)
    if fits < MOST if said.is_at_need or by_words else fits == 0:
        return sniffed(column) or _by_header_alone(column, said, rank)
    best = (1.0 if column.cells else 0.9) - 0.2 * said.is_at_need
    return Claim(said.target, rank, round(best - 0.4 * (1 - fits), 2), _reason(column, said))


def _by_header_alone(column: Given, said: Meaning, rank: tuple[int, ...]) -> Claim | None:
    """Without an address column no row could go in; the first thousand may lack theirs."""
    if said.target != EMAIL or said.is_at_need:
        return None
    doubt = f"{_reason(column, said)}, though no cell looks like one"
    return Claim(EMAIL, rank, BY_HEADER_ALONE, doubt)


def _known_words(column: Given) -> float:
    if not column.cells:
        return 1.0
    return _share(column.cells, lambda cell: float(is_word(cell, column.header)))


def _reason(column: Given, said: Meaning) -> str:
    field = said.target.replace("_", " ")
    if said.language == ENGLISH:
        return f"`{column.header.strip()}` is a usual header for {field}"
    return f"`{column.header.strip()}` is {said.language} for {field}"


def sniffed(column: Given) -> Claim | None:
    """What the cells tell where the header says nothing.

    A header that is merely unknown is not overruled by a phone number or a web address: there are
    too many kinds of them.
    """
    if told := verdicts(column):
        return told
    unnamed = is_unnamed(column.header)
    if not unnamed and not NO_ADDRESS.isdisjoint(words(column.header)):
        return None
    for target, measure, what in SNIFFED[: None if unnamed else 2]:
        share = _share(column.cells, measure)
        if share > MOST:
            n = len(column.cells)
            reason = f"{round(share * n)} of {n} cells {what}"
            rank = (0, 0, 2, 0, 0, column.place)
            return Claim(target, rank, round((0.9 if unnamed else 0.7) * share, 2), reason)
    return None


def verdicts(column: Given) -> Claim | None:
    """Of a ``Status`` whose cells are words of a check of addresses, and of no other kind."""
    known = [said for cell in column.cells if (said := read_verdict(cell, column.header))]
    share = len(known) / len(column.cells) if column.cells else 0.0
    named = VERDICT.issuperset(words(column.header)) or vendor_of(column.header)
    if not named or share < NEARLY_ALL or TELLING.isdisjoint(squeezed(one.word) for one in known):
        return None
    reason = f"{len(known)} of {len(column.cells)} cells tell what a check of the address found"
    return Claim(VALIDATION, (0, 0, 2, 0, 0, column.place), round(0.7 * share, 2), reason)


def _share(cells: Sequence[str], measure: Fit) -> float:
    return sum(map(measure, cells)) / len(cells) if cells else 0.0


def settled(claims: Iterable[Claim | None]) -> dict[str, int]:
    """Who gets each target: the place of the column."""
    best: dict[str, tuple[tuple[int, ...], int]] = {}
    for place, claimed in enumerate(claims):
        if claimed and (claimed.target not in best or claimed.rank < best[claimed.target][0]):
            best[claimed.target] = (claimed.rank, place)
    return {target: place for target, (_, place) in best.items()}
