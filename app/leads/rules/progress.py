"""How far the check of addresses is. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self

from app.values import ValidationLevel, ValidationResult, WorkspaceId


class ProgressState(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    """All who are left are to be tried again, and the time for none of them has come."""
    COMPLETED = "completed"


class ProgressReason(StrEnum):
    """Why nothing is found out just now."""

    RESOLVER_BROKEN = "resolver_broken"
    """DNS does not answer, or cannot be believed."""


class Counted(NamedTuple):
    """Some leads that are alike."""

    leads: int
    found: tuple[ValidationResult, ValidationLevel] | None
    """What holds of the addresses that they have; None before anything does."""
    waits: bool
    due_at: datetime | None = None
    """When the first of those is tried who wait."""
    stage: ValidationLevel = ValidationLevel.DOMAIN
    """What those wait for."""

    def next_try(self, now: datetime, held_until: datetime | None) -> datetime:
        due_at = self.due_at or now
        return max(due_at, held_until) if held_until and self.waits_for_dns else due_at

    @property
    def waits_for_dns(self) -> bool:
        return self.waits and self.stage is ValidationLevel.DOMAIN


@dataclass(frozen=True, slots=True)
class Progress:
    """Of some leads: how many wait to be checked, and what was found out about how many.

    Who waits to be checked again is among both.
    """

    total: int
    pending: int
    next_try_at: datetime | None
    """None: at once, or never."""
    found: Mapping[tuple[ValidationResult, ValidationLevel], int]
    goes_on: bool = False
    """An import brings more."""
    reason: ProgressReason | None = None
    """Why those wait whose time has come."""

    @classmethod
    def of(
        cls, counted: Sequence[Counted], now: datetime, held_until: datetime | None = None
    ) -> Self:
        """``held_until``: when DNS is asked again, which cannot be believed meanwhile."""
        found: Counter[tuple[ValidationResult, ValidationLevel]] = Counter()
        for alike in counted:
            if alike.found:
                found[alike.found] += alike.leads
        waiting = [alike for alike in counted if alike.waits]
        first = min((alike.next_try(now, held_until) for alike in waiting), default=now)
        is_held = held_until is not None and any(
            alike.waits_for_dns and alike.next_try(now, None) <= max(held_until, now)
            for alike in waiting
        )
        return cls(
            sum(alike.leads for alike in counted),
            sum(alike.leads for alike in waiting),
            first if first > now else None,
            found,
            reason=ProgressReason.RESOLVER_BROKEN if is_held else None,
        )

    @property
    def checked(self) -> int:
        return self.total - self.pending

    @property
    def percent(self) -> float:
        """100 only when nobody waits."""
        if not self.total:
            return 0.0 if self.goes_on else 100.0
        return 1000 * self.checked // self.total / 10

    @property
    def state(self) -> ProgressState:
        if not self.pending and not self.goes_on:
            return ProgressState.COMPLETED
        return ProgressState.WAITING if self.next_try_at else ProgressState.RUNNING


NOBODY = Progress(0, 0, None, {})


def topic_of(workspace_id: WorkspaceId) -> str:
    """What is knocked for when somebody of the workspace was checked, or tried."""
    return f"validation:{workspace_id}"
