"""Which leads are meant: one filter, the same wherever people choose leads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from app.values import CampaignId, LeadId, LeadStatus, ValidationWord


class CustomOp(StrEnum):
    """How a custom field is compared."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    IN = "in"
    CONTAINS = "contains"
    EXISTS = "exists"


class CustomType(StrEnum):
    """As what it is compared."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Between:
    """Moments from ``gte`` on, and before ``lt``."""

    gte: datetime | None = None
    lt: datetime | None = None


@dataclass(frozen=True, slots=True)
class CustomCondition:
    """``values`` are texts, one but for ``in``; for ``exists`` it is ``true`` or ``false``."""

    field: str
    op: CustomOp
    type: CustomType
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """All that is given must hold; of several values one. What is empty does not restrict.

    ``status``, ``step``, tags, ``source`` and ``last_activity_at`` must hold for one membership,
    in one of the campaigns where ``campaign_id`` names some, and there ``created_at`` is the
    membership's; else it is the lead's.
    """

    status: tuple[LeadStatus, ...] = ()
    validation: tuple[ValidationWord, ...] = ()
    step: tuple[int, ...] = ()
    tags_any: tuple[str, ...] = ()
    tags_all: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    campaign_id: tuple[CampaignId, ...] = ()
    city: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()
    company_size: tuple[str, ...] = ()
    revenue: tuple[str, ...] = ()
    created_at: Between | None = None
    last_activity_at: Between | None = None
    email: str | None = None
    """An email key."""
    email_prefix: str | None = None
    q: str | None = None
    custom: tuple[CustomCondition, ...] = ()
    lead_ids: tuple[LeadId, ...] = ()
    in_pipeline: bool = False
    """In no campaign, or in holding ones only."""

    @property
    def is_of_members(self) -> bool:
        """Does it ask for a membership?"""
        asked = (self.status, self.step, self.tags_any, self.tags_all, self.source)
        return any(asked) or bool(self.campaign_id) or self.last_activity_at is not None

    def stored(self) -> dict[str, Any]:
        """As a document; where nothing is asked for, it says ``all``."""
        document: dict[str, Any] = ADAPTER.dump_python(
            replace(self, in_pipeline=False), mode="json", exclude_defaults=True
        )
        return document or {"all": True}

    @classmethod
    def of(cls, stored: Mapping[str, Any], *, in_pipeline: bool = False) -> "LeadFilter":
        """As ``stored`` wrote it."""
        asked = {name: value for name, value in stored.items() if name != "all"}
        return replace(ADAPTER.validate_python(asked), in_pipeline=in_pipeline)


ADAPTER = TypeAdapter(LeadFilter)
EVERY_LEAD = LeadFilter()
