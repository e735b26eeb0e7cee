"""Background jobs on the wire."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

from app.jobs.rules import JobSeen
from app.values import JobState

JobProgress = TypeAliasType("JobProgress", dict[str, Any])
JobResult = TypeAliasType("JobResult", dict[str, Any])


class JobOut(BaseModel):
    """What a worker does for a request that was answered before it was done."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 31,
                    "kind": "remove_campaign",
                    "state": "completed",
                    "attempt": 1,
                    "progress": {"rows_removed": 1200},
                    "error": None,
                    "result": {"rows_removed": 1200},
                    "created_at": "2026-11-23T09:00:00Z",
                    "finished_at": "2026-11-23T09:00:01Z",
                }
            ]
        }
    )

    id: int
    kind: str
    state: JobState
    attempt: int = Field(description="How often a worker took it up.")
    progress: JobProgress | None = Field(description="What its last committed step says.")
    error: str | None = Field(
        description="Why it failed, or while it is queued, why it is tried again."
    )
    result: JobResult | None = Field(description="What it has to say at its end.")
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: JobSeen) -> Self:
        return cls(**asdict(job))
