"""On which terms a batch comes in.

What the request says, else the key, else the workspace. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, TypeVar

from app.campaigns.rules import EnteredCampaign
from app.gate.facts import Chunked
from app.gate.rules import Terms
from app.gate.scope import AppliedScope, applied_scope
from app.leads.admission.rows import Arrival
from app.values import DuplicateScope, ImportId, Mode, OnLinkedinMatch
from app.workspaces.rules import Caller, Policy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Flags:
    """What the sender passes over by name."""

    ignore_global_block_list: bool | None = None
    ignore_unsubscribe_list: bool | None = None
    ignore_undeliverable: bool | None = None
    ignore_recent_contact: bool | None = None

    def given(self) -> list[str]:
        return [field.name for field in fields(self) if getattr(self, field.name)]

    def over(self, before: "Flags") -> "Flags":
        """What is said here, and where nothing is, what was said before."""
        return Flags(
            **{f.name: _or(getattr(self, f.name), getattr(before, f.name)) for f in fields(self)}
        )


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
    dry_run: bool | None = None
    verify_email: bool | None = None
    return_lead_ids: bool = False

    def resolved(
        self, caller: Caller, of_source: DuplicateScope | None = None
    ) -> "AppliedSettings":
        """``of_source`` is the scope that the rows themselves ask for."""
        of_key = caller.defaults
        overwrite = [
            value
            for value in (self.overwrite_existing, of_key.overwrite_existing)
            if value is not None
        ]
        return AppliedSettings(
            scope=applied_scope(
                self.duplicate_scope,
                self.ignore_duplicates,
                of_key.duplicate_scope,
                caller.policy,
                of_source,
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
            dry_run=bool(self.dry_run),
            verify_email=bool(self.verify_email),
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
    verify_email: bool
    """The addresses of those who are known, too, are checked again."""
    return_lead_ids: bool

    def terms(
        self,
        policy: Policy,
        campaign: EnteredCampaign,
        now: datetime,
        chunk_of: Chunked | None = None,
    ) -> Terms:
        return Terms(
            campaign_id=campaign.id,
            client_id=campaign.client_id,
            policy=policy,
            now=now,
            scope=self.scope.scope,
            named_scope=self.scope.origin == "request",
            mode=self.mode,
            on_linkedin_match=self.on_linkedin_match,
            ignore_block_list=bool(self.flags.ignore_global_block_list),
            ignore_unsubscribe_list=bool(self.flags.ignore_unsubscribe_list),
            ignore_undeliverable=bool(self.flags.ignore_undeliverable),
            ignore_recent_contact=bool(self.flags.ignore_recent_contact),
            chunk_of=chunk_of,
        )

    def arrival(self, import_id: ImportId | None, first_row: int = 1) -> Arrival:
        return Arrival(
            import_id,
            self.source,
            self.tags,
            self.overwrite_existing,
            first_row,
            self.verify_email,
        )

    def under(self, policy: Policy) -> "AppliedSettings":
        """As they hold now: the floor may have been raised since they were decided."""
        if self.scope.scope.strictness >= policy.floor.strictness:
            return self
        return replace(self, scope=AppliedScope(policy.floor, "floor"))

    def amended(self, given: "BatchSettings", caller: Caller) -> "AppliedSettings":
        """What the request says, and where it does not speak what held before."""
        scope, flag = given.duplicate_scope, given.ignore_duplicates
        speaks = scope is not None or flag is not None
        return AppliedSettings(
            scope=applied_scope(scope, flag, None, caller.policy) if speaks else self.scope,
            mode=given.mode or self.mode,
            overwrite_existing=_or(given.overwrite_existing, self.overwrite_existing),
            on_linkedin_match=given.on_linkedin_match or self.on_linkedin_match,
            source=given.source or self.source,
            tags=tuple(dict.fromkeys(_or(given.tags, self.tags))),
            push=given.push or self.push,
            flags=given.flags.over(self.flags),
            dry_run=_or(given.dry_run, self.dry_run),
            verify_email=_or(given.verify_email, self.verify_email),
            return_lead_ids=self.return_lead_ids,
        )

    def passed_over(self) -> list[str]:
        """The flags by which the sender skips a check, for the audit log."""
        by_flag = self.scope == AppliedScope(DuplicateScope.CAMPAIGN, "flag")
        return self.flags.given() + ["ignore_duplicate_leads_in_other_campaign"] * by_flag

    def stored(self) -> dict[str, Any]:
        """As the import shows them."""
        return {
            **self.stored_scope(),
            "mode": self.mode,
            "overwrite_existing": self.overwrite_existing,
            "on_linkedin_match": self.on_linkedin_match,
            "source": self.source,
            "tags": list(self.tags),
            "push": self.push,
            "dry_run": self.dry_run,
            **({"verify_email": True} if self.verify_email else {}),
            **dict.fromkeys(self.flags.given(), True),
        }

    def stored_scope(self) -> dict[str, Any]:
        return {
            "duplicate_scope": self.scope.scope,
            "duplicate_scope_from": self.scope.origin,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "AppliedSettings":
        """As ``stored`` wrote them."""
        return cls(
            scope=AppliedScope(
                DuplicateScope(stored["duplicate_scope"]), stored["duplicate_scope_from"]
            ),
            mode=Mode(stored["mode"]),
            overwrite_existing=stored["overwrite_existing"],
            on_linkedin_match=OnLinkedinMatch(stored["on_linkedin_match"]),
            source=stored["source"],
            tags=tuple(stored["tags"]),
            push=stored["push"],
            flags=Flags(**{f.name: stored.get(f.name) for f in fields(Flags)}),
            dry_run=stored["dry_run"],
            verify_email=stored.get("verify_email", False),
            return_lead_ids=False,
        )


def _or(given: T | None, before: T) -> T:
    return before if given is None else given
