"""Refused rows of a ledger, as rows to be read again."""

from typing import Any, NamedTuple

from app.imports.sources.selections import RefusedRows
from app.kit.db import Tx
from app.kit.portions import portion
from app.values import WorkspaceId

FOUND = """
    from import_rows
    where workspace_id = $1 and import_id = $2 and run = $3 and code = any($4::text[])"""
PAGE = portion(
    f"select row_no, line, detail -> 'given' given {FOUND} and row_no > $5"
    " order by row_no limit $6",
    order="row_no",
    size="octet_length(given::text)",
    most=7,
)
COUNT = f"select count(*) n from (select {FOUND} limit $5) found"  # noqa: S608  # text of ours


class RowAgain(NamedTuple):
    """``given`` as it was sent; empty where it was not kept."""

    row: int
    line: int | None
    given: dict[str, Any]


class RefusedPage(NamedTuple):
    rows: list[RowAgain]
    is_last: bool


class RefusalRepository:
    """The ledgers of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def page(self, of: RefusedRows, *, after: int, limit: int, max_bytes: int) -> RefusedPage:
        """Rows behind ``after``, as many as fit; the last one may exceed the bytes."""
        rows = await self._tx.rows(PAGE, *self._asked(of), after, limit, max_bytes)
        whole = not rows or len(rows) == rows[0]["page_rows"]
        found = [RowAgain(row["row_no"], row["line"], row["given"] or {}) for row in rows]
        return RefusedPage(found, whole and len(rows) < limit)

    async def count(self, of: RefusedRows, most: int | None = None) -> int:
        """How many there are; counting stops at ``most``."""
        [row] = await self._tx.rows(COUNT, *self._asked(of), most)
        counted: int = row["n"]
        return counted

    def _asked(self, of: RefusedRows) -> tuple[Any, ...]:
        return self._workspace_id, of.import_id, of.run, [code.value for code in of.codes]
