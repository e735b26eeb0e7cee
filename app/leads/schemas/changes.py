"""What is asked of a lead, on the wire. SmartLead's clients send null, "" and numbers for text."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from app.identity import Identity, email_identity
from app.kit.fields import AN_INTEGER, BLANK_IS_NULL, Days, Flag, IdOrText, SentAs
from app.leads.errors import InvalidEmail
from app.leads.merge import Profile
from app.leads.rules.changes import Change
from app.leads.schemas.fields import CustomFields, LeadText
from app.values import LEAD_FIELDS

CategoryId = Annotated[int, Field(ge=1, le=2**31 - 1), AN_INTEGER]


class LeadChangesIn(BaseModel):
    """What is new of a lead; null and "" say nothing. Custom fields are merged, key by key."""

    model_config = ConfigDict(
        extra="forbid",
        coerce_numbers_to_str=True,
        json_schema_extra={
            "examples": [
                {
                    "email": "ann@example.com",
                    "first_name": "Ann",
                    "custom_fields": {"icebreaker": "Loved your talk"},
                }
            ]
        },
    )

    first_name: LeadText | None = None
    last_name: LeadText | None = None
    phone_number: LeadText | None = None
    company_name: LeadText | None = None
    website: LeadText | None = None
    location: LeadText | None = None
    linkedin_profile: LeadText | None = None
    company_url: LeadText | None = None
    job_title: LeadText | None = None
    city: LeadText | None = None
    country: LeadText | None = None
    industry: LeadText | None = None
    company_size: LeadText | None = None
    revenue: LeadText | None = None
    language: LeadText | None = None
    custom_fields: CustomFields | None = None

    def profile(self) -> Profile:
        said = ((name, getattr(self, name)) for name in LEAD_FIELDS)
        custom = (self.custom_fields or {}).items()
        return Profile(
            {name: value for name, value in said if value},
            {name: value for name, value in custom if value is not None and value != ""},
        )


class UpdateLeadIn(LeadChangesIn):
    """SmartLead API, update a lead. Another address than the lead's changes it."""

    email: LeadText

    def to_change(self) -> Change:
        """Raises InvalidEmail."""
        return Change(_identity(self.email), self.profile())


class PatchLeadIn(LeadChangesIn):
    """The same, without the address where it stays."""

    email: LeadText | None = None

    def to_change(self) -> Change:
        """Raises InvalidEmail."""
        return Change(_identity(self.email) if self.email else None, self.profile())


def _identity(email: str) -> Identity:
    identity = email_identity(email)
    if identity is None:
        raise InvalidEmail
    return identity


class ResumeIn(BaseModel):
    """SmartLead API, resume a lead."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"resume_lead_with_delay_days": 3}]}
    )

    resume_lead_with_delay_days: Annotated[Days | None, BLANK_IS_NULL] = Field(
        None, description="Nothing is sent before so many days have passed."
    )


class CategoryIn(BaseModel):
    """SmartLead API, categorise a lead. null and "" take the category away."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"category_id": 3, "pause_lead": False}]}
    )

    category_id: Annotated[CategoryId | None, BLANK_IS_NULL, SentAs(IdOrText | None)]
    pause_lead: Annotated[Flag | None, BLANK_IS_NULL] = None


class StatusIn(BaseModel):
    """A status, in the words of any vocabulary."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"status": "INTERESTED"}]}
    )

    status: Annotated[str, StringConstraints(max_length=100)]


class StatusOut(BaseModel):
    """Done; the status is in the request's vocabulary, or the word that was sent."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ok": True, "status": "INTERESTED"}]}
    )

    ok: bool = True
    status: str


class DataOut(BaseModel):
    """Done, as SmartLead says it here."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ok": True, "data": "success"}]})

    ok: bool = True
    data: str = "success"


class RemovedOut(BaseModel):
    """Removed, as SmartLead says it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ok": True, "message": "success"}]})

    ok: bool = True
    message: str = "success"


def done(_: Any) -> DataOut:
    return DataOut()
