"""Wishes to have people checked again, on the wire."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from app.leads.rules.demands import Demand, Demanded
from app.values import ValidationResult

Results = Annotated[list[ValidationResult], Field(min_length=1, max_length=len(ValidationResult))]
Age = Annotated[int, Field(ge=1, le=3650, strict=True)]


class RevalidateIn(BaseModel):
    """Whom of a campaign; all that is given must hold."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"results": ["unverified"], "older_than_days": 30}]},
    )

    results: Results | None = Field(None, description="With one of these results; else with any.")
    older_than_days: Age | None = Field(None, description="Whose result is so old.")
    force: StrictBool = Field(
        False,
        description="Also whose mailbox was looked at within 90 days: a provider is paid again.",
    )

    def to_demand(self) -> Demand:
        days = self.older_than_days
        before = None if days is None else datetime.now(UTC) - timedelta(days=days)
        return Demand(tuple(self.results or ()), before, self.force)


class RevalidatingOut(BaseModel):
    """Who is checked again."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"waiting": 312, "fresh": 7, "job_id": None}]}
    )

    waiting: int = Field(
        description="How many of those who are meant wait now, whoever put them there."
    )
    fresh: int = Field(
        description="How many are left alone: their mailbox was looked at within 90 days."
    )
    job_id: int | None = Field(
        description="Of a large campaign: it looks at the other members, and counts them all."
    )

    @classmethod
    def of(cls, demanded: Demanded) -> Self:
        return cls(waiting=demanded.waiting, fresh=demanded.fresh, job_id=demanded.job_id)
