from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.leads.rules.progress import Counted, Progress
from app.values import ValidationLevel, ValidationResult

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
AT_ONCE, LATER = datetime.fromtimestamp(0, UTC), NOW + timedelta(minutes=15)
VALID = ValidationResult.VALID, ValidationLevel.DOMAIN
NEVER, AGAIN = None, VALID
SOON = NOW + timedelta(minutes=5)
OF_MAILBOX = Counted(1, VALID, True, AT_ONCE, ValidationLevel.MAILBOX)


@pytest.mark.parametrize(
    ("counted", "goes_on", "state", "percent", "next_try_at"),
    [
        ([], False, "completed", 100.0, None),
        ([], True, "running", 0.0, None),
        ([Counted(3, VALID, False)], False, "completed", 100.0, None),
        ([Counted(3, VALID, False)], True, "running", 100.0, None),
        (
            [Counted(3, VALID, False), Counted(1, NEVER, True, AT_ONCE)],
            False,
            "running",
            75.0,
            None,
        ),
        ([Counted(2, AGAIN, True, LATER)], False, "waiting", 0.0, LATER),
        ([Counted(2, AGAIN, True, NOW)], False, "running", 0.0, None),
        (
            [Counted(1, NEVER, True, LATER), Counted(1, AGAIN, True, LATER + timedelta(hours=1))],
            *(False, "waiting", 0.0, LATER),
        ),
        (
            [Counted(1, NEVER, True, LATER), Counted(1, AGAIN, True, AT_ONCE)],
            *(False, "running", 0.0, None),
        ),
        (
            [Counted(60_000, VALID, False), Counted(5, NEVER, True, LATER)],
            *(False, "waiting", 99.9, LATER),
        ),
    ],
)
def test_how_far_it_is(
    counted: list[Counted],
    goes_on: bool,
    state: str,
    percent: float,
    next_try_at: datetime | None,
) -> None:
    found = replace(Progress.of(counted, NOW), goes_on=goes_on)
    assert (found.state, found.percent, found.next_try_at) == (state, percent, next_try_at)


def test_who_waits_again_is_in_both_counts() -> None:
    found = Progress.of([Counted(4, VALID, False), Counted(2, AGAIN, True, LATER)], NOW)
    assert (found.total, found.pending, found.checked) == (6, 2, 4)
    assert found.found == {VALID: 6}


@pytest.mark.parametrize(
    ("counted", "held_until", "state", "next_try_at", "reason"),
    [
        ([Counted(2, NEVER, True, AT_ONCE)], SOON, "waiting", SOON, "resolver_broken"),
        ([Counted(2, NEVER, True)], SOON, "waiting", SOON, "resolver_broken"),
        ([Counted(2, NEVER, True, AT_ONCE)], AT_ONCE, "running", None, "resolver_broken"),
        ([Counted(2, NEVER, True)], AT_ONCE, "running", None, "resolver_broken"),
        ([Counted(2, NEVER, True, LATER)], SOON, "waiting", LATER, None),
        ([Counted(2, VALID, False)], SOON, "completed", None, None),
        ([OF_MAILBOX], SOON, "running", None, None),
        ([OF_MAILBOX, Counted(2, NEVER, True)], SOON, "running", None, "resolver_broken"),
        (
            [Counted(1, NEVER, True, LATER), Counted(2, NEVER, True)],
            *(SOON, "waiting", SOON, "resolver_broken"),
        ),
    ],
)
def test_while_dns_cannot_be_believed(
    counted: list[Counted],
    held_until: datetime,
    state: str,
    next_try_at: datetime | None,
    reason: str | None,
) -> None:
    found = Progress.of(counted, NOW, held_until)
    assert (found.state, found.next_try_at, found.reason) == (state, next_try_at, reason)
