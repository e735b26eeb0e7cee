"""The words for a campaign's status, and what is told about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.campaigns.rules import Campaign
from app.gate.facts import active_in
from app.leads.rules.progress import Progress
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
class Overlap:
    """How many people of a campaign are active elsewhere, among the newest ``looked_at``."""

    people: int
    looked_at: int
    is_exact: bool
    """False when the campaign has more members than were looked at."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody should know who starts a campaign, or makes its people active otherwise."""

    overlap: Overlap | None = None
    validation: Progress | None = None
    """While somebody waits to be checked."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A campaign with its members counted by status.

    ``overlap`` is told when a change made them active.
    """

    campaign: Campaign
    members: Mapping[LeadStatus, int]
    overlap: Overlap | None = None


def waiting(progress: Progress) -> str:
    """A sentence."""
    verb = "waits" if progress.pending == 1 else "wait"
    return f"{progress.pending} of {progress.total} leads {verb} to be checked."


def active_statuses(campaign: Campaign) -> frozenset[LeadStatus]:
    """With which statuses somebody is active in it."""
    archived = campaign.archived_at is not None
    return active_in(campaign.status, holding=campaign.holding, archived=archived)


def wakes(before: Campaign, after: Campaign) -> bool:
    """May the change have made members active who were not?"""
    return not active_statuses(after) <= active_statuses(before)
