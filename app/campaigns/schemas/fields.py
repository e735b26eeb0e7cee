"""Types of fields that several bodies share, lenient where SmartLead's clients are."""

import json
from typing import Annotated, Any

from fastapi import Path
from pydantic import Field

from app.campaigns.rules import MAX_NAME_LENGTH
from app.kit.fields import AN_INTEGER, BIGGEST, BLANK_IS_NULL, NOT_BLANK, TRIMMED, IdOrText, SentAs
from app.values import CampaignId, ClientId

MAX_EXTRA_LENGTH = 500_000
"""Characters of JSON that are kept of what we do not know."""

CampaignPath = Annotated[CampaignId, Path(ge=1, le=BIGGEST, description="The campaign's id.")]


def check_size(extra: dict[str, Any] | None) -> None:
    """Raises ValueError when it is more than we keep."""
    if len(json.dumps(extra)) > MAX_EXTRA_LENGTH:
        raise ValueError(f"more than {MAX_EXTRA_LENGTH} characters of JSON")


NameText = Annotated[str, Field(max_length=MAX_NAME_LENGTH)]
Name = Annotated[NameText, TRIMMED, Field(json_schema_extra=NOT_BLANK)]
OptionalName = Annotated[Name | None, BLANK_IS_NULL, SentAs(NameText | None)]
Client = Annotated[ClientId, Field(ge=1, le=BIGGEST), AN_INTEGER]
OptionalClient = Annotated[Client | None, BLANK_IS_NULL, SentAs(IdOrText | None)]
Campaign = Annotated[CampaignId, Field(ge=1, le=BIGGEST), AN_INTEGER]
OptionalCampaign = Annotated[Campaign | None, BLANK_IS_NULL, SentAs(IdOrText | None)]
"""In a body; an address is of text anyway, and what is empty there is not there."""
