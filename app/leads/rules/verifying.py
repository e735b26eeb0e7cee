"""What becomes of those whose mailboxes a provider was asked for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from app.leads.rules.validating import (
    RETRY_DELAYS,
    GivenVerdict,
    Sorted,
    Waiting,
    with_flags,
)
from app.validation.providers.outcomes import Outcome
from app.validation.rules import NO_OVERRIDES, Finding, Overrides
from app.validation.rules.findings import ANYBODY, flags_of
from app.values import LeadId, ValidationLevel
from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result

TRIES = len(RETRY_DELAYS) + 1
PASSING = frozenset(
    {
        Reason.GREYLISTED,
        Reason.MAILBOX_FULL,
        Reason.RATE_LIMITED,
        Reason.SERVER_ERROR,
        Reason.CONNECT_FAILED,
        Reason.TIMEOUT,
        Reason.PROVIDER_ERROR,
        Reason.NOT_PROBED,
    }
)
"""What may be otherwise at the next try."""
NOBODY_LOOKED = frozenset({Reason.PROVIDER_ERROR, Reason.NOT_PROBED})


def silence(outcomes: Sequence[Outcome]) -> Outcome | None:
    """Where the provider looked at nobody of a batch: the one that waits longest for it."""
    if not all(one.reason in NOBODY_LOOKED and one.retry_after for one in outcomes):
        return None
    return max(outcomes, key=wait_s, default=None)


def wait_s(outcome: Outcome) -> float:
    return outcome.retry_after or 0


def sort_outcomes(
    waiting: Iterable[Waiting],
    outcomes: Mapping[LeadId, Outcome],
    source: str,
    now: datetime,
    overrides: Overrides = NO_OVERRIDES,
) -> Sorted:
    """Who can be told what they are, and how others wait on: ``tries`` counts this one.

    Whoever nobody looked at to the end does neither: what is known of them holds.
    """
    final: dict[LeadId, GivenVerdict] = {}
    later: dict[LeadId, Waiting] = {}
    for one in waiting:
        outcome = outcomes[one.lead_id]
        if not outcome.is_try:
            later[one.lead_id] = one._replace(
                due_at=_tomorrow(now), tries=one.tries - 1, reason=outcome.reason
            )
        elif _passes(outcome) and one.tries < TRIES:
            due_at = now + _delay(one.tries, outcome)
            later[one.lead_id] = one._replace(due_at=due_at, reason=outcome.reason)
        elif outcome.reason not in NOBODY_LOOKED:
            final[one.lead_id] = GivenVerdict(_finding(one.domain, outcome, overrides), source, now)
    return Sorted(final, later)


def _passes(outcome: Outcome) -> bool:
    return outcome.status is Result.UNVERIFIED and (
        outcome.reason in PASSING or outcome.retry_after is not None
    )


def _tomorrow(now: datetime) -> datetime:
    """When the day begins; then who was refused before comes before, be it by days."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1) + (now - today) / 1000


def _delay(tries: int, outcome: Outcome) -> timedelta:
    return max(RETRY_DELAYS[tries - 1], timedelta(seconds=wait_s(outcome)))


def _finding(domain: str, outcome: Outcome, overrides: Overrides) -> Finding:
    """A mailbox that stays full takes no mail."""
    full = outcome.reason is Reason.MAILBOX_FULL
    return Finding(
        Result.INVALID if full else outcome.status,
        outcome.reason,
        ValidationLevel.PROVIDER,
        flags_of(f"{ANYBODY}@{domain}", overrides, outcome.flags),
        None,
        with_flags(outcome.raw, outcome.flags),
    )
