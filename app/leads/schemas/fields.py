"""Types of parameters and fields that several endpoints share."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field, StringConstraints
from typing_extensions import TypeAliasType

from app.kit.fields import BIGGEST, BLANK_IS_NULL, Moment
from app.leads.rules.records import EmailStatus
from app.values import LeadId, MapId, Vocabulary

LeadPath = Annotated[LeadId, Path(ge=1, le=BIGGEST, description="The lead's id.")]
MapPath = Annotated[
    MapId, Path(ge=1, le=BIGGEST, description="The membership: `campaign_lead_map_id`.")
]
VocabularyParam = Annotated[
    Vocabulary | None,
    BLANK_IS_NULL,
    Query(description="Whose words name a status; by default the key's."),
]
EmailStatusParam = Annotated[
    EmailStatus | None,
    BLANK_IS_NULL,
    Query(description="What became of the mails."),
]
StatusParam = Annotated[
    list[str],
    Query(description="Statuses, in the words of any vocabulary; several are joined by or."),
]
OptionalLastId = Annotated[Annotated[int, Field(ge=0, le=BIGGEST)] | None, BLANK_IS_NULL]
"""0 stands before the first."""
OptionalId = Annotated[Annotated[int, Field(ge=1, le=BIGGEST)] | None, BLANK_IS_NULL]


CustomValue = TypeAliasType(
    "CustomValue", Annotated[str, StringConstraints(max_length=10_000)] | int | float | bool | None
)
OptionalMoment = Annotated[Moment | None, BLANK_IS_NULL]
