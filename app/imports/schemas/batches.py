"""Batches on the wire. SmartLead's names end here."""

from datetime import datetime
from typing import Annotated, Any, NotRequired, Required

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WrapValidator,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType, TypedDict

from app.gate.schemas import ConflictOut, MatchedOut
from app.imports import examples
from app.imports.answers import answer, shortened
from app.imports.operations.batches import BatchResult
from app.imports.schemas.terms import FlagsIn, TermsIn
from app.kit.fields import BLANK_IS_NULL, Flag, Moment, SentAs, Text
from app.leads.schemas.fields import LeadText, LenientCustomFields
from app.validation.moments import LONGEST, moment_in
from app.values import (
    Code,
    DuplicateScope,
    UnknownFields,
)

CheckedAt = Annotated[str, StringConstraints(max_length=LONGEST), SentAs(Moment)]


def _readable(text: str) -> str:
    if moment_in(text) is None:
        raise PydanticCustomError("datetime_parsing", "It cannot be read as a date")
    return text


class ValidationIn(TypedDict, total=False):
    """What somebody else found out about the address.

    `vendor`: whose words they are, where that is known: ZeroBounce, NeverBounce, Apollo and others.
    `word`: as they said it, `catch-all`, with a detail or without: `do_not_mail/role_based`.
    `checked_at`: as ISO 8601 has it, or as spreadsheets do.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", coerce_numbers_to_str=True)  # type: ignore[misc]

    vendor: LeadText | None
    word: Required[LeadText]
    checked_at: Annotated[CheckedAt, AfterValidator(_readable)] | None


def _word_alone(given: Any) -> Any:
    """Flat bodies have no more."""
    return {"word": given} if isinstance(given, str) else given


ValidationOrWord = TypeAliasType("ValidationOrWord", ValidationIn | Text | None)


class LeadIn(TypedDict, total=False):
    """A lead as it is sent.

    Null and "" say nothing; numbers may stand for strings. Fields up to 1,000 characters.
    """

    __pydantic_config__ = ConfigDict(extra="allow", coerce_numbers_to_str=True)  # type: ignore[misc]

    email: LeadText | None
    first_name: LeadText | None
    last_name: LeadText | None
    phone_number: LeadText | None
    company_name: LeadText | None
    website: LeadText | None
    location: LeadText | None
    linkedin_profile: LeadText | None
    company_url: LeadText | None
    job_title: LeadText | None
    city: LeadText | None
    country: LeadText | None
    industry: LeadText | None
    company_size: LeadText | None
    revenue: LeadText | None
    language: LeadText | None
    custom_fields: LenientCustomFields
    validation: Annotated[
        ValidationIn | None,
        SentAs(ValidationOrWord),
        BeforeValidator(_word_alone),
        BLANK_IS_NULL,
    ]


class BatchSettingsIn(TermsIn):
    """The terms of a batch, and how its rows are read."""

    reject_invalid_emails: Flag | None = None
    skip_missing_email: Flag | None = None
    unknown_fields: UnknownFields | None = None


class AddLeadsIn(FlagsIn):
    """Up to 400 leads.

    ``leads`` is another name for ``lead_list``; one known client sends the flags up here.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "lead_list": [
                        {
                            "email": "ann@example.com",
                            "first_name": "Ann",
                            "company_name": "Example Ltd",
                            "custom_fields": {"icebreaker": "Saw your talk"},
                        }
                    ],
                    "settings": {"ignore_duplicate_leads_in_other_campaign": False, "tags": ["Q4"]},
                }
            ]
        },
    )

    lead_list: list[LeadIn] | None = Field(None, min_length=1, max_length=400)
    leads: list[LeadIn] | None = Field(None, min_length=1, max_length=400)
    settings: BatchSettingsIn | None = None


RawAddLeadsIn = Annotated[AddLeadsIn, WrapValidator(lambda raw, _: raw)]
"""The body as JSON.

It is checked in an order of its own, and on the terms of the key; see ``app.imports.reading``.
"""


class RefusalOut(TypedDict):
    """A rule that says no.

    ``override`` is the flag that would change it; ``allowed_from`` is there if a wait would, and
    ``hint`` if a narrower scope would.
    """

    code: Code
    reason: str
    conflict: ConflictOut | None
    matched: MatchedOut | None
    override: str | None
    allowed_from: NotRequired[datetime]
    hint: NotRequired[str]


class SkippedLeadOut(RefusalOut):
    """A refused row; ``index`` counts from 0 in the request.

    A dry run lists in ``also`` the other rules that say no.
    """

    index: int
    email: str | None
    also: NotRequired[list[RefusalOut]]


class WarningOut(TypedDict):
    """Something that a person should know, though nothing failed."""

    code: str
    detail: str
    campaign_id: int | None
    campaign_name: str | None
    send_instead: str | None


class EmailToLeadIdMapOut(TypedDict):
    """The address as sent → the lead's id as a string."""

    newlyAddedLeads: dict[str, str]
    existingLeads: dict[str, str]
    existingLeadsInOtherCampaigns: dict[str, str]


class AddLeadsOut(BaseModel):
    """The union of what all known clients of SmartLead read, with a verdict for every row that did
    not get in.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ADDED]})

    ok: bool
    success: bool
    message: str
    upload_count: int
    total_leads: int
    added_count: int
    updated_count: int
    unchanged_count: int
    skipped_count: int
    already_added_to_campaign: int
    duplicate_count: int
    block_count: int
    unsubscribed_leads: int
    invalid_email_count: int
    invalid_emails: list[str]
    bounce_count: int
    is_lead_limit_exhausted: bool
    lead_import_stopped_count: int
    skipped_leads: list[SkippedLeadOut]
    import_id: int | None
    applied_scope: DuplicateScope
    dry_run: bool
    warnings: list[WarningOut]
    lead_ids: list[int] | None = Field(
        None, description="Only with return_lead_ids.", exclude_if=lambda ids: ids is None
    )
    emailToLeadIdMap: EmailToLeadIdMapOut | None = Field(  # noqa: N815  # SmartLead's name
        None, description="Only with return_lead_ids.", exclude_if=lambda ids: ids is None
    )

    @classmethod
    def of(cls, result: BatchResult) -> "AddLeadsOut":
        return cls.model_construct(**answer(result))

    def shortened(self) -> "AddLeadsOut | None":
        """Without the rows, which the import keeps. A dry run has none, and may be run again."""
        if self.import_id is None:
            return None
        ids = self.emailToLeadIdMap
        return self.model_copy(
            update={
                "invalid_emails": [],
                "skipped_leads": [],
                "warnings": [*self.warnings, shortened(self.import_id)],
                "emailToLeadIdMap": ids and {whose: {} for whose in ids},
            }
        )
