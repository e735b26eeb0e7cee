"""What was found out about an address, on the wire."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

from app.leads.rules.records import Checked, Validation
from app.leads.schemas import examples
from app.values import LeadId, ValidationLevel, ValidationReason, ValidationResult

AddressEvidence = TypeAliasType("AddressEvidence", Mapping[str, Any])
DomainEvidence = TypeAliasType("DomainEvidence", Mapping[str, Any])


class ValidationState(StrEnum):
    """Does the address wait to be checked, perhaps again?"""

    PENDING = "pending"
    CHECKED = "checked"


class ValidationOut(BaseModel):
    """What was found out about a lead's address."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.VALIDATION]})

    result: ValidationResult
    reason: ValidationReason
    level: ValidationLevel = Field(description="How deep the check went.")
    disposable: bool
    role: bool = Field(description="Rather an office than a person: `info@`.")
    free: bool = Field(description="At a free provider.")
    privacy_relay: bool
    catch_all: bool | None = Field(description="Does the domain take any address? Null: untested.")
    suggestion: str | None = Field(description="The address that was probably meant.")
    source: str = Field(description="Who found it out.")
    checked_at: datetime

    @classmethod
    def of(cls, validation: Validation) -> Self:
        return cls(**asdict(validation))


class LeadValidationOut(BaseModel):
    """How far the check of a lead's address is, with what it is judged by."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LEAD_VALIDATION]})

    lead_id: int
    email: str
    state: ValidationState
    validation: ValidationOut | None = Field(description="The last result; null before the first.")
    tries: int = Field(description="How often nothing was found out since then.")
    waits_for: ValidationLevel | None = Field(
        description="Of a pending one: its `domain`, or a service that looks at its `mailbox`."
    )
    reason: ValidationReason | None = Field(
        description="Of a pending one: why the last try found nothing out."
    )
    next_try_at: datetime | None = Field(
        description="Of a pending one; null: as soon as a worker gets to it. Also of one that is"
        " `invalid` because its domain was not found once, and is asked for again."
    )
    evidence: AddressEvidence | None = Field(description="Of this address alone.")
    domain: DomainEvidence | None = Field(description="What DNS said of its domain, and when.")

    @classmethod
    def of(cls, lead_id: LeadId, checked: Checked) -> Self:
        return cls(
            lead_id=lead_id,
            email=checked.email,
            state=ValidationState.PENDING if checked.is_pending else ValidationState.CHECKED,
            validation=checked.validation and ValidationOut.of(checked.validation),
            tries=checked.tries,
            waits_for=checked.waits_for,
            reason=checked.reason,
            next_try_at=checked.next_try_at,
            evidence=checked.evidence,
            domain=checked.domain,
        )
