"""When a campaign sends."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from app.kit.fields import Integer, Lenient, Moment


class ScheduleIn(Lenient):
    """When the campaign sends. What is not named, or null, stays; a null start time clears it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "timezone": "America/Los_Angeles",
                    "days_of_the_week": [1, 2, 3, 4, 5],
                    "start_hour": "09:00",
                    "end_hour": "17:00",
                    "min_time_btw_emails": 10,
                    "max_new_leads_per_day": 20,
                    "schedule_start_time": "2026-12-01T08:00:00Z",
                }
            ]
        },
    )

    timezone: str | None = None
    days_of_the_week: list[Integer] | None = Field(default=None, description="0 is Sunday.")
    start_hour: str | None = None
    end_hour: str | None = None
    min_time_btw_emails: Integer | None = Field(default=None, description="In minutes.")
    max_new_leads_per_day: Integer | None = None
    schedule_start_time: Moment | None = None

    def to_schedule(self) -> dict[str, Any]:
        spoken = self.model_dump(mode="json", exclude_none=True)
        if "schedule_start_time" in self.model_fields_set:
            spoken.setdefault("schedule_start_time", None)
        return spoken


class SchedulerOut(BaseModel):
    """SmartLead's view of the schedule."""

    tz: str | None
    days: list[int]
    startHour: str | None  # noqa: N815  # SmartLead's name
    endHour: str | None  # noqa: N815

    @classmethod
    def of(cls, schedule: dict[str, Any]) -> Self | None:
        if not schedule.keys() & {"timezone", "days_of_the_week", "start_hour", "end_hour"}:
            return None
        return cls(
            tz=schedule.get("timezone"),
            days=schedule.get("days_of_the_week", []),
            startHour=schedule.get("start_hour"),
            endHour=schedule.get("end_hour"),
        )
