"""Why an address was read otherwise than it was written; ``app.identity`` is what reads it."""

from collections.abc import Iterator
from unicodedata import normalize
from urllib.parse import unquote

from app.identity import AROUND_AT, INVISIBLE

NORMALISATIONS = (
    "spaces",
    "capitals",
    "invisible_characters",
    "display_name",
    "mailto",
    "internationalised_domain",
    "other",
)
"""All the reasons there are, in the order in which they are given."""


def normalisation(given: str, key: str) -> tuple[str, ...]:
    """``key`` is the identity of ``given``. None of the reasons where it was written so."""
    if given == key:
        return ()
    text = given.strip()
    if given.isascii() and text.lower() == key:
        spaces = ("spaces",) if text != given else ()
        return spaces if text == key else (*spaces, "capitals")
    found = set(_reasons(given, key))
    return tuple(reason for reason in NORMALISATIONS if reason in found) or ("other",)


def _reasons(given: str, key: str) -> Iterator[str]:
    text = given.translate(INVISIBLE)
    if text != given:
        yield "invisible_characters"
    address = text.strip()
    if address != text:
        yield "spaces"
    if "<" in address and address.endswith(">"):
        yield "display_name"
        address = address[address.rindex("<") + 1 : -1].strip()
    if address[:7].lower() == "mailto:":
        yield "mailto"
        address = unquote(address[7:].partition("?")[0]).translate(INVISIBLE).strip()
    yield from _of_address(address, key)


def _of_address(address: str, key: str) -> Iterator[str]:
    joined = AROUND_AT.sub("@", address)
    if joined != address:
        yield "spaces"
    lower = joined.lower()
    if lower != joined:
        yield "capitals"
    local_part, _, domain = lower.rpartition("@")
    if not domain.isascii():
        yield "internationalised_domain"
    elif domain != key.rpartition("@")[2]:
        yield "other"
    if normalize("NFC", local_part) != local_part or local_part != key.rpartition("@")[0]:
        yield "other"
