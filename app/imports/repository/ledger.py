"""The ledger: a line for every row of an import's latest run."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from app import models
from app.imports.records import Import
from app.kit.db import Tx
from app.kit.documents import written
from app.values import Code, ImportId, LeadId, WorkspaceId

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
    where workspace_id = $1 and import_id = $2 and run = $3 and email = key and taken)
"""
TABLE = models.ImportRow
ROW_COLUMNS = (
    TABLE.row_no,
    TABLE.email,
    TABLE.lead_id,
    TABLE.code,
    TABLE.detail,
    TABLE.line,
)


class LedgerRow(NamedTuple):
    """A line of the ledger.

    Rows count from 1. ``detail`` is null for a row that went in as it was given.
    """

    row: int
    email: str | None
    lead_id: LeadId | None
    code: Code
    detail: dict[str, Any] | None
    line: int | None = None
    taken: bool | None = None
    linkedin_key: str | None = None
    before: dict[str, Any] | None = None


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
        rows = await self._tx.execute(query.order_by(TABLE.row_no).limit(limit))
        return [
            LedgerRow(
                row.row_no,
                row.email,
                row.lead_id,
                Code(row.code),
                row.detail,
                row.line,
            )
            for row in rows
        ]
