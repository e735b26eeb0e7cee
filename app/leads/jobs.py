"""What leads ask of the workers."""

from dataclasses import dataclass
from typing import Any, ClassVar

from app.kit.jobs import Job
from app.values import CampaignId, MapId


@dataclass(frozen=True)
class ValidateLeads(Job):
    """Check the addresses of a workspace that wait for it. A singleton."""

    kind: ClassVar[str] = "validate_leads"


@dataclass(frozen=True)
class VerifyMailboxes(Job):
    """Ask the provider for those whose domains take mail. A singleton."""

    kind: ClassVar[str] = "verify_mailboxes"


@dataclass(frozen=True)
class RevalidateCampaign(Job):
    """Put those of a campaign's members back into the queue who are meant."""

    kind: ClassVar[str] = "revalidate_campaign"
    campaign_id: CampaignId
    after: MapId
    """Those up to this one are through."""
    waiting: int
    fresh: int
    """So many of them wait, or are left alone."""
    demand: dict[str, Any]


@dataclass(frozen=True)
class RevalidateOld(Job):
    """Put back some whose results are older than the workspace wants. A singleton."""

    kind: ClassVar[str] = "revalidate_old"


@dataclass(frozen=True)
class ValidateAddresses(Job):
    """Ask for the domains of addresses that somebody asked about, and keep what is found."""

    kind: ClassVar[str] = "validate_addresses"
    emails: list[str]
    until: str
    """Then what is missing is unverified."""
