"""Where an import may go from where it is. Pure."""

from dataclasses import dataclass

from app.values import WORKED_ON, ImportState
from app.values import ImportState as S

ENDED = frozenset({S.COMPLETED, S.FAILED, S.CANCELLED, S.UNDONE})
NOT_ENDED = frozenset({S.DRAFT, S.QUEUED, S.RUNNING, S.PAUSED})
"""More rows may come."""


@dataclass(frozen=True, slots=True)
class Action:
    """``reached`` are states in which nothing is left to do: a repetition is no error."""

    name: str
    leaves: frozenset[ImportState]
    to: ImportState
    reached: frozenset[ImportState]

    def leaves_from(self, state: ImportState) -> frozenset[ImportState]:
        """The states from which it may go on for somebody who saw this one: between their look and
        their action a worker may have taken up what was queued.
        """
        return self.leaves & (WORKED_ON if state in WORKED_ON else {state})


START = Action(
    "start", frozenset({S.DRAFT}), S.QUEUED, frozenset({S.QUEUED, S.RUNNING, S.COMPLETED})
)
PAUSE = Action("pause", WORKED_ON, S.PAUSED, frozenset({S.PAUSED}))
RESUME = Action("resume", frozenset({S.PAUSED}), S.QUEUED, WORKED_ON)
CANCEL = Action(
    "cancel",
    frozenset({S.DRAFT, S.QUEUED, S.RUNNING, S.PAUSED, S.FAILED}),
    S.CANCELLED,
    frozenset({S.CANCELLED}),
)
RETRY = Action("retry", frozenset({S.FAILED}), S.QUEUED, WORKED_ON)
UNDO = Action(
    "undo",
    frozenset({S.COMPLETED, S.CANCELLED, S.FAILED}),
    S.UNDOING,
    frozenset({S.UNDOING, S.UNDONE}),
)
