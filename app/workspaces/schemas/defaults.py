"""A key's defaults on the wire."""

from dataclasses import asdict
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool
from pydantic.config import JsonDict

from app.values import DuplicateScope, Mode, OnLinkedinMatch, UnknownFields, Vocabulary
from app.workspaces.rules import Defaults
from app.workspaces.schemas.workspace import Name

DEFAULTS_EXAMPLE: JsonDict = {
    "mode": None,
    "overwrite_existing": None,
    "duplicate_scope": "active",
    "on_linkedin_match": None,
    "source": "Zapier",
    "tags": ["Q4"],
    "vocabulary": None,
    "unknown_fields": None,
    "skip_missing_email": None,
}


class KeyDefaultsIn(BaseModel):
    """What a request of the key means where it does not speak; null does not speak either."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"duplicate_scope": "active", "source": "Zapier", "tags": ["Q4"]}]
        },
    )

    mode: Mode | None = None
    overwrite_existing: StrictBool | None = None
    duplicate_scope: DuplicateScope | None = None
    on_linkedin_match: OnLinkedinMatch | None = None
    source: Name | None = None
    tags: list[Name] | None = Field(None, max_length=50)
    vocabulary: Vocabulary | None = None
    unknown_fields: UnknownFields | None = None
    skip_missing_email: StrictBool | None = None

    def to_defaults(self) -> Defaults:
        spoken = self.model_dump(exclude={"tags"})
        return Defaults(**spoken, tags=tuple(dict.fromkeys(self.tags or ())))


class KeyDefaultsOut(BaseModel):
    """What a request of the key means where it does not speak; null does not speak either."""

    mode: Mode | None
    overwrite_existing: bool | None
    duplicate_scope: DuplicateScope | None
    on_linkedin_match: OnLinkedinMatch | None
    source: str | None
    tags: list[str]
    vocabulary: Vocabulary | None
    unknown_fields: UnknownFields | None
    skip_missing_email: bool | None

    @classmethod
    def of(cls, defaults: Defaults) -> Self:
        return cls(**asdict(defaults))
