"""The audit log: only ever added to."""

from typing import Any

import orjson
from sqlalchemy import and_, select

from app.audit.rules import Change, Entry
from app.kit.db import Tx
from app.kit.pages import Cursor, Page, Paged
from app.models import ApiKey, AuditEntry
from app.values import KeyId, WorkspaceId

CURSOR = Cursor("audit", int)

ADD = """
insert into audit_log (workspace_id, key_id, action, target, before, after)
select $1, $2, $3, target, before::jsonb, after::jsonb
from unnest($4::text[], $5::text[], $6::text[]) with ordinality given (target, before, after, n)
order by n
"""

COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.key_id,
    ApiKey.name.label("key_name"),
    AuditEntry.action,
    AuditEntry.target,
    AuditEntry.before,
    AuditEntry.after,
)


class AuditRepository:
    """One workspace's log."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def add(self, key_id: KeyId | None, action: str, changes: list[Change]) -> None:
        """One line per change, in one statement."""
        await self._tx.rows(
            ADD,
            self._workspace_id,
            key_id,
            action,
            [change.target for change in changes],
            [_document(change.before) for change in changes],
            [_document(change.after) for change in changes],
        )

    async def latest(self, page: Page) -> Paged[Entry]:
        """Newest first."""
        found = (
            select(*COLUMNS)
            .outerjoin(
                ApiKey,
                and_(
                    ApiKey.id == AuditEntry.key_id, ApiKey.workspace_id == AuditEntry.workspace_id
                ),
            )
            .where(AuditEntry.workspace_id == self._workspace_id)
            .order_by(AuditEntry.id.desc())
            .limit(page.limit + 1)
        )
        if after := page.after(CURSOR):
            found = found.where(AuditEntry.id < after[0])
        entries = [_entry(row) for row in await self._tx.execute(found)]
        return page.cut(entries, CURSOR, lambda entry: (entry.id,))


def _document(state: Any) -> str | None:
    return None if state is None else orjson.dumps(state).decode()


def _entry(row: Any) -> Entry:
    key_id = None if row.key_id is None else KeyId(row.key_id)
    return Entry(
        row.id, row.at, key_id, row.key_name, row.action, row.target, row.before, row.after
    )
