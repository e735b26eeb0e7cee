"""What the words of other tools mean, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.validation.vendor_words import ALSO_CALLED, COMMON, VENDORS
from app.validation.vendors import (
    EVERY_WORD,
    KNOWN,
    is_fresh,
    is_word,
    read_verdict,
    squeezed,
    vendor_of,
)
from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result

VALID, INVALID, OPEN = Result.VALID, Result.INVALID, Result.UNVERIFIED
CONFIRMED, OPAQUE, UNTRIED = Reason.PROVIDER_CONFIRMED, Reason.PROVIDER_OPAQUE, Reason.NOT_PROBED
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)

WORDS = [
    ("ZeroBounce", "valid", VALID, CONFIRMED, (), False),
    ("ZB Status", "catch-all", OPEN, Reason.CATCH_ALL, ("catch_all",), False),
    ("ZeroBounce", "spamtrap", INVALID, CONFIRMED, (), True),
    ("ZeroBounce", "abuse", INVALID, CONFIRMED, (), True),
    ("ZeroBounce", "do_not_mail", INVALID, CONFIRMED, (), True),
    ("ZeroBounce", "do_not_mail/toxic", INVALID, CONFIRMED, (), True),
    ("ZeroBounce", "do_not_mail/role_based", OPEN, UNTRIED, ("role",), False),
    ("ZeroBounce", "do_not_mail/disposable", OPEN, UNTRIED, ("disposable",), False),
    ("ZeroBounce", "invalid/mailbox_not_found", INVALID, Reason.MAILBOX_NOT_FOUND, (), False),
    ("ZeroBounce", "invalid/mailbox_quota_exceeded", OPEN, Reason.MAILBOX_FULL, (), False),
    ("ZeroBounce", "unknown/greylisted", OPEN, Reason.GREYLISTED, (), False),
    ("ZeroBounce", "unknown/antispam_system", OPEN, Reason.SENDER_BLOCKED, (), False),
    ("NeverBounce", "0", VALID, CONFIRMED, (), False),
    ("NeverBounce", "1", INVALID, CONFIRMED, (), False),
    ("NeverBounce", "2", OPEN, UNTRIED, ("disposable",), False),
    ("NeverBounce", "catchall", OPEN, Reason.CATCH_ALL, ("catch_all",), False),
    ("MillionVerifier", "1", VALID, CONFIRMED, (), False),
    ("MillionVerifier", "ok", VALID, CONFIRMED, (), False),
    ("MillionVerifier", "error", OPEN, Reason.PROVIDER_ERROR, (), False),
    ("MillionVerifier quality", "bad", INVALID, CONFIRMED, (), False),
    ("Kickbox", "undeliverable", INVALID, CONFIRMED, (), False),
    ("Kickbox", "risky/low_deliverability", OPEN, Reason.CATCH_ALL, ("catch_all",), False),
    ("Bouncer", "unknown/timeout", OPEN, Reason.TIMEOUT, (), False),
    ("Hunter", "accept_all", OPEN, Reason.CATCH_ALL, ("catch_all",), False),
    ("Hunter", "webmail", OPEN, OPAQUE, ("free",), False),
    ("Hunter", "blocked", OPEN, OPAQUE, (), False),
    ("Email Hippo", "Bad", INVALID, CONFIRMED, (), False),
    ("Email Hippo", "Bad/MailboxFull", OPEN, Reason.MAILBOX_FULL, (), False),
    ("Email Hippo", "Bad/MailServerFaultDetected", OPEN, Reason.SERVER_ERROR, (), False),
    ("Email Hippo", "Bad/PossibleSpamTrapDetected", INVALID, CONFIRMED, (), True),
    ("Email Hippo", "Unverifiable/ServerIsCatchAll", OPEN, Reason.CATCH_ALL, ("catch_all",), False),
    ("Apollo", "Verified", VALID, CONFIRMED, (), False),
    ("Apollo", "Guessed", OPEN, UNTRIED, (), False),
    ("Apollo", "Unavailable", OPEN, UNTRIED, (), False),
    ("Apollo", "Bounced", INVALID, CONFIRMED, (), False),
    ("Apollo", "User Managed", OPEN, UNTRIED, (), False),
    ("Reacher", "safe", VALID, CONFIRMED, (), False),
    ("Reacher", "risky", OPEN, OPAQUE, (), False),
    ("Clearout", "catch_all", OPEN, Reason.CATCH_ALL, ("catch_all",), False),
    ("DeBounce", "Safe to Send", VALID, CONFIRMED, (), False),
    ("DeBounce", "Deliverable, Role", VALID, CONFIRMED, ("role",), False),
    ("DeBounce", "2", INVALID, CONFIRMED, (), True),
    ("Emailable", "deliverable", VALID, CONFIRMED, (), False),
    ("Dropcontact", "nominative@pro", VALID, CONFIRMED, (), False),
    ("Dropcontact", "generic@pro", VALID, CONFIRMED, ("role",), False),
    ("Findymail", "false", OPEN, OPAQUE, (), False),
    ("LeadMagic", "valid_catch_all", VALID, CONFIRMED, ("catch_all",), False),
    ("lemlist", "undeliverable", INVALID, CONFIRMED, (), False),
    ("Instantly", "1", VALID, CONFIRMED, (), False),
    ("Instantly", "-1", INVALID, CONFIRMED, (), False),
    ("Instantly", "-3.0", OPEN, Reason.CATCH_ALL, ("catch_all",), False),
    ("SmartLead", "Catch All", OPEN, Reason.CATCH_ALL, ("catch_all",), False),
    (None, "valid/role", VALID, CONFIRMED, ("role",), False),
    (None, "Accept-all (Unverifiable)", OPEN, Reason.CATCH_ALL, ("catch_all",), False),
    ("Whoever", " VALID ", VALID, CONFIRMED, (), False),
]


@pytest.mark.parametrize(("vendor", "word", "result", "reason", "flags", "suppress"), WORDS)
def test_the_words_of_other_tools(
    vendor: str | None,
    word: str,
    result: Result,
    reason: Reason,
    flags: tuple[str, ...],
    suppress: bool,
) -> None:
    found = read_verdict(word, vendor)
    assert found
    assert found.word == word.strip()
    assert found.verdict == (result, reason, flags, suppress)


@pytest.mark.parametrize(
    ("vendor", "word"),
    [
        (None, ""),
        (None, "1"),
        ("Apollo", "1"),
        ("Kickbox", "true"),
        (None, "Guessed"),
        (None, "somewhat"),
        (None, "val\x00id"),
        (None, "valid" + " " * 100),
    ],
)
def test_a_word_that_nobody_knows_is_no_verdict(vendor: str | None, word: str) -> None:
    assert read_verdict(word, vendor) is None


@pytest.mark.parametrize(
    ("hint", "vendor"),
    [
        ("ZeroBounce", "zerobounce"),
        ("Zero Bounce Status", "zerobounce"),
        ("ZB Status", "zerobounce"),
        ("nb_result", "neverbounce"),
        ("emailDeliverability", "lemlist"),
        ("is_reachable", "reacher"),
        ("Snov.io", "snov"),
        ("DeBounce Result", "debounce"),
        ("Email Status", None),
        ("Mvp", None),
        ("", None),
        (None, None),
    ],
)
def test_whose_words_they_are(hint: str | None, vendor: str | None) -> None:
    assert vendor_of(hint) == vendor


def test_the_tables_hold_each_word_once() -> None:
    for words in (COMMON, *VENDORS.values()):
        assert len({squeezed(word) for word in words}) == len(words)
    common = {squeezed(word) for word in COMMON}
    for vendor, words in VENDORS.items():
        assert common.isdisjoint(map(squeezed, words)), vendor
    assert set(ALSO_CALLED.values()) <= VENDORS.keys()


def test_only_what_is_known_of_an_address_is_invalid() -> None:
    """Whatever may be the tool's own trouble, or a full mailbox, is open."""
    ours = {*Reason} - {*list(Reason)[:10], CONFIRMED}
    for words in KNOWN.values():
        for word, verdict in words.items():
            assert verdict.result is not INVALID or verdict.reason not in ours, word
            assert not verdict.suppress or verdict.result is INVALID, word


@given(
    st.text(max_size=120) | st.sampled_from(sorted(EVERY_WORD)), st.none() | st.text(max_size=30)
)
def test_any_text_is_read(word: str, vendor: str | None) -> None:
    found = read_verdict(word, vendor)
    assert found is None or "\x00" not in found.word
    if found and not set("/:(") & set(word):
        assert is_word(word, vendor)


@pytest.mark.parametrize(
    ("age", "fresh"),
    [
        (timedelta(0), True),
        (timedelta(days=29, hours=23), True),
        (timedelta(days=30), False),
        (timedelta(hours=-23), True),
        (timedelta(days=-2), False),
    ],
)
def test_a_verdict_holds_for_a_set_time(age: timedelta, fresh: bool) -> None:
    assert is_fresh(NOW - age, NOW, 30) is fresh
