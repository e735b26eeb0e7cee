"""Headers, and how they are compared."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from unicodedata import combining, normalize

from app.imports.mapping import email_words, synonyms, tools
from app.imports.mapping.synonyms import Spellings

NUMBER = re.compile(r"\d+", re.ASCII)
UNNAMED = re.compile(r"(?:column ?\d+)?", re.IGNORECASE).fullmatch
"""What a column is called that has no header."""
HYPHENATED = re.compile(r"e[-\u2010\u2011 ]?mail", re.IGNORECASE)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

OWN_NAME = (0, 0, -1)
"""The rank of a field's own name: before all other spellings."""


class Meaning(NamedTuple):
    """What a header usually means. Of several columns that mean the same, the least rank is best:
    first what is usual, then by number (``Phone 2``), then in the order of the spellings.
    """

    target: str
    rank: tuple[int, int, int]
    language: str

    @property
    def is_at_need(self) -> bool:
        return self.rank[0] > 0


def squeezed(text: str) -> str:
    """In lower case, without accents, and of letters and digits only."""
    return "".join(letter for letter in _without_accents(text).casefold() if letter.isalnum())


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return "".join(one for one in normalize("NFKD", text) if not combining(one))


def is_unnamed(header: str) -> bool:
    return UNNAMED(header.strip()) is not None


def words(header: str) -> list[str]:
    """``workEmail``, ``work_email`` and ``Work E-mail`` are the same two words."""
    plain = _without_accents(HYPHENATED.sub(" Email ", header))
    return [word.lower() for word in WORD.findall(plain)]


def meaning(header: str) -> Meaning | None:
    """None when it says nothing that we know."""
    key = squeezed(header)
    found = MEANINGS.get(NUMBER.sub("1", key)) or MEANINGS.get(key.rstrip("0123456789"))
    if found:
        return found._replace(rank=(found.rank[0], _number(key), found.rank[2]))
    return _address(words(header), _number(key))


def _address(parts: Sequence[str], number: int) -> Meaning | None:
    """One word is ``email``, and every other is a number or says whose address, not what of it."""
    others = [part for part in parts if part != "email" and not part.isdecimal()]
    if "email" not in parts or not email_words.NEXT_TO_EMAIL.issuperset(others):
        return None
    at_need = number > 1 or not email_words.SECOND_CHOICE.isdisjoint(others)
    return Meaning("email", (int(at_need), number, len(MEANINGS)), synonyms.ENGLISH)


def _number(key: str) -> int:
    """A long one is no number in a series, but an id or a year."""
    found = NUMBER.search(key)
    return int(found[0]) if found and len(found[0]) <= 2 else 0


def _meanings(tiers: Iterable[Spellings]) -> dict[str, Meaning]:
    found: dict[str, Meaning] = {}
    for tier, fields in enumerate(tiers):
        for target, languages in fields.items():
            found.setdefault(squeezed(target), Meaning(target, OWN_NAME, synonyms.ENGLISH))
            spelt = [(header, lang) for lang, headers in languages.items() for header in headers]
            for place, (header, language) in enumerate(spelt):
                key = NUMBER.sub("1", squeezed(header))
                found.setdefault(key, Meaning(target, (tier, 0, place), language))
    return found


MEANINGS: Mapping[str, Meaning] = _meanings((synonyms.USUAL, synonyms.AT_NEED))


def tool_of(headers: Iterable[str]) -> str | None:
    """Whose export it is."""
    given = {squeezed(header) for header in headers}
    starts = tuple(header.strip().lower() for header in headers)
    for tool, groups in tools.TOOLS.items():
        if any(all(_tells(header, given, starts) for header in group) for group in groups):
            return tool
    return None


def _tells(header: str, given: set[str], starts: Sequence[str]) -> bool:
    if header.endswith("*"):
        return any(start.startswith(header[:-1].lower()) for start in starts)
    return squeezed(header) in given


def by_tool(tool: str | None) -> dict[str, str | None]:
    """What a header means in this tool's files, by its squeezed name."""
    special = tools.BY_TOOL.get(tool, {}) if tool else {}
    return {squeezed(header): target for header, target in special.items()}
