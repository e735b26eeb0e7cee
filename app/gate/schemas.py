"""The gate's answers to questions."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from typing_extensions import TypedDict

from app.gate import examples
from app.gate.documents import explained
from app.gate.facts import Buried, Membership
from app.gate.inquiries import Asked, Checked, CheckResult, Why
from app.gate.reach import Reach
from app.gate.rules import ADDED, Terms, Verdict
from app.gate.sending import SendStop, is_monitored
from app.kit.fields import BIGGEST
from app.suppression.rules import Entry
from app.values import (
    Code,
    DuplicateScope,
    LeadStatus,
    ValidationLevel,
    ValidationReason,
    ValidationResult,
)


class ConflictOut(TypedDict):
    """Who stands in the way. Without a campaign when it is a person outside of any."""

    campaign_id: int | None
    campaign_name: str | None
    status: str | None
    lead_id: int | None
    tags: list[str]
    others: int


class MatchedOut(TypedDict):
    """The suppression entry that stopped the row."""

    kind: str
    entry: str
    source: str
    added_at: datetime


class StopOut(BaseModel):
    """A rule that says no, and what would change it: a flag, a wait, or nothing."""

    code: Code
    reason: str | None
    conflict: ConflictOut | None
    matched: MatchedOut | None
    override: str | None
    allowed_from: datetime | None = None
    hint: str | None = None

    @classmethod
    def of(cls, verdict: Verdict, email: str, terms: Terms) -> "StopOut":
        return cls(code=verdict.code, **explained(verdict, email, terms))


class AddAnswerOut(BaseModel):
    """May this person be added? The first stop gives the code; the others are in ``also``."""

    allowed: bool
    code: Code
    reason: str | None
    conflict: ConflictOut | None
    matched: MatchedOut | None
    override: str | None
    allowed_from: datetime | None = None
    hint: str | None = None
    also: list[StopOut]
    applied_scope: DuplicateScope
    scope_from: str = Field(description="request, flag, key, workspace or floor")


class SendStopOut(BaseModel):
    """A rule that keeps a mail from being sent."""

    code: str
    reason: str
    matched: MatchedOut | None

    @classmethod
    def of(cls, stop: SendStop) -> "SendStopOut":
        matched = EntryOut.of(stop.matched).model_dump() if stop.matched else None
        return cls(code=stop.code, reason=stop.reason, matched=matched)


class SendAnswerOut(BaseModel):
    """May this person be written to in this campaign now?"""

    allowed: bool
    stops: list[SendStopOut]
    monitor_bounces: bool = Field(description="The address is unverified: a bounce is likelier.")


class EntryOut(BaseModel):
    """An entry of a suppression list that matches the address."""

    kind: str
    entry: str
    source: str
    added_at: datetime

    @classmethod
    def of(cls, entry: Entry) -> "EntryOut":
        return cls(
            kind=entry.kind, entry=entry.entry, source=entry.source, added_at=entry.created_at
        )


class MembershipOut(BaseModel):
    """A campaign that the person is in, and whether they count as active there."""

    campaign_id: int
    campaign_name: str
    campaign_status: str
    status: LeadStatus
    active: bool
    holding: bool
    archived: bool
    tags: list[str]
    contacted_at: datetime | None
    replied_at: datetime | None

    @classmethod
    def of(cls, membership: Membership) -> "MembershipOut":
        return cls(
            campaign_id=membership.campaign_id,
            campaign_name=membership.campaign_name,
            campaign_status=membership.campaign_status,
            status=membership.status,
            active=membership.active,
            holding=membership.holding,
            archived=membership.archived,
            tags=list(membership.tags),
            contacted_at=membership.contacted_at,
            replied_at=membership.replied_at,
        )


class DeletionOut(BaseModel):
    """A campaign that somebody deleted the person from."""

    campaign_id: int
    campaign_name: str
    contacted_at: datetime | None

    @classmethod
    def of(cls, buried: Buried) -> "DeletionOut":
        return cls(
            campaign_id=buried.campaign_id,
            campaign_name=buried.campaign_name,
            contacted_at=buried.contacted_at,
        )


class SeenOut(BaseModel):
    """The facts that the gate saw."""

    lead_id: int | None
    validation: ValidationResult | None = Field(description="Null: the address was not checked.")
    memberships: list[MembershipOut]
    suppressions: list[EntryOut]
    deletions: list[DeletionOut]


class WhyOut(BaseModel):
    """Why somebody may or may not enter a campaign, and be written to there."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.WHY]})

    email: str
    campaign_id: int
    add: AddAnswerOut
    send: SendAnswerOut
    facts: SeenOut

    @classmethod
    def of(cls, found: Why) -> "WhyOut":
        person = found.facts.person
        return cls(
            email=found.email,
            campaign_id=found.campaign_id,
            add=_add(found),
            send=SendAnswerOut(
                allowed=not found.send,
                stops=[SendStopOut.of(stop) for stop in found.send],
                monitor_bounces=is_monitored(found.facts),
            ),
            facts=SeenOut(
                lead_id=person.lead_id if person else None,
                validation=person.validation if person else None,
                memberships=[MembershipOut.of(m) for m in person.memberships] if person else [],
                suppressions=[EntryOut.of(entry) for entry in found.facts.entries],
                deletions=[DeletionOut.of(b) for b in person.buried] if person else [],
            ),
        )


def _add(found: Why) -> AddAnswerOut:
    first, *others = found.add or [ADDED]
    return AddAnswerOut(
        allowed=not found.add,
        code=first.code,
        **explained(first, found.email, found.terms),
        also=[StopOut.of(stop, found.email, found.terms) for stop in others],
        applied_scope=found.scope.scope,
        scope_from=found.scope.origin,
    )


class CheckRowIn(BaseModel):
    """Exactly one of the three."""

    model_config = ConfigDict(extra="forbid")

    email: str | None = Field(None, max_length=1_000)
    linkedin_profile: str | None = Field(None, max_length=1_000)
    domain: str | None = Field(None, max_length=1_000)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len([value for value in (self.email, self.linkedin_profile, self.domain) if value]) != 1:
            raise ValueError("name one of email, linkedin_profile, domain")
        return self

    def asked(self) -> Asked:
        return Asked(self.email, self.linkedin_profile, self.domain)


class CheckIn(BaseModel):
    """Up to 1,000 rows. Without a campaign they are judged as if they entered a new one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"rows": [{"email": "ann@example.com"}, {"domain": "example.com"}]}]
        },
    )

    rows: list[CheckRowIn] = Field(min_length=1, max_length=1_000)
    campaign_id: int | None = Field(None, ge=1, le=BIGGEST, strict=True)
    duplicate_scope: DuplicateScope | None = None


class AtDomainOut(BaseModel):
    """People of the workspace at the domain; of more than 200 the first 200 are counted."""

    domain: str
    people: int
    active: int


class ReachOut(BaseModel):
    """Whether mail reaches an address or a domain, as far as that is known already."""

    result: ValidationResult
    reason: ValidationReason
    level: ValidationLevel = Field(description="How deep the check went.")
    checked_at: datetime

    @classmethod
    def of(cls, reach: Reach) -> "ReachOut":
        return cls(**reach._asdict())


class CheckedRowOut(BaseModel):
    """What would become of a row; ``index`` counts from 0 in the request."""

    index: int
    allowed: bool
    code: Code
    reason: str | None
    conflict: ConflictOut | None
    matched: MatchedOut | None
    override: str | None
    allowed_from: datetime | None = None
    hint: str | None = None
    known: bool
    lead_id: int | None
    last_contacted_at: datetime | None
    at_domain: AtDomainOut | None
    validation: ReachOut | None = Field(
        description="Nobody is asked for it. Of a lead what was found out last, of anybody else"
        " what is known of the domain and still holds; null where nothing is."
    )


class CheckOut(BaseModel):
    """A verdict for every row, in the order of the request. Nothing was written."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CHECKED]})

    data: list[CheckedRowOut]

    @classmethod
    def of(cls, found: CheckResult) -> "CheckOut":
        return cls(data=[_row(index, one, found.terms) for index, one in enumerate(found.rows)])

    def shortened(self) -> None:
        """Nothing was written: who asks again may be answered anew."""


def _row(index: int, checked: Checked, terms: Terms) -> CheckedRowOut:
    found = checked.at_domain or {}
    return CheckedRowOut(
        index=index,
        allowed=checked.verdict.accepted,
        code=checked.verdict.code,
        **explained(checked.verdict, checked.email, terms),
        known=checked.known,
        lead_id=checked.lead_id,
        last_contacted_at=checked.last_contacted_at,
        at_domain=AtDomainOut(domain=checked.domain, people=found["people"], active=found["active"])
        if checked.domain
        else None,
        validation=ReachOut.of(checked.reach) if checked.reach else None,
    )
