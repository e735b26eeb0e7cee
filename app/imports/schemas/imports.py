"""Imports and their ledger on the wire."""

from datetime import datetime
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
)
from typing_extensions import TypeAliasType

from app.gate.schemas import ConflictOut, MatchedOut
from app.imports import examples
from app.imports.repository import Import, LedgerRow
from app.imports.schemas.batches import RefusalOut
from app.values import (
    Code,
    ImportSource,
    ImportState,
    Outcome,
)

GivenRow = TypeAliasType("GivenRow", dict[str, Any])
OutcomeFilter = TypeAliasType(
    "OutcomeFilter", Literal["added", "updated", "unchanged", "skipped", "failed", "excluded"]
)


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

    rows_total: int
    rows_done: int
    percent: float


class ImportOut(BaseModel):
    """What we made of a batch."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.IMPORT]})

    id: int
    campaign_id: int
    source: ImportSource
    state: ImportState
    revision: int
    push: str | None
    settings: dict[str, Any]
    progress: ProgressOut
    counts: CountsOut
    by_code: dict[str, int]
    groups: GroupsOut
    has_exclusions: bool
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    ledger_removed_at: datetime | None = Field(
        description="When its rows were removed, because the workspace keeps them no longer."
    )

    @classmethod
    def of(cls, found: Import) -> "ImportOut":
        counts = found.tally.outcomes()
        return cls(
            id=found.id,
            campaign_id=found.campaign_id,
            source=found.source,
            state=found.state,
            revision=found.revision,
            push=found.push,
            settings=found.settings,
            progress=ProgressOut(
                rows_total=found.rows_total,
                rows_done=found.rows_done,
                percent=round(100 * found.rows_done / found.rows_total, 1)
                if found.rows_total
                else 100,
            ),
            counts=CountsOut(**counts),
            by_code=found.tally.stored(),
            groups=GroupsOut(**found.tally.groups()),
            has_exclusions=bool(counts["skipped"] or counts["failed"]),
            error=found.error,
            created_at=found.created_at,
            started_at=found.started_at,
            finished_at=found.finished_at,
            ledger_removed_at=found.ledger_removed_at,
        )


class ImportsOut(BaseModel):
    """A page of imports, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [examples.IMPORT], "next_cursor": None}]}
    )

    data: list[ImportOut]
    next_cursor: str | None


class LedgerRowOut(BaseModel):
    """A line of the ledger.

    ``row`` counts from 1. ``given`` is the row as it was sent, kept of those that were refused.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LEDGER_ROW]})

    row: int
    line: int | None
    email: str | None
    lead_id: int | None
    outcome: Outcome
    code: Code
    reason: str | None
    conflict: ConflictOut | None
    matched: MatchedOut | None
    override: str | None
    allowed_from: datetime | None
    also: list[RefusalOut] | None
    normalised_from: str | None
    given: GivenRow | None

    @classmethod
    def of(cls, row: LedgerRow) -> "LedgerRowOut":
        detail = row.detail or {}
        return cls(
            row=row.row,
            line=None,
            email=row.email,
            lead_id=row.lead_id,
            outcome=row.code.outcome,
            code=row.code,
            **{
                name: detail.get(name)
                for name in (
                    "reason",
                    "conflict",
                    "matched",
                    "override",
                    "allowed_from",
                    "also",
                    "normalised_from",
                    "given",
                )
            },
        )


class LedgerOut(BaseModel):
    """A page of the ledger, in the order of the rows."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [examples.LEDGER_ROW], "next_cursor": None}]}
    )

    data: list[LedgerRowOut]
    next_cursor: str | None
