"""What happened to somebody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.values import CampaignId, LeadId


class EventType(StrEnum):
    """Past, and of one person.

    ``imported`` is derived from the membership, or from its deletion, and never written.
    """

    IMPORTED = "imported"
    UPDATED = "updated"
    STATUS_CHANGED = "status_changed"
    CATEGORY_CHANGED = "category_changed"
    DELETED = "deleted"
    VALIDATED = "validated"
    """What was found out about the address changed a status, or could not."""


class EventSource(StrEnum):
    """Who made it happen."""

    OPERATOR = "operator"
    LEAD = "lead"
    """The person, who unsubscribed or opted out."""
    IMPORT = "import"
    VALIDATION = "validation"
    UNDO = "undo"
    """Of an import: what it had changed is as before."""


@dataclass(frozen=True, slots=True)
class LeadEvent:
    """An event to be written; ``at`` None is now, by the database's clock."""

    lead_id: LeadId
    type: str
    source: str
    campaign_id: CampaignId | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


ABOVE_ALL = 2**63 - 1
"""Where a reader begins who reads ids downwards."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a reader has come, downwards, in the two streams that a feed is merged from."""

    event_id: int = ABOVE_ALL
    map_id: int = ABOVE_ALL


@dataclass(frozen=True, slots=True)
class Activity:
    """An event as it is read. ``email`` is the person's address today, None after their erasure."""

    event_id: int
    """0 for an import, which no event is stored for."""
    at: datetime
    type: str
    source: str
    lead_id: LeadId
    campaign_id: CampaignId | None
    data: Mapping[str, Any]
    email: str | None
    behind: Position = Position()
    """In a feed: where to go on after this one."""
