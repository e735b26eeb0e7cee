"""What is known of an address by its looks: syntax, lists, typos."""

import pytest

from app.validation.rules import (
    RULES_VERSION,
    Answer,
    DomainFlag,
    Finding,
    Flags,
    Overrides,
    Said,
    judge_domain,
    judge_syntax,
    learned,
    sanitised,
)
from app.validation.rules.findings import flags_of
from app.validation.rules.lists import NO_OVERRIDES
from app.validation.rules.typos import PROVIDERS, meant
from app.values import ValidationLevel, ValidationReason, ValidationResult
from tests.validation.test_domain_rules import NOW


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", ValidationReason.SYNTAX),
        ("ann", ValidationReason.SYNTAX),
        ("a..b@x.com", ValidationReason.SYNTAX),
        ("ann@x", ValidationReason.SYNTAX),
        ("@localhost", ValidationReason.SYNTAX),
        ("ann@localhost", ValidationReason.SPECIAL_USE_DOMAIN),
        ("ann@printer.local", ValidationReason.SPECIAL_USE_DOMAIN),
        ("Ann@Made.Up.INVALID", ValidationReason.SPECIAL_USE_DOMAIN),
        ("ann@duckduckgo.onion", ValidationReason.SPECIAL_USE_DOMAIN),
    ],
)
def test_no_address(given: str, reason: ValidationReason) -> None:
    assert judge_syntax(given) == Finding(
        ValidationResult.INVALID,
        reason,
        ValidationLevel.SYNTAX,
        Flags(),
        None,
        {"rules": RULES_VERSION},
    )


@pytest.mark.parametrize("given", ["ann@x.com", "Ann <ann@x.com>", "jörg@münchen.de"])
def test_an_address(given: str) -> None:
    assert judge_syntax(given) is None


@pytest.mark.parametrize(
    ("address", "flags"),
    [
        ("ann@x.com", Flags()),
        ("info@x.com", Flags(role=True)),
        ("sales+web@x.com", Flags(role=True)),
        ("informed@x.com", Flags()),
        ("ann@gmail.com", Flags(free=True)),
        ("ann@tuta.com", Flags(free=True)),
        ("ann@below.gmail.com", Flags()),
        ("ann@mailinator.com", Flags(disposable=True)),
        ("ann@x.mailinator.com", Flags(disposable=True)),
        ("ann@mymailinator.org", Flags()),
        ("ann@mozmail.com", Flags(privacy_relay=True)),
        ("ann@ann.anonaddy.com", Flags(privacy_relay=True)),
        ("ann@duck.com", Flags(free=True, privacy_relay=True)),
    ],
)
def test_flags(address: str, flags: Flags) -> None:
    assert flags_of(address, NO_OVERRIDES) == flags


def test_a_workspace_knows_better() -> None:
    overrides = Overrides(
        {
            "mailinator.com": {DomainFlag.DISPOSABLE: False},
            "bad.mailinator.com": {DomainFlag.DISPOSABLE: True},
            "gmail.com": {DomainFlag.FREE: False},
        },
        {"ann": True, "info": False},
    )
    assert flags_of("bob@x.mailinator.com", overrides) == Flags()
    assert flags_of("bob@bad.mailinator.com", overrides) == Flags(disposable=True)
    assert flags_of("info@gmail.com", overrides) == Flags()
    assert flags_of("ann@x.com", overrides) == Flags(role=True)


@pytest.mark.parametrize(
    ("address", "suggestion"),
    [
        ("ann@gmial.com", "ann@gmail.com"),
        ("ann@gmail.con", "ann@gmail.com"),
        ("ann@gmal.com", "ann@gmail.com"),
        ("ann@hotmaill.com", "ann@hotmail.com"),
        ("ann+x@yahooo.com", "ann+x@yahoo.com"),
        ("ann@gmail.com", None),
        ("ann@mail.com", None),
        ("ann@email.com", None),
        ("ann@gmail.ru", None),
        ("ann@gmaiil.co", None),
        ("ann@x.com", None),
    ],
)
def test_who_was_meant(address: str, suggestion: str | None) -> None:
    assert meant(address) == suggestion


def test_no_provider_is_taken_for_another() -> None:
    assert [name for name in PROVIDERS if meant(f"ann@{name}")] == []


@pytest.mark.parametrize(
    ("said", "suggestion"),
    [
        (Said.NOT_FOUND, "ann@gmail.com"),
        (Said.NULL_MX, "ann@gmail.com"),
        (Said.MX, None),
        (Said.IMPLICIT_MX, "ann@gmail.com"),
        (Said.TIMEOUT, None),
    ],
)
def test_a_domain_with_its_own_mx_is_meant(said: Said, suggestion: str | None) -> None:
    found = judge_domain("ann@gmial.com", learned(Answer(said), None, NOW))
    assert found.suggestion == suggestion


def test_evidence_can_be_stored() -> None:
    said = {"text\0": ["a\0b", "\udce9", {"n": 1, "is": None}], "good": "é 🎉"}
    assert sanitised(said) == {
        "text\ufffd": ["a\ufffdb", "\ufffd", {"n": 1, "is": None}],
        "good": "é 🎉",
    }
