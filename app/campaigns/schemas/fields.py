"""Types of fields that several bodies share, lenient where SmartLead's clients are."""

import json
from typing import Annotated, Any

from fastapi import Path
from pydantic import Field, StringConstraints

from app.campaigns.rules import MAX_NAME_LENGTH
from app.kit.fields import BIGGEST, BLANK_IS_NULL
from app.values import CampaignId, ClientId

MAX_EXTRA_LENGTH = 500_000
"""Characters of JSON that are kept of what we do not know."""

CampaignPath = Annotated[CampaignId, Path(ge=1, le=BIGGEST, description="The campaign's id.")]


def check_size(extra: dict[str, Any] | None) -> None:
    """Raises ValueError when it is more than we keep."""
    if len(json.dumps(extra)) > MAX_EXTRA_LENGTH:
        raise ValueError(f"more than {MAX_EXTRA_LENGTH} characters of JSON")


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_LENGTH)
]
OptionalName = Annotated[Name | None, BLANK_IS_NULL]
Client = Annotated[ClientId, Field(ge=1, le=BIGGEST)]
OptionalClient = Annotated[Client | None, BLANK_IS_NULL]
Campaign = Annotated[CampaignId, Field(ge=1, le=BIGGEST)]
OptionalCampaign = Annotated[Campaign | None, BLANK_IS_NULL]
