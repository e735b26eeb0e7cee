"""A full name, split in two."""

import re

from app.imports.mapping.headers import squeezed

FORMS_OF_ADDRESS = frozenset(
    (
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "sir",
        "madam",
        "dr",
        "prof",
        "herr",
        "frau",
        "mme",
        "mlle",
        "sr",
        "sra",
        "srta",
        "sig",
        "sigra",
        "dott",
        "pan",
        "pani",
        "ing",
        "mgr",
        "bc",
        "judr",
        "mudr",
        "phd",
    )
)
"""Not a position, and no part of a first name."""
DEGREES = frozenset(
    ("ba", "bsc", "ma", "mba", "md", "msc", "phd", "csc", "drsc", "dis", "jd", "llm", "cpa", "cfa")
) | {"esq", "jr", "sr", "ii", "iii"}
"""Behind a comma: no first name."""
PLAIN_TITLES = frozenset(("mr", "mrs", "ms", "dr", "prof", "herr", "frau"))
"""Also without a dot. Pan, Ing and Miss are left then: they are people's names elsewhere."""
BRACKETS = re.compile(r"\s*\([^)]*\)")


def split_name(full: str, first: str = "", last: str = "") -> tuple[str, str]:
    """First and last name; ``first`` and ``last`` are what is known already, and stay.

    ``Dr. Ann van der Berg`` is Ann, van der Berg; ``Berg, Ann`` is Ann, Berg. The first word is
    the first name: where there are more, nobody can tell which word begins the last name.
    """
    name = _without_titles(BRACKETS.sub("", full))
    if first and not last and name.startswith(first + " "):
        return first, name.removeprefix(first).strip()
    if last and not first and name.endswith(" " + last):
        return name.removesuffix(last).strip(), last
    given, _, family = name.partition(" ")
    before, comma, behind = name.partition(",")
    if comma:
        given, family = behind.strip(), before.strip()
    return first or given, last or family.strip()


def _without_titles(full: str) -> str:
    before, *behind = (part.strip() for part in full.split(","))
    behind = [part for part in behind if part and not _is_degree(part)]
    words = before.split()
    while len(words) > 1 and _is_title(words[0].lower()):
        del words[0]
    return ", ".join([" ".join(words), *behind[:1]])


def _is_title(word: str) -> bool:
    return word in PLAIN_TITLES or (word.endswith(".") and squeezed(word) in FORMS_OF_ADDRESS)


def _is_degree(part: str) -> bool:
    return all(squeezed(word) in DEGREES or word.endswith(".") for word in part.split())
