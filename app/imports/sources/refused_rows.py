"""Rows that another import refused, to be tried again."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime

from app.files.records import Record
from app.imports.batch import GivenRow, given_row
from app.imports.errors import LedgerExpired
from app.imports.mapping.mapping import Mapping as Columns
from app.imports.repository.imports import ImportRepository
from app.imports.repository.refusals import RefusalRepository, RowAgain
from app.imports.sources.chunk import BYTES, ROWS, Chunk
from app.imports.sources.file_rows import file_row
from app.imports.sources.lead_rows import own_id, own_lead
from app.imports.sources.selections import RefusedRows
from app.kit.db import Tx
from app.kit.resources import Resources
from app.leads.repository.filtering import FilteringRepository
from app.values import LeadId, WorkspaceId
from app.workspaces.repository import WorkspaceRepository


class RowsAgain:
    """The rows as they were given then, read by the mapping of now; in their ledger's order."""

    def __init__(
        self,
        resources: Resources,
        workspace_id: WorkspaceId,
        rows: RefusedRows,
        columns: Columns | None,
    ) -> None:
        self._database, self._workspace_id = resources.database, workspace_id
        self._rows, self._columns = rows, columns

    async def count(self) -> AsyncIterator[int]:
        async with self._database.transaction() as tx:
            count = await RefusalRepository(tx, self._workspace_id).count(self._rows)
        yield count

    async def read(self, cursor: Mapping[str, int] | None) -> Chunk:
        """Raises LedgerExpired."""
        at = cursor or {"row": 0}
        async with self._database.transaction() as tx:
            refusals = RefusalRepository(tx, self._workspace_id)
            page = await refusals.page(self._rows, after=at["row"], limit=ROWS, max_bytes=BYTES)
            await self._check_kept(tx)
            ids = [lead_id for one in page.rows if (lead_id := own_id(one.given))]
            emails = await FilteringRepository(tx, self._workspace_id).emails(ids) if ids else {}
        rows = [_again(one, self._columns, emails) for one in page.rows]
        last = page.rows[-1].row if page.rows else at["row"]
        return Chunk(rows, {"row": last}, page.is_last)

    async def _check_kept(self, tx: Tx) -> None:
        """After they were read: whatever is removed was too old before."""
        found = await ImportRepository(tx, self._workspace_id).watched(self._rows.import_id)
        policy = (await WorkspaceRepository(tx, self._workspace_id).get()).policy
        if not found.has_ledger(policy.ledger_retention_days, datetime.now(UTC)):
            raise LedgerExpired


def _again(one: RowAgain, columns: Columns | None, emails: Mapping[LeadId, str]) -> GivenRow:
    """A lead of ours that is gone since comes in as it was shown then."""
    if columns is not None:
        return file_row(_record(one, columns.headers), columns)
    lead_id = own_id(one.given)
    if lead_id and lead_id in emails:
        return own_lead({**one.given, "email": emails[lead_id]})
    return given_row(one.given)


def _record(one: RowAgain, headers: Sequence[str]) -> Record:
    """Of a file, as the ledger kept it by column."""
    extra = dict(one.given)
    cells = [extra.pop(header, "") for header in headers]
    return Record(one.line or 0, cells, extra or None, None)
