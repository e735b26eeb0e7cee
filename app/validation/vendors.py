"""Verdicts that people paid for elsewhere, read from the words of whoever gave them. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from app.validation.vendor_words import ALSO_CALLED, COMMON, VENDORS, Words
from app.validation.verdicts import Verdict
from app.values import ValidationResult as Result

LONGEST_WORD = 100
NUL = "\x00"
CLOCKS_DIFFER = timedelta(days=1)
"""A day begins earlier in Auckland; what comes from later than that is a mistake."""
NUMBER = re.compile(r"-?\d{1,2}(?=(?:\.0)?\Z)", re.ASCII).match
BETWEEN_WORDS = re.compile(r"[\s_.:-]+")
PARTS = re.compile(r"[/:(]")


class VendorVerdict(NamedTuple):
    """``vendor`` is None where only the word is known; ``word`` is as it was given."""

    vendor: str | None
    word: str
    verdict: Verdict


class GivenValidation(NamedTuple):
    """What came with a lead. Without ``checked_at`` it is as old as its coming."""

    said: VendorVerdict
    checked_at: datetime | None


def squeezed(word: str) -> str:
    """In lower case, and of letters and digits only; of a number its sign stays."""
    text = normalize("NFKC", word).strip()
    number = NUMBER(text)
    return number[0] if number else "".join(one for one in text.casefold() if one.isalnum())


def _by_word(*tables: Words) -> Mapping[str, Verdict]:
    return {squeezed(word): verdict for words in tables for word, verdict in words.items()}


KNOWN: Mapping[str | None, Mapping[str, Verdict]] = {
    None: _by_word(COMMON),
    **{vendor: _by_word(COMMON, words) for vendor, words in VENDORS.items()},
}
NAMES: Mapping[str, str] = {**{vendor: vendor for vendor in VENDORS}, **ALSO_CALLED}
LONG_NAMES = tuple(name for name in NAMES if len(name) > 3)
"""Those that no other word begins with."""
EVERY_WORD = frozenset(word for words in KNOWN.values() for word in words)
PLAIN_WORDS = frozenset(word for word in EVERY_WORD if word.isalpha()) - {"true", "false"}


def vendor_of(hint: str | None) -> str | None:
    """The vendor that a name or a header tells of: ``ZeroBounce``, ``ZB Status``."""
    if not hint:
        return None
    first, *_ = BETWEEN_WORDS.split(hint.strip(), maxsplit=1)
    if vendor := NAMES.get(squeezed(first)):
        return vendor
    key = squeezed(hint)
    return next((NAMES[name] for name in LONG_NAMES if key.startswith(name)), None)


def read_verdict(word: str, hint: str | None) -> VendorVerdict | None:
    """None where the word is unknown. ``hint`` is the vendor's name, or a header that begins so.

    A detail may follow its status: ``do_not_mail/role_based``, ``Accept-all (Unverifiable)``.
    """
    if len(word) > LONGEST_WORD or NUL in word:
        return None
    return _read(word.strip(), hint and hint[:LONGEST_WORD])


@lru_cache(maxsize=1_000)
def _read(word: str, hint: str | None) -> VendorVerdict | None:
    vendor = vendor_of(hint)
    words = KNOWN[vendor]
    status, *details = PARTS.split(word)
    general = words.get(squeezed(status))
    special = next(filter(None, (words.get(squeezed(one)) for one in details)), None)
    verdict = words.get(squeezed(word)) or _together(general, special)
    return VendorVerdict(vendor, word, verdict) if verdict else None


def _together(general: Verdict | None, special: Verdict | None) -> Verdict | None:
    """The detail says more than its status; but a good address that is a role's stays good."""
    if general is None or special is None:
        return general or special
    if general.result is Result.VALID and special.result is not Result.INVALID:
        return general._replace(flags=special.flags)
    return special


def is_word(text: str, hint: str | None) -> bool:
    """Whether anybody says so of an address; of numbers one must know whose they are."""
    words = EVERY_WORD if vendor_of(hint) else PLAIN_WORDS
    return len(text) <= LONGEST_WORD and squeezed(text) in words


def is_fresh(checked_at: datetime, now: datetime, days: int) -> bool:
    """People change their jobs: what was true of a mailbox becomes doubtful."""
    return -CLOCKS_DIFFER <= now - checked_at < timedelta(days=days)
