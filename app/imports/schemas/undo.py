"""What undoing makes of imports, on the wire."""

from pydantic import BaseModel, ConfigDict, Field

from app.imports import examples
from app.imports.records import Undoing, UndoneRow
from app.imports.undo_texts import REASONS
from app.values import UndoCode, UndoOutcome


class UndoneOut(BaseModel):
    """What undoing made of a row; ``reason`` says why one was kept."""

    outcome: UndoOutcome
    code: UndoCode
    reason: str | None

    @classmethod
    def of(cls, code: UndoCode) -> "UndoneOut":
        return cls(outcome=code.outcome, code=code, reason=REASONS.get(code))


class KeptRowOut(BaseModel):
    """A row that would be left as it is."""

    import_id: int
    row: int
    email: str | None
    lead_id: int
    code: UndoCode
    reason: str

    @classmethod
    def of(cls, kept: UndoneRow) -> "KeptRowOut":
        return cls(**kept._asdict(), reason=REASONS[kept.code])


class UndoOut(BaseModel):
    """What undoing made of an import, or in a dry run would make."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.UNDO]})

    dry_run: bool
    rows_done: int = Field(
        description="From the last one on; a dry run looks at no more than 500,000."
    )
    removed: int = Field(description="Memberships.")
    leads_removed: int = Field(description="Of these, with the person, who had come by the import.")
    restored: int
    kept: int
    by_reason: dict[str, int] = Field(description="Of those that were kept.")
    named: list[KeptRowOut] | None = Field(
        description="In a dry run: of those that would be kept, up to 100; afterwards"
        " `rows?undo=kept` lists all."
    )

    @classmethod
    def of(cls, undoing: Undoing) -> "UndoOut":
        foretold = undoing.foretold
        return cls(
            dry_run=foretold is not None,
            rows_done=undoing.rows_done,
            removed=undoing.count(UndoOutcome.REMOVED),
            leads_removed=undoing.by_code.get(UndoCode.LEAD_REMOVED, 0),
            restored=undoing.count(UndoOutcome.RESTORED),
            kept=undoing.count(UndoOutcome.KEPT),
            by_reason={code: n for code, n in undoing.by_code.items() if code in REASONS},
            named=None if foretold is None else [KeptRowOut.of(kept) for kept in foretold],
        )
