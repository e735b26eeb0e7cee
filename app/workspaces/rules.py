"""A workspace's policy and a key's defaults: what a request means that does not say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.values import (
    Boundary,
    DuplicateScope,
    FlagMeaning,
    KeyId,
    KeyScope,
    Mode,
    OnLinkedinMatch,
    UnknownFields,
    ValidRequires,
    Vocabulary,
    WorkspaceId,
)

KEY_PREFIX = "lg_"


class Preset(StrEnum):
    """Policies that make a workspace behave like a system that people know."""

    SMARTLEAD = "smartlead"
    LEMLIST = "lemlist"
    DATASEND = "datasend"
    AI_ACQUISITION = "ai_acquisition"
    LEADHUNTER = "leadhunter"


@dataclass(frozen=True, slots=True)
class Policy:
    """``default_scope`` speaks when a request does not; no request goes below ``floor``."""

    preset: Preset = Preset.SMARTLEAD
    default_scope: DuplicateScope = DuplicateScope.WORKSPACE
    floor: DuplicateScope = DuplicateScope.CAMPAIGN
    boundary: Boundary = Boundary.WORKSPACE
    duplicate_flag_meaning: FlagMeaning = FlagMeaning.DOCUMENTED
    recontact_after_days: int = 0
    protect_replied_days: int = 0
    workspace_lead_list: bool = True
    move_leads: bool = True
    export_leads: bool = True
    require_validation_before_start: bool = False
    confirm_deletes: bool = False
    hold_unverified: bool = False
    check_undeliverable: bool = False
    valid_requires: ValidRequires = ValidRequires.DOMAIN
    validation_max_age_days: int = 0
    """Of results; older ones are asked for again. 0: they are not."""
    ledger_retention_days: int = 90
    """Of ended imports; 0 keeps it for ever."""
    event_retention_days: int = 0

    @property
    def locked(self) -> bool:
        """Nobody may ever be written to twice, and no flag overrides it."""
        return self.floor is DuplicateScope.WORKSPACE


PRESETS = {
    Preset.SMARTLEAD: Policy(),
    Preset.LEMLIST: Policy(preset=Preset.LEMLIST, default_scope=DuplicateScope.ACTIVE),
    Preset.DATASEND: Policy(
        preset=Preset.DATASEND,
        default_scope=DuplicateScope.CAMPAIGN,
        require_validation_before_start=True,
    ),
    Preset.AI_ACQUISITION: Policy(
        preset=Preset.AI_ACQUISITION,
        floor=DuplicateScope.WORKSPACE,
        workspace_lead_list=False,
        move_leads=False,
        export_leads=False,
    ),
    Preset.LEADHUNTER: Policy(
        preset=Preset.LEADHUNTER, default_scope=DuplicateScope.CAMPAIGN, confirm_deletes=True
    ),
}


def with_preset(policy: Policy, preset: Preset) -> Policy:
    """A preset writes scope, floor and switches; what it does not speak of stays."""
    return replace(
        PRESETS[preset],
        boundary=policy.boundary,
        duplicate_flag_meaning=policy.duplicate_flag_meaning,
        recontact_after_days=policy.recontact_after_days,
        protect_replied_days=policy.protect_replied_days,
        valid_requires=policy.valid_requires,
        validation_max_age_days=policy.validation_max_age_days,
        ledger_retention_days=policy.ledger_retention_days,
        event_retention_days=policy.event_retention_days,
    )


def amended(policy: Policy, given: Mapping[str, Any]) -> Policy:
    """A preset writes first, single fields over it.

    Choosing what SmartLead's flag really did chooses its default scope too, unless one is named.
    """
    fields = dict(given)
    if preset := fields.pop("preset", None):
        policy = with_preset(policy, preset)
    if fields.get("duplicate_flag_meaning") is FlagMeaning.LEGACY:
        fields.setdefault("default_scope", DuplicateScope.CAMPAIGN)
    return replace(policy, **fields)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A tenant."""

    id: WorkspaceId
    name: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a request of this key means where it does not speak: programs need not change."""

    mode: Mode | None = None
    overwrite_existing: bool | None = None
    duplicate_scope: DuplicateScope | None = None
    on_linkedin_match: OnLinkedinMatch | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()
    vocabulary: Vocabulary | None = None
    unknown_fields: UnknownFields | None = None
    skip_missing_email: bool | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: a key and its workspace with its policy. The tenant comes from here only."""

    workspace_id: WorkspaceId
    workspace_name: str
    policy: Policy
    key_id: KeyId
    key_name: str
    scope: KeyScope
    owner: str | None
    language: str | None
    defaults: Defaults
    rate_limit_per_minute: int | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever has the database in their hands: the command line. The audit log shows no key."""

    workspace_id: WorkspaceId
    key_id: None = None


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What somebody decides who makes a key."""

    name: str
    scope: KeyScope
    owner: str | None = None
    language: str | None = None
    defaults: Defaults = Defaults()
    expires_at: datetime | None = None
    rate_limit_per_minute: int | None = None
    """None: the service's own; 0: no limit."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as it is kept: without its text."""

    id: KeyId
    workspace_id: WorkspaceId
    prefix: str
    terms: KeyTerms
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def state(self) -> str:
        """For people."""
        if self.revoked_at:
            return "revoked"
        return f"until {self.terms.expires_at}" if self.terms.expires_at else "for ever"


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key with its text, which nobody sees again."""

    stored: StoredKey
    text: str


def shown_prefix(key: str) -> str:
    """By which people tell keys apart: five characters of a random one, four of one brought."""
    return key[: len(KEY_PREFIX) + 5] if key.startswith(KEY_PREFIX) else key[:4]
