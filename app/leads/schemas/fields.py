"""Types of parameters and fields that several endpoints share."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import BeforeValidator, Field, StringConstraints
from typing_extensions import TypeAliasType

from app.kit.fields import AN_INTEGER, BIGGEST, BLANK_IS_NULL, Moment, ObjectOrBlank, SentAs, Text
from app.leads.rules.records import EmailStatus
from app.values import LeadId, MapId, ValidationWord, Vocabulary


def split(given: list[str]) -> list[str]:
    """Words may also stand in one parameter, with commas."""
    return [word.strip() for text in given for word in text.split(",")]


LeadPath = Annotated[LeadId, Path(ge=1, le=BIGGEST, description="The lead's id.")]
MapPath = Annotated[
    MapId, Path(ge=1, le=BIGGEST, description="The membership: `campaign_lead_map_id`.")
]
VocabularyParam = Annotated[
    Vocabulary | None,
    Query(description="Whose words name a status; by default the key's."),
]
EmailStatusParam = Annotated[
    EmailStatus | None,
    Query(description="What became of the mails."),
]
StatusParam = Annotated[
    list[str],
    Query(description="Statuses, in the words of any vocabulary; several are joined by or."),
]
ValidationParam = Annotated[
    list[ValidationWord],
    Query(description="What was found out about the address; several are joined by or."),
    BeforeValidator(split),
]
OptionalLastId = Annotated[int, Field(ge=0, le=BIGGEST), AN_INTEGER] | None
"""0 stands before the first."""
OptionalId = Annotated[int, Field(ge=1, le=BIGGEST), AN_INTEGER] | None


CustomValue = TypeAliasType(
    "CustomValue", Annotated[str, StringConstraints(max_length=10_000)] | int | float | bool | None
)
CustomFields = TypeAliasType(
    "CustomFields",
    Annotated[
        dict[Annotated[str, StringConstraints(min_length=1, max_length=200)], CustomValue],
        Field(max_length=200),
    ],
)
LenientCustomFields = Annotated[CustomFields | None, BLANK_IS_NULL, ObjectOrBlank()]
TextOrNumber = TypeAliasType("TextOrNumber", Text | float)
LeadText = Annotated[Text, SentAs(TextOrNumber)]
"""A number is kept as text; for models with `coerce_numbers_to_str`."""
OptionalMoment = Moment | None
