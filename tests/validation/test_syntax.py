"""Whatever quick way is taken, an address is what email-validator says it is.

``addresses.json``: the texts with an @ in its own tests (2.4.0, Unlicense).
"""

import json
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from app.identity import EMAIL_BYTES, email_identity, visible
from app.validation.rules import judge_syntax

ADDRESSES: list[str] = json.loads(Path(__file__).with_name("addresses.json").read_text())
PARTS = [part for address in ADDRESSES for part in address.rpartition("@")[::2]]


def known_to_email_validator(text: str) -> bool:
    """We want a dot, too, and what can be sent to."""
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    key = f"{found.local_part}@{found.ascii_domain}"
    return "." in found.ascii_domain and len(key.encode()) <= EMAIL_BYTES


def agrees(text: str) -> None:
    """Around an address we take away what people copy with it; nothing else is ours to mend."""
    ours = email_identity(text)
    assert (judge_syntax(text) is None) == (ours is not None)
    if known_to_email_validator(text):
        assert ours
    elif ours:
        assert known_to_email_validator(ours.key)
        assert visible(text) != text or set(text) & set("<> \t\r\n") or ":" in text


@pytest.mark.parametrize("text", ADDRESSES, ids=range(len(ADDRESSES)))
def test_its_own_addresses(text: str) -> None:
    agrees(text)


@given(st.sampled_from(PARTS), st.sampled_from(PARTS), st.sampled_from(["@", "@@", "", ".", "@."]))
def test_and_what_can_be_made_of_them(local: str, domain: str, between: str) -> None:
    agrees(f"{local}{between}{domain}")


@given(st.sampled_from(ADDRESSES), st.data())
def test_and_what_they_become_by_one_character(address: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(address)))
    more = data.draw(st.sampled_from(["", "a", "A", ".", "-", "@", '"', " ", "\u200b", "ß", "\0"]))
    agrees(address[:place] + more + address[place + 1 :])
