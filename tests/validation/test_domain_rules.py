"""What a domain's answers make of its addresses, and for how long they hold."""

from datetime import UTC, datetime, timedelta

import pytest

from app.validation.rules import (
    RULES_VERSION,
    Answer,
    DomainFacts,
    Finding,
    Flags,
    MailHost,
    Said,
    judge_domain,
    learned,
)
from app.validation.rules.facts import are_suspiciously_many
from app.values import ValidationLevel, ValidationReason, ValidationResult

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
VALID, INVALID, UNVERIFIED = ValidationResult
Reason = ValidationReason
GONE = MailHost("gone.x.com", 10, resolves=False)
UNASKED = MailHost("sixth.x.com", 60)


def facts(said: Said, *hosts: MailHost, doubted: bool = False) -> DomainFacts:
    """Of the first answer."""
    return learned(Answer(said, hosts), None, NOW, doubted=doubted)


def later(said: Said, earlier: DomainFacts, after: timedelta) -> DomainFacts:
    return learned(Answer(said), earlier, earlier.asked_at + after)


ONE_LEAD = [
    (facts(Said.MX), VALID, Reason.DOMAIN_ACCEPTS_MAIL),
    (facts(Said.IMPLICIT_MX), VALID, Reason.DOMAIN_ACCEPTS_MAIL),
    (facts(Said.NULL_MX), INVALID, Reason.NULL_MX),
    (facts(Said.MX_UNRESOLVABLE, GONE), INVALID, Reason.MX_UNRESOLVABLE),
    (facts(Said.MX_UNRESOLVABLE, GONE, UNASKED), UNVERIFIED, Reason.MX_UNRESOLVABLE),
    (facts(Said.NO_MAIL_HOST), INVALID, Reason.NO_MAIL_HOST),
    (facts(Said.NOT_FOUND), INVALID, Reason.DOMAIN_NOT_FOUND),
    (facts(Said.SERVFAIL), UNVERIFIED, Reason.DNS_SERVFAIL),
    (facts(Said.REFUSED), UNVERIFIED, Reason.DNS_REFUSED),
    (facts(Said.TIMEOUT), UNVERIFIED, Reason.DNS_TIMEOUT),
    (facts(Said.NOT_FOUND, doubted=True), UNVERIFIED, Reason.DOMAIN_NOT_FOUND),
]


@pytest.mark.parametrize(("known", "result", "reason"), ONE_LEAD)
def test_the_verdict(known: DomainFacts, result: ValidationResult, reason: Reason) -> None:
    assert judge_domain("ann@x.com", known) == Finding(
        result,
        reason,
        ValidationLevel.DOMAIN,
        Flags(),
        None,
        {"rules": RULES_VERSION, "leads": 1, "dns": known.to_json()},
    )


GOOD = facts(Said.MX)
ABSENT = [Said.MX_UNRESOLVABLE, Said.NO_MAIL_HOST, Said.NOT_FOUND]


@pytest.mark.parametrize("said", ABSENT)
def test_for_many_leads_a_domain_is_gone_when_it_was_gone_twice(said: Said) -> None:
    once = facts(said)
    assert judge_domain("ann@x.com", once, leads=5).result is INVALID
    assert judge_domain("ann@x.com", once, leads=6).result is UNVERIFIED
    soon = later(said, once, 9 * MINUTE)
    assert judge_domain("ann@x.com", soon, leads=6).result is UNVERIFIED
    twice = later(said, once, 10 * MINUTE)
    assert judge_domain("ann@x.com", twice, leads=6).result is INVALID


@pytest.mark.parametrize("said", ABSENT)
def test_so_is_one_that_was_good_before(said: Said) -> None:
    once = later(said, GOOD, DAY)
    assert judge_domain("ann@x.com", once).result is UNVERIFIED
    assert judge_domain("ann@x.com", later(said, once, 10 * MINUTE)).result is INVALID


def test_and_one_that_went_together_with_many() -> None:
    once = facts(Said.NOT_FOUND, doubted=True)
    twice = learned(Answer(Said.NOT_FOUND), once, NOW + 10 * MINUTE, doubted=True)
    assert not twice.doubted
    assert judge_domain("ann@x.com", twice).result is INVALID


def test_no_answer_in_between_changes_nothing_and_a_yes_does() -> None:
    once = facts(Said.NOT_FOUND)
    silent = later(Said.TIMEOUT, once, 5 * MINUTE)
    assert not silent.confirmed
    assert later(Said.NO_MAIL_HOST, silent, 5 * MINUTE).confirmed
    assert not later(Said.NOT_FOUND, later(Said.MX, once, 5 * MINUTE), 5 * MINUTE).confirmed


def test_a_null_mx_is_an_answer_and_needs_no_second() -> None:
    known = later(Said.NULL_MX, GOOD, DAY)
    assert judge_domain("ann@x.com", known, leads=100).result is INVALID


@pytest.mark.parametrize("known", [known for known, *_ in ONE_LEAD])
def test_facts_are_kept(known: DomainFacts) -> None:
    assert DomainFacts.from_json(known.to_json()) == known


@pytest.mark.parametrize(
    ("said", "ttl", "kept"),
    [
        (Said.MX, MINUTE, HOUR),
        (Said.MX, 2 * HOUR, 2 * HOUR),
        (Said.IMPLICIT_MX, 30 * DAY, 7 * DAY),
        (Said.NULL_MX, MINUTE, HOUR),
        (Said.NULL_MX, 7 * DAY, DAY),
        (Said.NOT_FOUND, DAY, 10 * MINUTE),
        (Said.NO_MAIL_HOST, DAY, 10 * MINUTE),
        (Said.SERVFAIL, DAY, 5 * MINUTE),
        (Said.REFUSED, DAY, 5 * MINUTE),
        (Said.TIMEOUT, DAY, 5 * MINUTE),
    ],
)
def test_how_long_an_answer_is_kept(said: Said, ttl: timedelta, kept: timedelta) -> None:
    answer = Answer(said, ttl_s=int(ttl.total_seconds()))
    assert learned(answer, None, NOW).fresh_until == NOW + kept


@pytest.mark.parametrize(("ttl", "kept"), [(MINUTE, HOUR), (2 * HOUR, 2 * HOUR), (7 * DAY, DAY)])
def test_how_long_a_confirmed_no_is_kept(ttl: timedelta, kept: timedelta) -> None:
    again = Answer(Said.NOT_FOUND, ttl_s=int(ttl.total_seconds()))
    found = learned(again, facts(Said.NOT_FOUND), NOW + HOUR)
    assert found.fresh_until == NOW + HOUR + kept


@pytest.mark.parametrize(
    ("absent", "answers", "too_many"),
    [(1, 1, False), (4, 4, False), (5, 5, True), (5, 24, True), (5, 25, False), (21, 100, True)],
)
def test_what_is_too_much_for_chance(absent: int, answers: int, too_many: bool) -> None:
    assert are_suspiciously_many(absent, answers) is too_many
