"""The first records of a file under a delimiter that is being tried, and its header among them."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

MOST = 50
"""Records that are looked at."""
HEADER_WITHIN = 10
"""Above it stand a title, a version, the name of a company."""

ADDRESS = re.compile(r"[^@\s,;|<>\"]+@[^@\s,;|<>\"]+\.[^@\s,;|<>\"]{2,}")
DOMAIN = re.compile(r"(?:\*\.|@)?[\w-]+(?:\.[\w-]+)*\.[^\W\d]{2,}")
NAMES_ADDRESS = re.compile(r"(?i)(?<![^\W_])e[-_ ]?mail|^mail$|correo|courriel")


@dataclass(frozen=True, slots=True)
class Text:
    """What a table may be read from: the lines below the byte order mark and ``sep=``."""

    lines: Sequence[bytes]
    encoding: str
    begins_at: int
    begins_line: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Sample:
    line: int
    begins_at: int
    after_line: int
    ends_at: int
    cells: list[str]

    def filled(self) -> int:
        return sum(map(bool, self.cells))


def sampled(text: Text, delimiter: str) -> list[Sample]:
    """The first records with a filled cell."""
    return list(islice((one for one in _records(text, delimiter) if any(one.cells)), MOST))


def _records(text: Text, delimiter: str) -> Iterator[Sample]:
    offsets = list(accumulate(map(len, text.lines), initial=text.begins_at))
    decoded = (line.decode(text.encoding, errors="replace") for line in text.lines)
    reader = csv.reader(decoded, delimiter=delimiter)
    before = 0
    for cells in reader:
        after = reader.line_num
        if after == len(text.lines) and before and not text.whole:
            return  # it may go on
        yield Sample(
            text.begins_line + before,
            offsets[before],
            text.begins_line + after,
            offsets[after],
            [cell.strip() for cell in cells],
        )
        before = after


def header_among(samples: Sequence[Sample]) -> int | None:
    """Which of the samples names the columns; None where data begin without.

    The one that names an address, else the first that is filled as the data are.
    """
    top = samples[: min(HEADER_WITHIN, first_data(samples))]
    naming = [place for place, one in enumerate(top) if any(map(NAMES_ADDRESS.search, one.cells))]
    if naming:
        return max(naming, key=lambda place: top[place].filled())
    fullest = max(one.filled() for one in samples)
    as_full = [place for place, one in enumerate(top) if 2 * one.filled() > fullest]
    if as_full or first_data(samples) < len(samples):
        return next(iter(as_full), None)
    return max(range(len(top)), key=lambda place: top[place].filled())


def first_data(samples: Sequence[Sample]) -> int:
    """The first with an address, or of one column with a domain; else how many there are."""
    is_list = all(len(one.cells) == 1 for one in samples)
    kinds = (ADDRESS, DOMAIN) if is_list else (ADDRESS,)
    return next(
        (
            place
            for place, one in enumerate(samples)
            if any(kind.fullmatch(cell) for kind in kinds for cell in one.cells)
        ),
        len(samples),
    )


def agreement(samples: Sequence[Sample]) -> float:
    """How well the samples agree that this delimiter makes a table of them; 0: it does not.

    Of delimiters on which all rows agree, the one that makes more columns is a little better.
    """
    if not samples:
        return 0.0
    header = header_among(samples)
    width = len(samples[first_data(samples) if header is None else header].cells)
    if width < 2:
        return 0.0
    alike = sum(_likeness(one.cells, width) for one in samples)
    return alike / len(samples) + min(width, 100) / 10_000


def _likeness(cells: Sequence[str], width: int) -> float:
    if len(cells) == width:
        return 1.0
    return 0.5 if len(cells) > 1 and not any(cells[width:]) else 0.0
