"""What is counted, and what a change adds to it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.values import CampaignId, LeadStatus

STATUS = "status:"
"""``status:PAUSED`` counts the members of a campaign that are paused."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A signed change of one of a campaign's counters."""

    campaign_id: CampaignId
    counter: str
    n: int
    day: date | None = None
    """The UTC day it counts for; None is today, by the database's clock."""


def status_counter(status: LeadStatus) -> str:
    return STATUS + status


def joined(campaign_id: CampaignId, status: LeadStatus, n: int = 1) -> Delta:
    """``n`` members came in with this status; with a negative ``n`` they left."""
    return Delta(campaign_id, status_counter(status), n)


def moved(
    campaign_id: CampaignId, before: LeadStatus, after: LeadStatus, n: int = 1
) -> tuple[Delta, Delta]:
    """``n`` members went from one status to another."""
    return joined(campaign_id, before, -n), joined(campaign_id, after, n)


def summed(deltas: Iterable[Delta]) -> list[Delta]:
    """One delta for each counter and day, none that changes nothing."""
    sums: Counter[tuple[CampaignId, str, date | None]] = Counter()
    for delta in deltas:
        sums[delta.campaign_id, delta.counter, delta.day] += delta.n
    return [Delta(campaign, counter, n, day) for (campaign, counter, day), n in sums.items() if n]


def by_status(totals: Mapping[str, int]) -> dict[LeadStatus, int]:
    """The members of a campaign by status, out of all its totals; a status without members is 0."""
    return {status: totals.get(status_counter(status), 0) for status in LeadStatus}
