"""The columns that tell what somebody else found out about the address."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

from app.imports.mapping.cells import is_placeholder
from app.imports.mapping.findings import Finding
from app.imports.mapping.headers import tool_of
from app.imports.mapping.targets import VALIDATION, VALIDATION_CHECKED_AT, VALIDATION_DETAIL
from app.validation.moments import moment_in
from app.validation.vendors import read_verdict, vendor_of

MOST_NAMED = 5
LONGEST_NAMED = 40


class ValidationColumns(NamedTuple):
    """Their places; ``vendor`` is whose words they are, if the headers tell."""

    word: int
    detail: int | None
    checked_at: int | None
    vendor: str | None

    @classmethod
    def of(cls, headers: Sequence[str], places: Mapping[str, int]) -> Self | None:
        word = places.get(VALIDATION)
        if word is None:
            return None
        vendor = vendor_of(headers[word]) or vendor_of(tool_of(headers))
        return cls(word, places.get(VALIDATION_DETAIL), places.get(VALIDATION_CHECKED_AT), vendor)

    def add(self, lead: dict[str, Any], cells: Sequence[str]) -> None:
        """In the form of a batch's; nothing where the word is missing."""
        word = self.word_in(cells)
        if not word:
            return
        given = lead[VALIDATION] = {"word": word}
        if self.vendor:
            given["vendor"] = self.vendor
        if checked_at := _filled(cells, self.checked_at):
            given["checked_at"] = checked_at

    def word_in(self, cells: Sequence[str]) -> str:
        """With its detail behind it."""
        word, detail = _filled(cells, self.word), _filled(cells, self.detail)
        return f"{word}/{detail}" if word and detail else word

    def warnings(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Finding]:
        """What of these rows is not understood, and so left out."""
        words = [word for row in rows if (word := self.word_in(row))]
        unknown = [word for word in words if read_verdict(word, self.vendor) is None]
        if unknown:
            yield Finding("validation_words", headers[self.word], unknown_words(unknown))
        if self.checked_at is not None:
            dates = [date for row in rows if (date := _filled(row, self.checked_at))]
            strange = [date for date in dates if moment_in(date) is None]
            if strange:
                yield Finding("validation_dates", headers[self.checked_at], _strange_dates(strange))


def unknown_words(words: Collection[str]) -> str:
    say = "say" if _are_many(words) else "says"
    return f"{_named(words)} {say} nothing that is known of an address; it is checked as any other."


def _strange_dates(dates: Collection[str]) -> str:
    read = "cannot be read as dates" if _are_many(dates) else "cannot be read as a date"
    return f"{_named(dates)} {read}; the address is checked as any other."


def _are_many(texts: Collection[str]) -> bool:
    return len(set(texts)) > 1


def _named(texts: Collection[str]) -> str:
    different = list(dict.fromkeys(texts))
    shown = ", ".join(f"`{text[:LONGEST_NAMED]}`" for text in different[:MOST_NAMED])
    more = len(different) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _filled(cells: Sequence[str], place: int | None) -> str:
    """A cell's text, or "" where there is none."""
    text = cells[place].strip() if place is not None and place < len(cells) else ""
    return "" if is_placeholder(text) else text
