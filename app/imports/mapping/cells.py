"""What a cell says, freed of what programs wrapped around it."""

import re
from collections.abc import Collection

from app.imports.mapping.targets import MAX_TAG_LENGTH, MAX_TAGS, TAGS
from app.kit.json_text import NUL

PLACEHOLDERS = frozenset({"nan", "n/a", "#n/a", "null"})
"""In any case: what programs write for nothing."""
LONGEST_PLACEHOLDER = 4
NAMELESS = frozenset({"nan", "NaN", "null"})
"""For a name only as programs write them, since Nan and Null are people's names."""
KEPT_AS_TEXT = re.compile(r"'[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]|'[\d\s().,/+-]+\Z").match
FORMULA = re.compile(r'="(.*)"', re.DOTALL).fullmatch
MANY_VALUES = ":::"
"""Between several values in one cell of Google Contacts."""
TAG_ENDS = re.compile(r"[,;|]|:::")
WRAPPING = " \t\r\n\"'"


def unwrapped(cell: str) -> str:
    """Spreadsheets keep a number as text by a leading ``'``, or as the formula ``="+420…"``; a
    careful export writes the ``'`` before all that would be taken for a formula.
    """
    text = cell[1:] if KEPT_AS_TEXT(cell) else cell
    formula = FORMULA(text)
    return formula[1].replace('""', '"').strip() if formula else text


def first_value(cell: str) -> str:
    values = (value.strip() for value in cell.split(MANY_VALUES))
    return next(filter(None, values), "")


def is_placeholder(cell: str, *, is_name: bool = False) -> bool:
    if is_name and "/" not in cell:
        return cell in NAMELESS
    return cell.lower() in PLACEHOLDERS


def tags_in(cell: str) -> tuple[tuple[str, ...], tuple[str, str] | None]:
    """Each once, in their order, or none and what is wrong with them.

    Google marks its own groups with a star; Mailchimp quotes every tag.
    """
    if not cell or cell.isspace():
        return (), None
    found = (tag.strip(WRAPPING).removeprefix("* ").strip() for tag in TAG_ENDS.split(cell))
    tags = tuple(dict.fromkeys(filter(None, found)))
    wrong = _wrong_with_tags(tags)
    return ((), (TAGS, wrong)) if wrong else (tags, None)


def _wrong_with_tags(tags: Collection[str]) -> str | None:
    if len(tags) > MAX_TAGS:
        return f"It has {len(tags)} tags; {MAX_TAGS} are the most."
    if any(len(tag) > MAX_TAG_LENGTH for tag in tags):
        return f"A tag has more than {MAX_TAG_LENGTH} characters."
    return "It holds a NUL character." if any(NUL in tag for tag in tags) else None
