"""When an address is asked for again, and when it is not any more."""

from datetime import UTC, datetime, timedelta

import pytest

from app.leads.rules.validating import DomainVerdict, Waiting, sort
from app.validation.rules import NO_OVERRIDES, Answer, DomainFacts, Said, learned
from app.values import LeadId, ValidationReason

NOW = datetime(2026, 11, 27, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def facts(said: Said, *, before: Said | None = None) -> DomainFacts:
    """``before``: what was said a day earlier."""
    earlier = learned(Answer(before), None, NOW - DAY) if before else None
    return learned(Answer(said), earlier, NOW)


def verdict(known: DomainFacts, leads: int = 1) -> DomainVerdict:
    return DomainVerdict.of("example.com", known, NO_OVERRIDES, leads)


@pytest.mark.parametrize(
    ("known", "leads", "tries", "minutes"),
    [
        (facts(Said.MX), 1, 0, None),
        (facts(Said.NULL_MX), 9, 0, None),
        (facts(Said.NOT_FOUND), 5, 0, 10),
        (facts(Said.NOT_FOUND), 6, 0, 10),
        (facts(Said.NOT_FOUND, before=Said.MX), 1, 0, 10),
        (facts(Said.NOT_FOUND, before=Said.NOT_FOUND), 6, 1, None),
        (facts(Said.NOT_FOUND), 6, 4, None),
        (facts(Said.TIMEOUT), 1, 0, 15),
        (facts(Said.SERVFAIL), 1, 1, 60),
        (facts(Said.REFUSED), 1, 2, 240),
        (facts(Said.TIMEOUT, before=Said.MX), 1, 3, 1440),
        (facts(Said.TIMEOUT), 1, 4, None),
    ],
)
def test_the_next_try(known: DomainFacts, leads: int, tries: int, minutes: int | None) -> None:
    expected = None if minutes is None else NOW + minutes * MINUTE
    assert verdict(known, leads).next_try(tries, NOW) == expected


def test_who_can_be_told_and_who_waits_on() -> None:
    one, two, three = (
        Waiting(LeadId(n), domain, 0, NOW) for n, domain in enumerate(("a.com", "b.com", "c.com"))
    )
    good, slow = verdict(facts(Said.MX)), verdict(facts(Said.TIMEOUT))
    found = sort([one, two, three], {"a.com": good, "b.com": slow}, NOW)
    assert found.final == {one.lead_id: good}
    assert found.later == {
        two.lead_id: two._replace(
            tries=1, due_at=NOW + 15 * MINUTE, reason=ValidationReason.DNS_TIMEOUT
        ),
        three.lead_id: three._replace(due_at=NOW + MINUTE),
    }


def test_who_is_invalid_by_one_no_waits_for_the_second() -> None:
    one = Waiting(LeadId(1), "a.com", 0, NOW)
    once, twice = (
        verdict(facts(Said.NOT_FOUND, before=before)) for before in (None, Said.NOT_FOUND)
    )
    again = one._replace(
        tries=1, due_at=once.facts.fresh_until, reason=ValidationReason.DOMAIN_NOT_FOUND
    )
    assert sort([one], {"a.com": once}, NOW) == ({1: once}, {1: again})
    assert sort([again], {"a.com": twice}, NOW) == ({1: twice}, {})


def test_the_domain_that_was_meant() -> None:
    typo = DomainVerdict.of("gmaill.com", facts(Said.NOT_FOUND), NO_OVERRIDES, 1)
    assert (typo.meant, verdict(facts(Said.MX)).meant) == ("gmail.com", None)
