"""The ledger: a line for every row of an import's latest run."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import literal_column, select

from app import models
from app.imports.records import Import, LedgerRow
from app.kit.db import Tx
from app.kit.documents import written
from app.leads.rules.undoing import Trace
from app.values import (
    REMOVALS,
    Code,
    ImportId,
    LeadId,
    UndoCode,
    UndoOutcome,
    WorkspaceId,
)

LEDGER_COLUMNS = (
    "workspace_id",
    "import_id",
    "run",
    "row_no",
    "email",
    "lead_id",
    "code",
    "detail",
    "line",
    "taken",
    "linkedin_key",
    "before",
)
TAKEN = """
select key email from unnest($4::text[]) key
where exists (
    select from import_rows
    where workspace_id = $1 and import_id = $2 and run = $3 and email = key and taken
    offset 0)
"""
TABLE = models.ImportRow
ROW_COLUMNS = (
    TABLE.row_no,
    TABLE.email,
    TABLE.lead_id,
    TABLE.code,
    TABLE.detail,
    TABLE.line,
    TABLE.undo,
)

# As the index of the kept rows says it.
IS_KEPT = TABLE.undo.not_in(
    [literal_column(f"'{code}'") for code in UndoCode if code.outcome is not UndoOutcome.KEPT]
)
UNDONE = {
    UndoOutcome.REMOVED: TABLE.undo.in_(REMOVALS),
    UndoOutcome.RESTORED: TABLE.undo == UndoCode.RESTORED,
    UndoOutcome.KEPT: IS_KEPT,
}

DID_SOMETHING = """
select row_no, email, lead_id, code, before from import_rows
where workspace_id = $1 and import_id = $2 and run = $3 and row_no between $4 and $5
  and code in ('added', 'updated') and undo is null
order by row_no desc
"""

# The range is read by the index, however the planner joins.
NOTE_UNDONE = """
update import_rows r set undo = done.undo
from unnest($4::int[], $5::text[]) done (row_no, undo)
where r.workspace_id = $1 and r.import_id = $2 and r.run = $3 and r.row_no = done.row_no
  and r.row_no between $6 and $7
"""


class DoneRow(NamedTuple):
    """A line that did something, with the address that it names."""

    trace: Trace
    email: str | None


class LedgerRepository:
    """The ledgers of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def write(self, import_id: ImportId, run: int, rows: Sequence[LedgerRow]) -> None:
        before = (self._workspace_id, import_id, run)
        await self._tx.copy(
            "import_rows",
            LEDGER_COLUMNS,
            (
                (
                    *before,
                    row.row,
                    row.email,
                    row.lead_id,
                    row.code,
                    written(row.detail) if row.detail else None,
                    row.line,
                    row.taken,
                    row.linkedin_key,
                    written(row.before) if row.before else None,
                )
                for row in rows
            ),
        )

    async def taken(self, import_id: ImportId, run: int, keys: Collection[str]) -> set[str]:
        """Of these, those that an earlier row of the run has."""
        rows = await self._tx.rows(TAKEN, self._workspace_id, import_id, run, list(keys))
        return {row["email"] for row in rows}

    async def page(
        self,
        found: Import,
        *,
        codes: Sequence[Code] | None,
        undo: UndoOutcome | None,
        after: int,
        limit: int,
    ) -> list[LedgerRow]:
        """Lines in the order of the rows, those above ``after``."""
        query = select(*ROW_COLUMNS).where(
            TABLE.workspace_id == self._workspace_id,
            TABLE.import_id == found.id,
            TABLE.run == found.run,
            TABLE.row_no > after,
        )
        if codes is not None:
            query = query.where(TABLE.code.in_([code.value for code in codes]))
        if undo is not None:
            query = query.where(UNDONE[undo])
        rows = await self._tx.execute(query.order_by(TABLE.row_no).limit(limit))
        return [
            LedgerRow(
                row.row_no,
                row.email,
                row.lead_id,
                Code(row.code),
                row.detail,
                row.line,
                undo=UndoCode(row.undo) if row.undo else None,
            )
            for row in rows
        ]

    async def did_something(self, found: Import, first: int, last: int) -> list[DoneRow]:
        """Of these rows, those that were added or updated, and not undone; the last one first."""
        rows = await self._tx.rows(
            DID_SOMETHING, self._workspace_id, found.id, found.run, first, last
        )
        return [
            DoneRow(
                Trace(
                    row["row_no"],
                    LeadId(row["lead_id"]),
                    row["code"] == Code.ADDED,
                    row["before"],
                ),
                row["email"],
            )
            for row in rows
        ]

    async def note_undone(self, found: Import, codes: Mapping[int, UndoCode]) -> None:
        """By the numbers of the rows."""
        await self._tx.rows(
            NOTE_UNDONE,
            self._workspace_id,
            found.id,
            found.run,
            list(codes),
            [code.value for code in codes.values()],
            min(codes),
            max(codes),
        )
