"""Where an import may go from where it is. Pure."""

from dataclasses import dataclass

from app.values import ImportState
from app.values import ImportState as S

WORKED_ON = frozenset({S.QUEUED, S.RUNNING})
"""A job is queued for these, or works on them."""


@dataclass(frozen=True, slots=True)
class Action:
    """``reached``: states in which nothing is left to do: a repetition is no error."""

    name: str
    starts: frozenset[ImportState]
    to: ImportState
    reached: frozenset[ImportState]


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
