"""Who is meant: the keys by which addresses, LinkedIn profiles and domains are compared. Pure.

Two spellings of one address have one key, so that a person cannot enter twice. Names are never
identity.
"""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote

from email_validator import EmailNotValidError, validate_email

EMAIL_BYTES = 254
"""RFC 5321, 4.5.3.1.3, errata 1690."""
ADDRESS_LENGTH = 320
"""In whatever spelling. What is longer is not parsed, which would take milliseconds."""
GIVEN_LENGTH = 1_000
"""As long as a lead's field may be. Unicode's normal form takes quadratic time on some texts."""

UNREADABLE = "\ufffd"
"""What stands for something else, nobody knows what: two such are not the same."""

INVISIBLE = dict.fromkeys(
    [
        0x00A0,  # no-break space, which spreadsheets leave behind
        0x00AD,  # soft hyphen
        0x180E,
        *range(0x200B, 0x2010),  # zero-width spaces and joiners, marks of direction
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,  # byte order mark
    ]
)
"""Removed wherever they stand: nobody can see or type them."""

PLAIN_LENGTH = 64
"""Up to here every label of the domain is short enough, whatever the dots."""
PLAIN = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?!(?:arpa|invalid|local|localhost|onion)\Z)[a-z]+",
    re.ASCII,
).fullmatch
"""Addresses that need no second look. No label has two hyphens in a row, so none is punycode."""
AROUND_AT = re.compile(r"\s*@\s*")

PROFILE = re.compile(
    r"(?:https?:)?(?://)?(?:[a-z0-9-]+\.)*linkedin\.com(?::\d+)?/+(?:mwlite/)?in/+([^/?#]+)(?:[/?#].*)?",
    re.DOTALL,
).fullmatch
SLUG = re.compile(r"[^\s/?#%\\<>\"\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]{1,200}").fullmatch


class Identity(NamedTuple):
    """An address's key and, where the text differed from it, the text that was given."""

    key: str
    normalised_from: str | None


def email_identity(given: str) -> Identity | None:
    """None when it is not an address.

    Domains that are reserved for tests and examples are addresses like any other; those that mail
    never reaches (``.local``, ``.invalid`` …, RFC 6761) are not.
    """
    text = given.strip().lower()
    key = text if len(text) <= PLAIN_LENGTH and PLAIN(text) else checked_email(given)
    return Identity(key, None if key == given else given) if key else None


def checked_email(given: str) -> str | None:
    """The key of any address that email-validator accepts; thirty times slower than PLAIN."""
    if len(given) > GIVEN_LENGTH:
        return None
    bare = _bare(given)
    if len(bare) > ADDRESS_LENGTH or UNREADABLE in bare:
        return None
    try:
        found = validate_email(bare, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    key = f"{_lower(found.local_part)}@{found.ascii_domain}"
    fits = "." in found.ascii_domain and len(key.encode()) <= EMAIL_BYTES
    return key if fits else None


def domain_key(given: str) -> str | None:
    """A domain of two labels or more, in lower case and punycode. None when it is not one."""
    text = visible(given).removesuffix(".")
    if not text or any(mark in text for mark in "@<>:"):
        return None
    found = email_identity(f"a@{text}")
    return found.key.removeprefix("a@") if found else None


def linkedin_key(given: str) -> str | None:
    """``linkedin.com/in/{slug}``; None for companies, searches and whatever is no person's page."""
    profile = PROFILE(visible(given).lower()) if len(given) <= GIVEN_LENGTH else None
    if profile is None:
        return None
    slug = _decoded(profile[1])
    return f"linkedin.com/in/{slug}" if SLUG(slug) else None


def visible(text: str) -> str:
    """Without white space at its ends and invisible characters anywhere, composed (NFC)."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text.translate(INVISIBLE)).strip()


def _decoded(slug: str) -> str:
    """What was not UTF-8 becomes U+FFFD, which no slug may have: two such are not the same."""
    return _lower(visible(unquote(slug))) if "%" in slug or not slug.isascii() else slug


def _bare(given: str) -> str:
    """The address out of ``Ann <ann@x.com>`` and ``mailto:ann@x.com?subject=Hi``."""
    text = visible(given)
    if "<" in text and text.endswith(">"):
        text = visible(text[text.rindex("<") + 1 : -1])
    if text[:7].lower() == "mailto:":
        text = visible(unquote(text[7:].partition("?")[0]))
    return AROUND_AT.sub("@", text)


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", text.lower())
