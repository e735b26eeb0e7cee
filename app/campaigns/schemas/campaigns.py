"""Campaigns on the wire, in SmartLead's shapes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel, StrictBool

from app.campaigns.rules import Campaign, NewCampaign
from app.campaigns.schemas import examples
from app.campaigns.schemas.fields import OptionalClient, OptionalName
from app.campaigns.schemas.schedule import SchedulerOut
from app.campaigns.schemas.settings import (
    OutOfOfficeSettings,
    Percent,
    StopLeadSetting,
    TrackSetting,
)
from app.values import CampaignStatus, LeadSource

DEFAULT_NAME = "Untitled Campaign"


class CreateCampaignIn(BaseModel):
    """A new campaign. Without a name it is an "Untitled Campaign"."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Spring outreach", "client_id": None}]},
    )

    name: OptionalName = Field(default=None, examples=["Spring outreach"])
    client_id: OptionalClient = None
    lead_source: LeadSource = LeadSource.MANUAL
    holding: StrictBool = False

    def to_campaign(self) -> NewCampaign:
        return NewCampaign(
            self.name or DEFAULT_NAME, self.client_id, self.lead_source, self.holding
        )


class CampaignCreatedOut(BaseModel):
    """The campaign is there."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CREATED]})

    ok: bool = True
    id: int
    name: str
    created_at: datetime

    @classmethod
    def of(cls, campaign: Campaign) -> Self:
        return cls(id=campaign.id, name=campaign.name, created_at=campaign.created_at)


class CampaignOut(BaseModel):
    """A campaign. Settings that we do not know stand beside those that we do."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [examples.CAMPAIGN]})

    id: int = Field(examples=[372])
    user_id: int | None = Field(description="The key that made it.")
    created_at: datetime
    updated_at: datetime
    status: CampaignStatus
    name: str = Field(examples=["Spring outreach"])
    lead_source: LeadSource
    holding: bool = Field(description="A storage campaign: never started, in the way of nobody.")
    archived_at: datetime | None
    parent_campaign_id: int | None
    client_id: int | None
    tags: list[str]
    scheduler_cron_value: SchedulerOut | None
    min_time_btwn_emails: int | None
    max_leads_per_day: int | None
    schedule_start_time: datetime | None
    track_settings: list[TrackSetting] = []
    stop_lead_settings: StopLeadSetting = StopLeadSetting.REPLY_TO_AN_EMAIL
    unsubscribe_text: str | None = None
    follow_up_percentage: int = 100
    send_as_plain_text: bool = False
    force_plain_text: bool = False
    enable_ai_esp_matching: bool = False
    auto_pause_domain_leads_on_reply: bool = False
    ignore_ss_mailbox_sending_limit: bool = False
    domain_level_rate_limit: bool = False
    bounce_autopause_threshold: Percent | None = None
    ai_categorisation_options: list[int] = []
    out_of_office_detection_settings: OutOfOfficeSettings = Field(default_factory=dict)

    @classmethod
    def of(cls, campaign: Campaign, **more: Any) -> Self:
        return cls.model_validate(_settings_shown(campaign) | _own(campaign) | more)


def _own(campaign: Campaign) -> dict[str, Any]:
    schedule = campaign.schedule
    return {
        "id": campaign.id,
        "user_id": campaign.created_by,
        "created_at": campaign.created_at,
        "updated_at": campaign.updated_at,
        "status": campaign.status,
        "name": campaign.name,
        "lead_source": campaign.lead_source,
        "holding": campaign.holding,
        "archived_at": campaign.archived_at,
        "parent_campaign_id": campaign.parent_campaign_id,
        "client_id": campaign.client_id,
        "tags": list(campaign.tags),
        "scheduler_cron_value": SchedulerOut.of(schedule),
        "min_time_btwn_emails": schedule.get("min_time_btw_emails"),
        "max_leads_per_day": schedule.get("max_new_leads_per_day"),
        "schedule_start_time": schedule.get("schedule_start_time"),
    }


def _settings_shown(campaign: Campaign) -> dict[str, Any]:
    """A setting that was set to null shows its default."""
    return {
        name: value
        for name, value in campaign.settings.items()
        if value is not None or name not in CampaignOut.model_fields
    }


class CampaignsOut(RootModel[list[CampaignOut]]):
    """The campaigns of a page, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [[examples.CAMPAIGN]]})

    @classmethod
    def of(cls, campaigns: Sequence[Campaign]) -> Self:
        return cls([CampaignOut.of(campaign) for campaign in campaigns])
