"""What becomes too old, as jobs."""

from dataclasses import dataclass
from typing import ClassVar

from app.kit.jobs import Job


@dataclass(frozen=True)
class RemoveExpired(Job):
    """Remove what a workspace does not keep any longer. A singleton."""

    kind: ClassVar[str] = "remove_expired"


@dataclass(frozen=True)
class RemoveLeftovers(Job):
    """Remove what the service keeps for itself, of all workspaces. A singleton."""

    kind: ClassVar[str] = "remove_leftovers"
