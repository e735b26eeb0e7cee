"""Imports and their ledger in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app import models
from app.imports.errors import ImportNotFound
from app.imports.rules import Tally
from app.kit.db import Tx
from app.kit.documents import written
from app.values import (
    CampaignId,
    Code,
    ImportId,
    ImportSource,
    ImportState,
    KeyId,
    LeadId,
    WorkspaceId,
)

RECORD = """
insert into imports
    (workspace_id, id, campaign_id, source, state, push, settings,
     rows_total, rows_done, by_code, created_by, started_at, finished_at)
values
    ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $8, $9::jsonb, $10, now(), now())
"""

LEDGER_COLUMNS = (
    "workspace_id",
    "import_id",
    "run",
    "row_no",
    "email",
    "lead_id",
    "code",
    "detail",
)

IMPORT_COLUMNS = (
    models.Import.id,
    models.Import.campaign_id,
    models.Import.source,
    models.Import.state,
    models.Import.revision,
    models.Import.run,
    models.Import.push,
    models.Import.settings,
    models.Import.rows_total,
    models.Import.rows_done,
    models.Import.by_code,
    models.Import.error,
    models.Import.created_at,
    models.Import.started_at,
    models.Import.finished_at,
    models.Import.ledger_removed_at,
)
ROW_COLUMNS = (
    models.ImportRow.row_no,
    models.ImportRow.email,
    models.ImportRow.lead_id,
    models.ImportRow.code,
    models.ImportRow.detail,
)


@dataclass(frozen=True, slots=True)
class Import:
    """A stored import."""

    id: ImportId
    campaign_id: CampaignId
    source: ImportSource
    state: ImportState
    revision: int
    run: int
    push: str | None
    settings: dict[str, Any]
    rows_total: int
    rows_done: int
    tally: Tally
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    ledger_removed_at: datetime | None


class LedgerRow(NamedTuple):
    """A line of the ledger.

    Rows count from 1. ``detail`` is null for a row that went in as it was given.
    """

    row: int
    email: str | None
    lead_id: LeadId | None
    code: Code
    detail: dict[str, Any] | None


class ImportRepository:
    """The imports of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def next_id(self) -> ImportId:
        """Taken before the rows are written, which name it."""
        rows = await self._tx.rows("select nextval('imports_id_seq') id")
        return ImportId(rows[0]["id"])

    async def record(
        self,
        import_id: ImportId,
        campaign_id: CampaignId,
        *,
        push: str | None,
        settings: dict[str, Any],
        tally: Tally,
        created_by: KeyId,
    ) -> None:
        """A batch's import: it is over when it is written."""
        await self._tx.rows(
            RECORD,
            self._workspace_id,
            import_id,
            campaign_id,
            ImportSource.API.value,
            ImportState.COMPLETED.value,
            push,
            written(settings),
            tally.rows(),
            written(tally.stored()),
            created_by,
        )

    async def write_ledger(self, import_id: ImportId, run: int, rows: Sequence[LedgerRow]) -> None:
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
                )
                for row in rows
            ),
        )

    async def get(self, import_id: ImportId) -> Import:
        """Raises ImportNotFound."""
        found = await self._tx.execute(
            select(*IMPORT_COLUMNS).where(
                models.Import.workspace_id == self._workspace_id, models.Import.id == import_id
            )
        )
        row = found.one_or_none()
        if row is None:
            raise ImportNotFound
        return _import(row)

    async def newest(
        self,
        *,
        campaign_id: CampaignId | None,
        state: ImportState | None,
        before: int | None,
        limit: int,
    ) -> list[Import]:
        """Imports, newest first, those below ``before``."""
        table = models.Import
        query = select(*IMPORT_COLUMNS).where(table.workspace_id == self._workspace_id)
        if campaign_id is not None:
            query = query.where(table.campaign_id == campaign_id)
        if state is not None:
            query = query.where(table.state == state)
        if before is not None:
            query = query.where(table.id < before)
        found = await self._tx.execute(query.order_by(table.id.desc()).limit(limit))
        return [_import(row) for row in found]

    async def ledger(
        self, found: Import, *, codes: Sequence[Code] | None, after: int, limit: int
    ) -> list[LedgerRow]:
        """Lines of the latest run in the order of the rows, those above ``after``."""
        table = models.ImportRow
        query = select(*ROW_COLUMNS).where(
            table.workspace_id == self._workspace_id,
            table.import_id == found.id,
            table.run == found.run,
            table.row_no > after,
        )
        if codes is not None:
            query = query.where(table.code.in_([code.value for code in codes]))
        rows = await self._tx.execute(query.order_by(table.row_no).limit(limit))
        return [
            LedgerRow(row.row_no, row.email, row.lead_id, Code(row.code), row.detail)
            for row in rows
        ]


def _import(row: Any) -> Import:
    return Import(
        id=ImportId(row.id),
        campaign_id=CampaignId(row.campaign_id),
        source=ImportSource(row.source),
        state=ImportState(row.state),
        revision=row.revision,
        run=row.run,
        push=row.push,
        settings=row.settings,
        rows_total=row.rows_total,
        rows_done=row.rows_done,
        tally=Tally({Code(code): n for code, n in row.by_code.items()}),
        error=row.error,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        ledger_removed_at=row.ledger_removed_at,
    )
