"""What clients may know of a job."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.values import JobId, JobState


@dataclass(frozen=True, slots=True)
class JobSeen:
    """A job without its arguments and lease."""

    id: JobId
    kind: str
    state: JobState
    attempt: int
    progress: dict[str, Any] | None
    error: str | None
    result: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None
