"""On which terms a batch comes in.

What the request says, else the key, else the workspace. Pure.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from app.campaigns.rules import EnteredCampaign
from app.gate.rules import Terms
from app.gate.scope import AppliedScope, applied_scope
from app.leads.admission.rows import Arrival
from app.values import DuplicateScope, ImportId, Mode, OnLinkedinMatch
from app.workspaces.rules import Caller


@dataclass(frozen=True, slots=True)
class Flags:
    """What the sender passes over by name."""

    ignore_global_block_list: bool = False
    ignore_unsubscribe_list: bool = False
    ignore_undeliverable: bool = False
    ignore_recent_contact: bool = False

    def given(self) -> list[str]:
        return [field.name for field in fields(self) if getattr(self, field.name)]


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """What a request says; None where it does not speak."""

    duplicate_scope: DuplicateScope | None = None
    ignore_duplicates: bool | None = None
    mode: Mode | None = None
    overwrite_existing: bool | None = None
    on_linkedin_match: OnLinkedinMatch | None = None
    source: str | None = None
    tags: tuple[str, ...] | None = None
    push: str | None = None
    flags: Flags = Flags()
    dry_run: bool = False
    return_lead_ids: bool = False

    def resolved(self, caller: Caller) -> "AppliedSettings":
        of_key = caller.defaults
        overwrite = [
            value
            for value in (self.overwrite_existing, of_key.overwrite_existing)
            if value is not None
        ]
        return AppliedSettings(
            scope=applied_scope(
                self.duplicate_scope, self.ignore_duplicates, of_key.duplicate_scope, caller.policy
            ),
            mode=self.mode or of_key.mode or Mode.CREATE_ONLY,
            overwrite_existing=overwrite[0] if overwrite else True,
            on_linkedin_match=self.on_linkedin_match
            or of_key.on_linkedin_match
            or OnLinkedinMatch.SKIP,
            source=self.source or of_key.source,
            tags=tuple(dict.fromkeys(self.tags if self.tags is not None else of_key.tags)),
            push=self.push,
            flags=self.flags,
            dry_run=self.dry_run,
            return_lead_ids=self.return_lead_ids,
        )


@dataclass(frozen=True, slots=True)
class AppliedSettings:
    """What holds for a batch; stored with its import."""

    scope: AppliedScope
    mode: Mode
    overwrite_existing: bool
    on_linkedin_match: OnLinkedinMatch
    source: str | None
    tags: tuple[str, ...]
    push: str | None
    flags: Flags
    dry_run: bool
    return_lead_ids: bool

    def terms(self, caller: Caller, campaign: EnteredCampaign, now: datetime) -> Terms:
        return Terms(
            campaign_id=campaign.id,
            client_id=campaign.client_id,
            policy=caller.policy,
            now=now,
            scope=self.scope.scope,
            named_scope=self.scope.origin == "request",
            mode=self.mode,
            on_linkedin_match=self.on_linkedin_match,
            ignore_block_list=self.flags.ignore_global_block_list,
            ignore_unsubscribe_list=self.flags.ignore_unsubscribe_list,
            ignore_undeliverable=self.flags.ignore_undeliverable,
            ignore_recent_contact=self.flags.ignore_recent_contact,
        )

    def arrival(self, import_id: ImportId | None) -> Arrival:
        return Arrival(import_id, self.source, self.tags, self.overwrite_existing)

    def passed_over(self) -> list[str]:
        """The flags by which the sender skips a check, for the audit log."""
        by_flag = self.scope == AppliedScope(DuplicateScope.CAMPAIGN, "flag")
        return self.flags.given() + ["ignore_duplicate_leads_in_other_campaign"] * by_flag

    def stored(self) -> dict[str, Any]:
        """As the import shows them."""
        return {
            "duplicate_scope": self.scope.scope,
            "duplicate_scope_from": self.scope.origin,
            "mode": self.mode,
            "overwrite_existing": self.overwrite_existing,
            "on_linkedin_match": self.on_linkedin_match,
            "source": self.source,
            "tags": list(self.tags),
            **dict.fromkeys(self.flags.given(), True),
        }
