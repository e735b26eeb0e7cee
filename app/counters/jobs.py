"""What the counters ask of the workers."""

from dataclasses import dataclass
from typing import ClassVar

from app.kit.jobs import Job


@dataclass(frozen=True)
class FoldCounters(Job):
    """Fold the deltas of a workspace into its sums. A singleton."""

    kind: ClassVar[str] = "fold_counters"
