"""Suppression lists that come as files, on the wire."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.campaigns.schemas.fields import OptionalCampaign, OptionalClient
from app.imports.operations.lists import ListDecisions
from app.imports.schemas.files import ColumnMapping
from app.kit.fields import BIGGEST, Flag
from app.suppression.rules import Reach
from app.uploads.schemas import UploadedFile
from app.values import SuppressionKind

EXAMPLE: JsonDict = {"kind": "block", "mapping": {"Domain": "entry"}, "start": True}


class ListSettingsIn(BaseModel):
    """Which list a file fills, and where its entries hold.

    `mapping`: the column of addresses and domains → `entry`, in place of the suggested one.
    """

    model_config = ConfigDict(extra="forbid")

    kind: SuppressionKind
    campaign_id: OptionalCampaign = Field(
        None, description="Unsubscribes of this campaign only; else of the workspace."
    )
    client_id: OptionalClient = Field(
        None, description="Entries that hold for this client's campaigns only."
    )
    mapping: ColumnMapping | None = None
    dry_run: Flag | None = None
    start: Flag | None = Field(None, description="Begin at once.")

    @model_validator(mode="after")
    def _one_reach(self) -> Self:
        if self.campaign_id is not None and self.kind is not SuppressionKind.UNSUBSCRIBE:
            raise PydanticCustomError("reach", "Only unsubscribes are of one campaign")
        if self.client_id is not None and self.kind is SuppressionKind.DO_NOT_CONTACT:
            raise PydanticCustomError("reach", "Do-not-contact holds everywhere")
        return self

    def decisions(self) -> ListDecisions:
        return ListDecisions(
            self.kind,
            Reach(self.campaign_id, self.client_id),
            self.mapping,
            bool(self.dry_run),
            bool(self.start),
        )


class ListUploadIn(BaseModel):
    """A file that was sent before."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"upload_id": 7, "settings": EXAMPLE}]}
    )

    upload_id: Annotated[int, Field(ge=1, le=BIGGEST)]
    settings: ListSettingsIn


class ListFileIn(BaseModel):
    """A file, and which list it fills."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"file": "Domain\n*.example.com\n", "settings": EXAMPLE}]}
    )

    file: UploadedFile
    settings: ListSettingsIn
