"""What a campaign is, and what holds for its schedule."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.values import CampaignId, CampaignStatus, ClientId, KeyId, LeadSource


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that is there. ``settings`` and ``schedule`` are as their clients wrote them."""

    id: CampaignId
    name: str
    status: CampaignStatus
    lead_source: LeadSource
    holding: bool
    client_id: ClientId | None
    parent_campaign_id: CampaignId | None
    tags: tuple[str, ...]
    settings: dict[str, Any]
    schedule: dict[str, Any]
    created_by: KeyId | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
