"""Types of fields that several bodies share, lenient where SmartLead's clients are."""

import json
from typing import Annotated, Any

from fastapi import Path
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from app.campaigns.rules import MAX_NAME_LENGTH
from app.values import CampaignId, ClientId

BIGGEST_ID = 2**63 - 1
MAX_EXTRA_LENGTH = 500_000
"""Characters of JSON that are kept of what we do not know."""

CampaignPath = Annotated[CampaignId, Path(ge=1, le=BIGGEST_ID, description="The campaign's id.")]


def null_for_blank(value: Any) -> Any:
    """SmartLead's clients send "" where they mean null."""
    return None if isinstance(value, str) and not value.strip() else value


def check_size(extra: dict[str, Any] | None) -> None:
    """Raises ValueError when it is more than we keep."""
    if len(json.dumps(extra)) > MAX_EXTRA_LENGTH:
        raise ValueError(f"more than {MAX_EXTRA_LENGTH} characters of JSON")


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_LENGTH)
]
OptionalName = Annotated[Name | None, BeforeValidator(null_for_blank)]
Client = Annotated[ClientId, Field(ge=1, le=BIGGEST_ID)]
OptionalClient = Annotated[Client | None, BeforeValidator(null_for_blank)]


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
