"""The words for a campaign's status, and what is told about it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from app.campaigns.rules import Campaign
from app.gate.facts import active_in
from app.leads.rules.progress import Progress
from app.leads.rules.transitions import CONTACTED
from app.values import CampaignStatus, LeadStatus, ValidationResult

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
    """While somebody waits to be checked, or an import brings more."""
    bounces: "Bounces | None" = None
    """Where more mail may bounce than does the senders good."""
    held: int = 0
    """To so many nothing is sent, for they are unverified and the workspace holds them."""


@dataclass(frozen=True, slots=True)
class Bounces:
    """How many of the leads that were checked are not known to be good, and how many of those who
    were written to bounced.
    """

    checked: int
    unverified: int
    invalid: int
    contacted: int
    bounced: int
    hold_unverified: bool = False
    """Nothing is sent to the unverified ones."""

    @classmethod
    def of(
        cls, progress: Progress, members: Mapping[LeadStatus, int], *, hold_unverified: bool
    ) -> Self:
        results: Counter[ValidationResult] = Counter()
        for (result, _), leads in progress.found.items():
            results[result] += leads
        return cls(
            results.total(),
            results[ValidationResult.UNVERIFIED],
            results[ValidationResult.INVALID],
            contacted(members),
            members[LeadStatus.BOUNCED],
            hold_unverified,
        )

    @property
    def rate(self) -> float | None:
        """In percent; None while nobody was written to."""
        return bounce_rate(self.bounced, self.contacted)

    @property
    def reasons(self) -> list[str]:
        """Sentences that say why more may bounce than mail providers put up with; of few leads
        nothing can be said.
        """
        doubtful = not self.hold_unverified and _is_part(self.unverified, self.checked, UNVERIFIED)
        told = (
            (doubtful, f"{self.unverified} of {self.checked} checked leads are unverified."),
            (
                _is_part(self.invalid, self.checked, INVALID),
                f"{self.invalid} of {self.checked} are invalid, so that the list may be old.",
            ),
            (
                _is_part(self.bounced, self.contacted, BOUNCED),
                f"{self.bounced} of {self.contacted} who were written to bounced.",
            ),
        )
        return [sentence for holds, sentence in told if holds]


FEW = 20
UNVERIFIED, INVALID, BOUNCED = 0.2, 0.1, 0.05
"""From these parts on. Amazon SES asks for less than 5 % of hard bounces, and may stop senders
above 10 %; who has many that are unverified or invalid will have more of them.
"""


def contacted(members: Mapping[LeadStatus, int]) -> int:
    """How many have a status that says that they were written to."""
    return sum(members[status] for status in CONTACTED)


def bounce_rate(bounced: int, contacted: int) -> float | None:
    return round(100 * bounced / contacted, 1) if contacted else None


def _is_part(some: int, of: int, part: float) -> bool:
    return of >= FEW and some >= of * part


@dataclass(frozen=True, slots=True)
class Detail:
    """A campaign with its members counted by status.

    ``overlap`` is told when a change made them active.
    """

    campaign: Campaign
    members: Mapping[LeadStatus, int]
    overlap: Overlap | None = None

    @property
    def bounce_rate(self) -> float | None:
        """In percent, of those whose status says that they were written to."""
        return bounce_rate(self.members[LeadStatus.BOUNCED], contacted(self.members))


def waiting(progress: Progress) -> str:
    """A sentence, while the check goes on."""
    if not progress.pending:
        return "An import brings more leads."
    verb = "waits" if progress.pending == 1 else "wait"
    more = ", and an import brings more" if progress.goes_on else ""
    return f"{progress.pending} of {progress.total} leads {verb} to be checked{more}."


def active_statuses(campaign: Campaign) -> frozenset[LeadStatus]:
    """With which statuses somebody is active in it."""
    archived = campaign.archived_at is not None
    return active_in(campaign.status, holding=campaign.holding, archived=archived)


def wakes(before: Campaign, after: Campaign) -> bool:
    """May the change have made members active who were not?"""
    return not active_statuses(after) <= active_statuses(before)
