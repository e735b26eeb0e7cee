"""What happened, on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from app.activity.rules import Activity
from app.kit.pages import Paged
from app.leads.schemas import examples


class EventOut(BaseModel):
    """Something that happened to a lead; `data` depends on the type."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.EVENT]})

    type: str
    timestamp: datetime
    source: str
    lead_id: int
    lead_email: str | None
    campaign_id: int | None
    data: Mapping[str, Any]

    @classmethod
    def of(cls, activity: Activity) -> Self:
        return cls(
            type=activity.type,
            timestamp=activity.at,
            source=activity.source,
            lead_id=activity.lead_id,
            lead_email=activity.email,
            campaign_id=activity.campaign_id,
            data=activity.data,
        )


class LeadActivityOut(BaseModel):
    """What happened to a lead in a campaign, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"events": [examples.EVENT], "next_cursor": None}]}
    )

    events: list[EventOut]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Paged[Activity]) -> Self:
        return cls(
            events=[EventOut.of(activity) for activity in page.rows], next_cursor=page.next_cursor
        )


class ActivitiesOut(BaseModel):
    """What happened in all campaigns, newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"data": [examples.EVENT], "hasMore": False, "next_cursor": None}]
        }
    )

    data: list[EventOut]
    hasMore: bool  # noqa: N815  # SmartLead's name
    next_cursor: str | None

    @classmethod
    def of(cls, page: Paged[Activity]) -> Self:
        return cls(
            data=[EventOut.of(activity) for activity in page.rows],
            hasMore=page.next_cursor is not None,
            next_cursor=page.next_cursor,
        )
