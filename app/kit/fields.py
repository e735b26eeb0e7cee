"""Types of fields and parameters that many bodies share, lenient where clients are."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    model_validator,
)

BIGGEST = 2**63 - 1
"""The largest id, offset or count that PostgreSQL's bigint holds."""


def null_for_blank(value: Any) -> Any:
    """SmartLead's clients send "" where they mean null."""
    return None if isinstance(value, str) and not value.strip() else value


BLANK_IS_NULL = BeforeValidator(null_for_blank)


class Lenient(BaseModel):
    """A body whose members may be "" for null; what it does not know stays as it is."""

    @model_validator(mode="before")
    @classmethod
    def _blanks(cls, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        known = {name: null_for_blank(body[name]) for name in cls.model_fields.keys() & body.keys()}
        return body | known


class OkOut(BaseModel):
    """Done, or nothing was left to do."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ok": True}]})

    ok: bool = True


def _in_utc(moment: datetime) -> datetime:
    """Without a zone it is UTC."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError("a time that no calendar has") from None


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""RFC 3339, or a day."""
Text = Annotated[str, StringConstraints(max_length=1_000)]
Offset = Annotated[int, Query(ge=0, le=BIGGEST, description="Rows to skip; or use `cursor`.")]
