"""Addresses that somebody asks about, on the wire."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.leads.rules.addresses import Address, Answered
from app.leads.schemas import examples
from app.leads.schemas.validation import ValidationState
from app.values import ValidationLevel, ValidationReason, ValidationResult

Email = Annotated[str, StringConstraints(max_length=10_000)]
"""Longer than any address, for whatever stands in the cells of people's lists."""


class ValidateIn(BaseModel):
    """One address or up to 1,000; they need not be anybody's."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"email": "ann@example.com"},
                {"emails": ["ann@example.com", "bob@example.org"]},
            ]
        },
    )

    email: Email | None = None
    emails: Annotated[list[Email], Field(min_length=1, max_length=1_000)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.email is None) is (self.emails is None):
            raise PydanticCustomError("one_of", "Say either email or emails")
        return self

    def given(self) -> list[str]:
        return self.emails or [self.email or ""]


class AddressOut(BaseModel):
    """An address; null is what is not known, or not yet."""

    email: str = Field(description="As it was given; U+FFFD for NUL and lone surrogates.")
    state: ValidationState
    result: ValidationResult | None = None
    reason: ValidationReason | None = None
    level: ValidationLevel | None = Field(None, description="How deep the check went.")
    disposable: bool | None = None
    role: bool | None = None
    free: bool | None = None
    privacy_relay: bool | None = None
    catch_all: bool | None = None
    suggestion: str | None = Field(None, description="The address that was probably meant.")
    source: str | None = Field(None, description="Who found it out.")
    checked_at: datetime | None = None

    @classmethod
    def of(cls, address: Address) -> Self:
        if address.validation is None:
            flags = asdict(address.flags)
            return cls(email=address.given, state=ValidationState.PENDING, **flags)
        found = asdict(address.validation)
        return cls(email=address.given, state=ValidationState.CHECKED, **found)


class ValidatedOut(BaseModel):
    """A result for each address, in the order of the request."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": None,
                    "state": "checked",
                    "pending": 0,
                    "results": [
                        {"email": "ann@example.com", "state": "checked", **examples.VALIDATION}
                    ],
                }
            ]
        }
    )

    id: int | None = Field(
        description="Of the job that asks for those that are pending: `GET /validate/{id}`."
    )
    state: ValidationState
    pending: int
    results: list[AddressOut]

    @classmethod
    def of(cls, answered: Answered) -> Self:
        return cls(
            id=answered.job_id,
            state=ValidationState.PENDING if answered.pending else ValidationState.CHECKED,
            pending=answered.pending,
            results=[AddressOut.of(address) for address in answered.addresses],
        )
