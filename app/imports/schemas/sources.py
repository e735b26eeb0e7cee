"""Where an import takes its rows from, on the wire."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from app.imports.schemas.files import EXAMPLE, ImportSettingsIn
from app.kit.fields import BIGGEST
from app.leads.schemas import filters
from app.leads.schemas.filters import FilterIn, PipelineIn
from app.values import ACCEPTED, Code

SOURCES = ("upload_id", "rows", "filter", "pipeline", "refused")
MOST_ROWS = 100_000
NEVER_AGAIN = (*ACCEPTED, Code.UNREADABLE_ROW)
"""Rows that were taken, and those of which only a part could be read."""

AnyRow = TypeAliasType("AnyRow", dict[str, Any])


def _refusal(code: Code) -> Code:
    if code in NEVER_AGAIN:
        raise PydanticCustomError("no_refusal", "Rows with this verdict are not tried again")
    return code


class RefusedIn(BaseModel):
    """Rows that the latest run of another import refused, tried again as they were given."""

    model_config = ConfigDict(extra="forbid")

    import_id: Annotated[int, Field(ge=1, le=BIGGEST)]
    codes: Annotated[
        list[Annotated[Code, AfterValidator(_refusal)]], Field(min_length=1, max_length=50)
    ] = Field(description="With these verdicts; not `unreadable_row`, which has to be mended.")


class CreateImportIn(BaseModel):
    """Exactly one source of rows, and the terms on which they come in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"upload_id": 7, "settings": EXAMPLE},
                {"rows": [{"E-mail": "ann@example.com", "Vorname": "Ann"}]},
                {"filter": filters.EXAMPLE, "settings": {"start": True}},
                {"pipeline": filters.PIPELINE_EXAMPLE},
                {"refused": {"import_id": 12, "codes": ["in_progress_in_other_campaign"]}},
            ]
        },
    )

    upload_id: Annotated[int, Field(ge=1, le=BIGGEST)] | None = Field(
        None, description="A file that was sent before."
    )
    rows: Annotated[list[AnyRow], Field(min_length=1, max_length=MOST_ROWS)] | None = Field(
        None, description="Objects, read like the lines of an NDJSON file."
    )
    filter: FilterIn | None = Field(None, description="Leads that the workspace has.")
    pipeline: PipelineIn | None = None
    refused: RefusedIn | None = None
    settings: ImportSettingsIn | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(getattr(self, name) is not None for name in SOURCES) != 1:
            raise PydanticCustomError("one_source", f"Send exactly one of {', '.join(SOURCES)}")
        return self
