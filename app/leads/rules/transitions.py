"""How a membership's status moves: one table, for operators, senders and validation alike."""

from dataclasses import dataclass
from enum import StrEnum

from app.gate.facts import ACTIVE_STATUSES
from app.values import LeadStatus

S = LeadStatus

NEW = frozenset({S.NOT_CONTACTED})
ACTIVE = ACTIVE_STATUSES
ENDED = frozenset(S) - NEW - ACTIVE
OPTED_OUT = frozenset({S.UNSUBSCRIBED, S.DO_NOT_CONTACT})

CONTACTED = frozenset(
    {S.IN_PROGRESS, S.COMPLETED, S.REPLIED, S.INTERESTED, S.NOT_INTERESTED, S.BOUNCED}
)
"""Whoever says one of these of somebody says that they were written to."""
REPLIED = frozenset({S.REPLIED, S.INTERESTED, S.NOT_INTERESTED})


class Happening(StrEnum):
    """What moves a status."""

    SENT = "sent"
    COMPLETED = "completed"
    """The last step was sent, or somebody said that it is done."""
    REPLIED = "replied"
    REPLIED_POSITIVE = "replied_positive"
    REPLIED_NEGATIVE = "replied_negative"
    AUTO_REPLIED = "auto_replied"
    BOUNCED = "bounced"
    """Hard, or the third soft bounce in a row."""
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    OPTED_OUT = "opted_out"
    FOUND_INVALID = "found_invalid"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Transition:
    sources: frozenset[LeadStatus]
    target: LeadStatus


_REACHABLE = frozenset(S) - OPTED_OUT

TRANSITIONS = {
    Happening.SENT: Transition(NEW | ACTIVE - {S.PAUSED}, S.IN_PROGRESS),
    Happening.COMPLETED: Transition(NEW | ACTIVE, S.COMPLETED),
    Happening.REPLIED: Transition(_REACHABLE, S.REPLIED),
    Happening.REPLIED_POSITIVE: Transition(_REACHABLE, S.INTERESTED),
    Happening.REPLIED_NEGATIVE: Transition(_REACHABLE, S.NOT_INTERESTED),
    Happening.AUTO_REPLIED: Transition(NEW | ACTIVE, S.PAUSED),
    Happening.BOUNCED: Transition(_REACHABLE, S.BOUNCED),
    Happening.UNSUBSCRIBED: Transition(frozenset(S) - {S.DO_NOT_CONTACT}, S.UNSUBSCRIBED),
    Happening.COMPLAINED: Transition(frozenset(S) - {S.DO_NOT_CONTACT}, S.UNSUBSCRIBED),
    Happening.OPTED_OUT: Transition(frozenset(S), S.DO_NOT_CONTACT),
    Happening.FOUND_INVALID: Transition(NEW | ACTIVE, S.INVALID),
    Happening.PAUSED: Transition(NEW | ACTIVE, S.PAUSED),
}


def after(happening: Happening, status: LeadStatus) -> LeadStatus | None:
    """The status after it, which may be the same one; None when it cannot follow on this status."""
    transition = TRANSITIONS[happening]
    if status in transition.sources or status is transition.target:
        return transition.target
    return None


def resumed(
    status: LeadStatus, paused_from: LeadStatus | None, *, steps_left: bool, contacted: bool
) -> LeadStatus | None:
    """The status after a resume; the same one for who is under way already, None for who cannot be.

    Who completed the sequence has something to resume only when steps were added to it. Who was
    never contacted begins.
    """
    if status in NEW | ACTIVE - {S.PAUSED}:
        return status
    if status in {S.PAUSED, S.STOPPED, S.REPLIED} or (status is S.COMPLETED and steps_left):
        return paused_from or (S.IN_PROGRESS if contacted else S.NOT_CONTACTED)
    return None


def paused_from(before: LeadStatus, then: LeadStatus) -> LeadStatus | None:
    """Where a resume goes on; who had ended has nowhere to go back to."""
    return before if then is S.PAUSED and before not in ENDED else None


def reenters(before: LeadStatus, then: LeadStatus, *, sending: bool) -> bool:
    """Does the move make somebody active who was not? Then it is an entry.

    Who is new is active once the campaign is sending.
    """
    active = ACTIVE | NEW if sending else ACTIVE
    return then in active and before not in active
