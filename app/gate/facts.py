"""What the gate knows about a row when it judges it. Plain values, read by the repository."""

from datetime import datetime
from typing import NamedTuple

from app.suppression.rules import Entry
from app.values import (
    CampaignId,
    CampaignStatus,
    ClientId,
    ImportId,
    LeadId,
    LeadStatus,
    MapId,
    ValidationResult,
)

ACTIVE_STATUSES = frozenset(
    {LeadStatus.REVIEWED, LeadStatus.SCHEDULED, LeadStatus.IN_PROGRESS, LeadStatus.PAUSED}
)
SENDING = frozenset({CampaignStatus.ACTIVE, CampaignStatus.PAUSED})
OVER = frozenset({CampaignStatus.STOPPED, CampaignStatus.COMPLETED})

NOBODY: frozenset[LeadStatus] = frozenset()
WHILE_SENDING = ACTIVE_STATUSES | {LeadStatus.NOT_CONTACTED}


def active_in(
    campaign_status: CampaignStatus, *, holding: bool, archived: bool
) -> frozenset[LeadStatus]:
    """The statuses with which somebody is written to in such a campaign, or about to be."""
    if holding or archived or campaign_status in OVER:
        return NOBODY
    return WHILE_SENDING if campaign_status in SENDING else ACTIVE_STATUSES


class Membership(NamedTuple):
    """A lead in a campaign, with what the rules ask about that campaign.

    Deleted campaigns have none.
    """

    map_id: MapId
    lead_id: LeadId
    campaign_id: CampaignId
    campaign_name: str
    campaign_status: CampaignStatus
    holding: bool
    archived: bool
    client_id: ClientId | None
    status: LeadStatus
    tags: tuple[str, ...]
    contacted_at: datetime | None
    replied_at: datetime | None
    passed_blocks: tuple[str, ...]
    """The block list's entries that the sender passed over by name; they do not stop sending."""

    @property
    def active(self) -> bool:
        """Is somebody writing to this person here, or about to?"""
        return self.status in active_in(
            self.campaign_status, holding=self.holding, archived=self.archived
        )


class Buried(NamedTuple):
    """A membership that somebody deleted."""

    campaign_id: CampaignId
    campaign_name: str
    client_id: ClientId | None
    contacted_at: datetime | None
    replied_at: datetime | None


class Owner(NamedTuple):
    """The lead that has a LinkedIn profile."""

    lead_id: LeadId
    email: str


class Person(NamedTuple):
    """A known lead, with all that the rules ask about them."""

    lead_id: LeadId
    linkedin_key: str | None
    memberships: tuple[Membership, ...] = ()
    buried: tuple[Buried, ...] = ()
    validation: ValidationResult | None = None
    """Of the address, as the workspace counts it; None: it was not checked yet."""

    @property
    def found_invalid(self) -> bool:
        """Mail cannot reach the address."""
        return self.validation is ValidationResult.INVALID


class Chunked(NamedTuple):
    """An import whose rows come in several chunks. ``dry_run``: no row of it is stored."""

    import_id: ImportId
    run: int
    dry_run: bool


class Facts(NamedTuple):
    """All about one row.

    ``profile_owner`` is whoever has the row's LinkedIn profile, the row's own lead included.
    ``repeats``: a row of an earlier chunk of the same import was taken for this person.
    """

    person: Person | None = None
    entries: tuple[Entry, ...] = ()
    profile_owner: Owner | None = None
    repeats: bool = False


UNKNOWN = Facts()
