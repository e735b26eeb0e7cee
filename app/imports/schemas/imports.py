"""Imports and their ledger on the wire."""

from datetime import datetime
from typing import Any, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
)
from typing_extensions import TypeAliasType

from app.imports import examples
from app.imports.records import Import
from app.imports.schemas.batches import WarningOut
from app.imports.schemas.undo import UndoOut
from app.imports.states import NOT_ENDED
from app.values import (
    ImportSource,
    ImportState,
    SuppressionKind,
    Wish,
)

Selection = TypeAliasType("Selection", dict[str, Any])


class GroupsOut(BaseModel):
    """lemlist's four groups and the suppressed; they sum to the rows."""

    imported: int
    duplicates: int
    in_progress_elsewhere: int
    suppressed: int
    failed: int


class CountsOut(BaseModel):
    """They sum to the rows."""

    added: int
    updated: int
    unchanged: int
    skipped: int
    failed: int


class ProgressOut(BaseModel):
    """How far it is."""

    rows_total: int = Field(description="Grows while those of a large file are counted.")
    rows_done: int
    percent: float
    rows_per_s: float | None = Field(description="Of this run; null before its first rows.")
    seconds_left: float | None = Field(
        description="Null when nothing is known, nothing left, or the import has ended."
    )

    @classmethod
    def of(cls, found: Import) -> "ProgressOut":
        done, total = found.rows_done, found.rows_total
        rate = done / found.working_s if done and found.working_s else None
        left, goes_on = total - done, found.state in NOT_ENDED
        return cls(
            rows_total=total,
            rows_done=done,
            percent=round(100 * done / total, 1) if total else _percent_of_nothing(found),
            rows_per_s=round(rate, 1) if rate else None,
            seconds_left=round(left / rate, 1) if rate and left > 0 and goes_on else None,
        )


def _percent_of_nothing(found: Import) -> float:
    return 100.0 if found.state is ImportState.COMPLETED else 0.0


class FormatOut(BaseModel):
    """What a file is."""

    kind: str = Field(description="`csv`, `ndjson` or `xlsx`.")
    delimiter: str | None = Field(description="Of CSV.")
    encoding: str | None = Field(description="Null for a workbook.")
    header_line: int | None = Field(description="Null where no line names the columns.")


class ColumnOut(BaseModel):
    """What a column of the file seems to be."""

    column: str
    target: str | None = Field(description="As in `settings.mapping`; null leaves it out.")
    confidence: float = Field(description="From 0 to 1.")
    reason: str


class FindingOut(BaseModel):
    """Something about a file that a person should know."""

    code: str
    column: str | None
    detail: str


class PreviewOut(BaseModel):
    """What stands in a file, as far as its beginning tells; or whom a filter finds."""

    format: FormatOut | None = Field(description="Null where nothing has columns.")
    headers: list[str]
    rows: list[list[str]] = Field(
        description="The first 20, of each cell 200 characters; none when the ledger was removed."
    )
    tool: str | None = Field(description="The program that wrote the file, if its headers tell.")
    mapping: list[ColumnOut]
    sampled_rows: int = Field(description="Of how many rows `normalised` tells.")
    normalised: dict[str, int] = Field(
        description="Addresses that are read otherwise than they are written, by reason."
    )
    warnings: list[FindingOut]
    matches: int | None = Field(
        None, description="How many rows there are now, up to 100,000. Null for a file."
    )
    matches_is_exact: bool | None = None


class ImportOut(BaseModel):
    """What we made of a batch."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.IMPORT]})

    id: int
    campaign_id: int | None = Field(
        description="Null for a suppression list that holds in all campaigns."
    )
    suppresses: SuppressionKind | None = Field(
        description="The suppression list that it fills; null for people into a campaign."
    )
    source: ImportSource
    state: ImportState
    wish: Wish | None = Field(
        description="What was asked of it while it runs; granted after the rows at hand."
    )
    revision: int
    upload_id: int | None
    preview: PreviewOut | None = Field(
        description="Its first rows, and how those of a file are read. Null in lists and streams."
    )
    selection: Selection | None = Field(
        description="The filter, or which rows were refused. Null for a file, and as above."
    )
    push: str | None
    settings: dict[str, Any]
    progress: ProgressOut
    counts: CountsOut
    by_code: dict[str, int]
    by_normalisation: dict[str, int] = Field(
        description="Of the rows of a file: addresses that were read otherwise, by reason."
    )
    groups: GroupsOut
    has_exclusions: bool
    warnings: list[WarningOut]
    undo: UndoOut | None
    error: str | None = Field(
        description="Why it failed; while it is queued, what its last try met with."
    )
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    ledger_removed_at: datetime | None = Field(
        description="When its rows were removed, because the workspace keeps them no longer."
    )

    @classmethod
    def of(cls, found: Import) -> "ImportOut":
        return cls(
            id=found.id,
            campaign_id=found.campaign_id,
            suppresses=found.suppresses,
            source=found.source,
            state=found.state,
            wish=found.wish,
            upload_id=found.upload_id,
            preview=PreviewOut(**found.preview) if found.preview else None,
            selection=found.selection,
            revision=found.revision,
            push=found.push,
            settings=found.settings,
            progress=ProgressOut.of(found),
            counts=CountsOut(**found.tally.outcomes()),
            by_code=found.tally.stored(),
            by_normalisation=found.by_normalisation,
            groups=GroupsOut(**found.tally.groups()),
            has_exclusions=found.tally.excluded() > 0,
            warnings=_warnings(found),
            undo=UndoOut.of(found.undo) if found.undo else None,
            error=found.error,
            created_at=found.created_at,
            started_at=found.started_at,
            finished_at=found.finished_at,
            ledger_removed_at=found.ledger_removed_at,
        )


def _warnings(found: Import) -> list[WarningOut]:
    return cast(list[WarningOut], found.in_the_way.warnings(found.tally, found.settings))


class ImportsOut(BaseModel):
    """A page of imports, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [examples.IMPORT], "next_cursor": None}]}
    )

    data: list[ImportOut]
    next_cursor: str | None
