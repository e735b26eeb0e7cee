"""What becomes of those whose mailboxes a provider was asked for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from app.leads.rules.validating import (
    ANYBODY,
    RETRY_DELAYS,
    GivenVerdict,
    Sorted,
    Waiting,
    with_flags,
)
from app.validation.providers.outcomes import Outcome
from app.validation.rules import NO_OVERRIDES, Finding, Overrides
from app.validation.rules.findings import flags_of
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


def silent_for(outcomes: Sequence[Outcome]) -> float | None:
    """Where the provider looked at nobody of a batch: in how many seconds to come again."""
    waits = [one.retry_after for one in outcomes if one.reason in NOBODY_LOOKED and one.retry_after]
    return max(waits) if waits and len(waits) == len(outcomes) else None


def sort_outcomes(
    waiting: Iterable[Waiting],
    outcomes: Mapping[LeadId, Outcome],
    source: str,
    now: datetime,
    overrides: Overrides = NO_OVERRIDES,
) -> Sorted:
    """Who can be told what they are, and how the others wait on: ``tries`` counts this one."""
    final: dict[LeadId, GivenVerdict] = {}
    later: dict[LeadId, Waiting] = {}
    for one in waiting:
        outcome = outcomes[one.lead_id]
        if _passes(outcome) and one.tries < TRIES:
            due_at = now + _delay(one.tries, outcome)
            later[one.lead_id] = one._replace(due_at=due_at, reason=outcome.reason)
        else:
            final[one.lead_id] = GivenVerdict(_finding(one.domain, outcome, overrides), source, now)
    return Sorted(final, later)


def _passes(outcome: Outcome) -> bool:
    return outcome.status is Result.UNVERIFIED and (
        outcome.reason in PASSING or outcome.retry_after is not None
    )


def _delay(tries: int, outcome: Outcome) -> timedelta:
    return max(RETRY_DELAYS[tries - 1], timedelta(seconds=outcome.retry_after or 0))


def _finding(domain: str, outcome: Outcome, overrides: Overrides) -> Finding:
    """A mailbox that stays full takes no mail. Where nobody looked, it went no deeper than DNS."""
    full = outcome.reason is Reason.MAILBOX_FULL
    unseen = outcome.status is Result.UNVERIFIED and outcome.reason in NOBODY_LOOKED
    return Finding(
        Result.INVALID if full else outcome.status,
        outcome.reason,
        ValidationLevel.DOMAIN if unseen else ValidationLevel.PROVIDER,
        flags_of(f"{ANYBODY}@{domain}", overrides, outcome.flags),
        None,
        with_flags(outcome.raw, outcome.flags),
    )
