"""The ledger of an import on the wire."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypeAliasType

from app.gate.schemas import ConflictOut, MatchedOut
from app.imports import examples
from app.imports.records import LedgerRow
from app.imports.schemas.batches import RefusalOut
from app.imports.schemas.undo import UndoneOut
from app.values import Code, Outcome

GivenRow = TypeAliasType("GivenRow", dict[str, Any])
OutcomeFilter = TypeAliasType(
    "OutcomeFilter", Literal["added", "updated", "unchanged", "skipped", "failed", "excluded"]
)


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
    hint: str | None
    also: list[RefusalOut] | None
    normalised_from: str | None
    given: GivenRow | None
    undo: UndoneOut | None

    @classmethod
    def of(cls, row: LedgerRow) -> "LedgerRowOut":
        detail = row.detail or {}
        return cls(
            row=row.row,
            line=row.line,
            email=row.email,
            lead_id=row.lead_id,
            outcome=row.code.outcome,
            code=row.code,
            undo=UndoneOut.of(row.undo) if row.undo else None,
            **{
                name: detail.get(name)
                for name in (
                    "reason",
                    "conflict",
                    "matched",
                    "override",
                    "allowed_from",
                    "hint",
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
