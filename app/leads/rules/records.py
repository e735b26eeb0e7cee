"""People and their memberships, as they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from app.values import (
    CampaignId,
    CampaignStatus,
    ClientId,
    ImportId,
    LeadId,
    LeadStatus,
    MapId,
    ValidationLevel,
    ValidationReason,
    ValidationResult,
    ValidationWord,
)


@dataclass(frozen=True, slots=True)
class Lead:
    """A person. Inside a campaign ``custom_fields`` has the membership's values over the person's.

    ``unsubscribed_clients``: since when they are on the unsubscribe list of which agency's client.
    """

    id: LeadId
    email: str
    email_given: str | None
    fields: Mapping[str, str | None]
    custom_fields: Mapping[str, Any]
    is_unsubscribed: bool
    unsubscribed_clients: Mapping[str, str]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Validation:
    """What was found out about a lead's address."""

    result: ValidationResult
    reason: ValidationReason
    level: ValidationLevel
    disposable: bool
    role: bool
    free: bool
    privacy_relay: bool
    catch_all: bool | None
    """None: not tested."""
    suggestion: str | None
    source: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """How far the check of a lead's address is."""

    email: str
    validation: Validation | None
    is_pending: bool
    next_try_at: datetime | None
    """None: as soon as a worker gets to it."""
    tries: int
    waits_for: ValidationLevel | None
    """What is to be looked at next, of a pending one."""
    reason: ValidationReason | None
    """Why the last try found nothing out."""
    evidence: Mapping[str, Any] | None
    domain: Mapping[str, Any] | None
    """What DNS said of it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A lead in a campaign. ``step`` is the last one that was sent, of ``total_steps``."""

    map_id: MapId
    campaign_id: CampaignId
    lead: Lead
    validation: Validation | None
    status: LeadStatus
    category_id: int | None
    step: int
    total_steps: int
    source: str | None
    tags: tuple[str, ...]
    notes: str | None
    import_id: ImportId | None
    row_no: int | None
    resume_at: datetime | None
    contacted_at: datetime | None
    replied_at: datetime | None
    last_activity_at: datetime
    created_at: datetime
    updated_at: datetime

    @property
    def step_label(self) -> str | None:
        """``Step 2 of 3``; None for a campaign without a sequence."""
        return f"Step {self.step} of {self.total_steps}" if self.total_steps else None


@dataclass(frozen=True, slots=True)
class Participation:
    """One of the campaigns of a person, with what their membership there says."""

    lead_id: LeadId
    map_id: MapId
    campaign_id: CampaignId
    campaign_name: str
    campaign_status: CampaignStatus
    client_id: ClientId | None
    status: LeadStatus
    category_id: int | None
    step: int
    import_id: ImportId | None
    row_no: int | None
    created_at: datetime


class EmailStatus(StrEnum):
    """SmartLead's filter by what became of the mails."""

    IS_OPENED = "is_opened"
    IS_CLICKED = "is_clicked"
    IS_REPLIED = "is_replied"
    IS_BOUNCED = "is_bounced"
    IS_UNSUBSCRIBED = "is_unsubscribed"
    IS_SPAM = "is_spam"
    NOT_REPLIED = "not_replied"


EVENTS = {
    EmailStatus.IS_OPENED: "opened",
    EmailStatus.IS_CLICKED: "clicked",
    EmailStatus.IS_SPAM: "complained",
}
STATUSES = {
    EmailStatus.IS_BOUNCED: frozenset({LeadStatus.BOUNCED}),
    EmailStatus.IS_UNSUBSCRIBED: frozenset({LeadStatus.UNSUBSCRIBED}),
}
REPLIES = {EmailStatus.IS_REPLIED: True, EmailStatus.NOT_REPLIED: False}


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which memberships are meant; what is None does not restrict. All moments are exclusive."""

    statuses: frozenset[LeadStatus] | None = None
    category_id: int | None = None
    created_after: datetime | None = None
    contacted_after: datetime | None = None
    active_after: datetime | None = None
    replied: bool | None = None
    event: str | None = None
    """A type of event that happened to them in the campaign."""
    validation: tuple[ValidationWord, ...] = ()
    """Of these one must hold; none restricts nothing."""

    @classmethod
    def of(
        cls,
        statuses: frozenset[LeadStatus],
        email_status: EmailStatus | None = None,
        **restrictions: Any,
    ) -> Self:
        """No statuses are all of them."""
        meant = STATUSES.get(email_status) if email_status else None
        if statuses:
            meant = statuses if meant is None else statuses & meant
        return cls(
            statuses=meant,
            replied=REPLIES.get(email_status) if email_status else None,
            event=EVENTS.get(email_status) if email_status else None,
            **restrictions,
        )

    @property
    def by_status_only(self) -> bool:
        """Then kept counts know how many there are."""
        return self == MemberFilter(statuses=self.statuses)

    @property
    def everybody(self) -> bool:
        return self == EVERYBODY


EVERYBODY = MemberFilter()


@dataclass(frozen=True, slots=True)
class Held:
    """A membership whose lead and row are locked, as it is before the change."""

    map_id: MapId
    campaign_id: CampaignId
    lead_id: LeadId
    email: str
    status: LeadStatus
    paused_from: LeadStatus | None
    category_id: int | None
    custom_fields: Mapping[str, Any]
    steps_left: bool
    contacted_at: datetime | None
    replied_at: datetime | None
    import_id: ImportId | None
    row_no: int | None
    created_at: datetime
