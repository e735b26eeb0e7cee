"""Whom somebody wants to have checked again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from app.values import JobId, ValidationResult


@dataclass(frozen=True, slots=True)
class Demand:
    """All that is given must hold of the last result.

    Without ``force`` a mailbox is left alone of which something is known that is fresh.
    """

    results: tuple[ValidationResult, ...] = ()
    checked_before: datetime | None = None
    force: bool = False

    def stored(self) -> dict[str, Any]:
        return {
            "results": [result.value for result in self.results],
            "checked_before": self.checked_before and self.checked_before.isoformat(),
            "force": self.force,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """As ``stored`` wrote it."""
        before = stored["checked_before"]
        return cls(
            tuple(map(ValidationResult, stored["results"])),
            before and datetime.fromisoformat(before),
            stored["force"],
        )


@dataclass(frozen=True, slots=True)
class Demanded:
    """How many wait now of those who were looked at, and how many are left alone because what is
    known is fresh; and which job looks at the others.
    """

    waiting: int
    fresh: int
    job_id: JobId | None = None
