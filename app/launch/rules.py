"""The words for a campaign's status, and what is told about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.campaigns.rules import Campaign
from app.values import CampaignStatus, LeadStatus

STATUS_WORDS = {
    "START": CampaignStatus.ACTIVE,
    "ACTIVE": CampaignStatus.ACTIVE,
    "PAUSE": CampaignStatus.PAUSED,
    "PAUSED": CampaignStatus.PAUSED,
    "STOP": CampaignStatus.STOPPED,
    "STOPPED": CampaignStatus.STOPPED,
    "COMPLETED": CampaignStatus.COMPLETED,
}
"""What clients write, in any case."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A campaign with its members counted by status."""

    campaign: Campaign
    members: Mapping[LeadStatus, int]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many people of a campaign are active elsewhere, among the newest ``looked_at``."""

    people: int
    looked_at: int
    is_exact: bool
    """False when the campaign has more members than were looked at."""
