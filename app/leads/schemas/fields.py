"""Types of parameters and fields that several endpoints share."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from typing_extensions import TypeAliasType

from app.campaigns.schemas.fields import BIGGEST_ID, null_for_blank
from app.kit.pages import BIGGEST
from app.leads.rules.records import EmailStatus
from app.values import CampaignId, LeadId, MapId, Vocabulary

LeadPath = Annotated[LeadId, Path(ge=1, le=BIGGEST_ID, description="The lead's id.")]
MapPath = Annotated[
    MapId, Path(ge=1, le=BIGGEST_ID, description="The membership: `campaign_lead_map_id`.")
]
Offset = Annotated[int, Query(ge=0, le=BIGGEST, description="Rows to skip; or use `cursor`.")]
VocabularyParam = Annotated[
    Vocabulary | None,
    BeforeValidator(null_for_blank),
    Query(description="Whose words name a status; by default the key's."),
]
EmailStatusParam = Annotated[
    EmailStatus | None,
    BeforeValidator(null_for_blank),
    Query(description="What became of the mails."),
]
StatusParam = Annotated[
    list[str],
    Query(description="Statuses, in the words of any vocabulary; several are joined by or."),
]
OptionalId = Annotated[
    Annotated[int, Field(ge=1, le=BIGGEST_ID)] | None, BeforeValidator(null_for_blank)
]
OptionalCampaign = Annotated[
    Annotated[CampaignId, Field(ge=1, le=BIGGEST_ID)] | None, BeforeValidator(null_for_blank)
]


CustomValue = TypeAliasType(
    "CustomValue", Annotated[str, StringConstraints(max_length=10_000)] | int | float | bool | None
)


def _utc(moment: datetime) -> datetime:
    """Without a zone it is UTC."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the years 1 to 9999") from None


Moment = Annotated[
    Annotated[datetime, AfterValidator(_utc)] | None, BeforeValidator(null_for_blank)
]
"""RFC 3339, or a day; "" is null."""
