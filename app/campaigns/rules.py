"""What a campaign is, and what holds for its schedule and its sequence."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from app.values import CampaignId, CampaignStatus, ClientId, KeyId, LeadSource

MAX_NAME_LENGTH = 1000
HOUR = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
VARIABLE = re.compile(r"\{\{\s*([^{}\s][^{}]{0,199}?)\s*\}\}")
MAX_COUNT = 1_000_000
MAX_SETTINGS = 100_000
"""Bytes of JSON: they are read with every campaign of a list."""


@dataclass(frozen=True, slots=True)
class EnteredCampaign:
    """What whoever writes leads into a campaign has to know of it."""

    id: CampaignId
    name: str
    status: CampaignStatus
    holding: bool
    client_id: ClientId | None


@dataclass(frozen=True, slots=True)
class Campaign(EnteredCampaign):
    """A campaign that is there. ``settings`` and ``schedule`` are as their clients wrote them."""

    lead_source: LeadSource
    parent_campaign_id: CampaignId | None
    tags: tuple[str, ...]
    settings: dict[str, Any]
    schedule: dict[str, Any]
    created_by: KeyId | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What its maker says of a campaign."""

    name: str
    client_id: ClientId | None
    lead_source: LeadSource
    holding: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A mail of a sequence, ``delay_days`` after the one before; ``extra`` is stored and echoed."""

    seq_number: int
    delay_days: int
    subject: str
    email_body: str
    extra: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredStep:
    id: int
    step: Step
    created_at: datetime
    updated_at: datetime


def variables(texts: Iterable[str]) -> list[str]:
    """The ``{{names}}`` that texts use, exact and case-sensitive, in order of appearance."""
    return list(dict.fromkeys(name for text in texts for name in VARIABLE.findall(text)))


def name_of_copy(name: str) -> str:
    suffix = " (copy)"
    return name[: MAX_NAME_LENGTH - len(suffix)] + suffix


def wrong_in_schedule(schedule: Mapping[str, Any]) -> str | None:
    """The first field of the schedule, as SmartLead names it, whose value cannot be meant."""
    return next((field for field in schedule if not SCHEDULE[field](schedule[field])), None)


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_timezone(value: Any) -> bool:
    return value in _timezones()


def _is_hour(value: Any) -> bool:
    return bool(HOUR.fullmatch(value))


def _are_days(value: Any) -> bool:
    """0 is Sunday, as in cron."""
    return len(value) == len(set(value)) and all(0 <= day <= 6 for day in value)


def _is_count(value: Any) -> bool:
    return 0 <= int(value) <= MAX_COUNT


def _is_anything(_value: Any) -> bool:
    return True


SCHEDULE: dict[str, Callable[[Any], bool]] = {
    "timezone": _is_timezone,
    "days_of_the_week": _are_days,
    "start_hour": _is_hour,
    "end_hour": _is_hour,
    "min_time_btw_emails": _is_count,
    "max_new_leads_per_day": _is_count,
    "schedule_start_time": _is_anything,
}
