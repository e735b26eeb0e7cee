"""Files, and what is decided of imports, on the wire."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict
from typing_extensions import TypeAliasType

from app.imports.operations.creating import Decisions
from app.imports.schemas.terms import TermsIn
from app.kit.fields import Flag
from app.uploads.schemas import UploadedFile

ColumnName = Annotated[str, StringConstraints(max_length=10_000)]
Target = Annotated[str, StringConstraints(max_length=1_000)]
ColumnMapping = TypeAliasType(
    "ColumnMapping", Annotated[dict[ColumnName, Target | None], Field(max_length=1_000)]
)
EXAMPLE: JsonDict = {
    "mapping": {"E-mail": "email", "Vorname": "first_name"},
    "mode": "create_and_update",
}


class ImportSettingsIn(TermsIn):
    """The terms on which rows come in, and what the columns of a file are.

    `mapping`: column → `email`, a field of a lead, `full_name`, `tags`, `custom_fields`,
    `custom_fields.name`, `validation` (what a tool found out about the address, in its own words)
    with `validation_detail` and `validation_checked_at`, or null to leave it out; it replaces the
    one that was suggested.
    """

    mapping: ColumnMapping | None = None
    start: Flag | None = Field(None, description="Begin at once.")

    def decisions(self) -> Decisions:
        return Decisions(self.terms(), self.mapping, bool(self.start))


class DecideImportIn(BaseModel):
    """What is to be different."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"settings": EXAMPLE}]}
    )

    settings: ImportSettingsIn


class StartImportIn(BaseModel):
    """For real, or only to see."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"dry_run": False}]})

    dry_run: Flag | None = None


class UndoImportIn(BaseModel):
    """For real, or only to see."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"dry_run": True}]})

    dry_run: Flag | None = None


class ImportFileIn(BaseModel):
    """A form with a file, and with settings as JSON."""

    model_config = ConfigDict(
        json_schema_extra={
            "additionalProperties": False,
            "examples": [{"file": "email,first_name\nann@example.com,Ann\n"}],
        }
    )

    file: UploadedFile
    settings: ImportSettingsIn | None = None
