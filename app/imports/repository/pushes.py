"""All imports of one name together."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.imports.errors import PushNotFound
from app.imports.records import Push, Undoing
from app.imports.repository.ledgers import KEPT, OF_PUSH
from app.imports.rules import Tally
from app.kit.db import Tx
from app.values import ImportId, ImportState, WorkspaceId

SUMMARY = f"""
with found as materialized (
    select state, by_code, undo, {KEPT} is_kept, created_at,
           coalesce(finished_at, started_at, created_at) moved_at
    from imports where {OF_PUSH})
select count(*) imports, count(*) filter (where is_kept) ledgers,
       min(created_at) first_at, max(moved_at) last_at,
       (select jsonb_object_agg(state, n)
        from (select state, count(*) n from found group by state) states) by_state,
       (select jsonb_object_agg(code, n)
        from (select c.key code, sum(c.value::bigint) n
              from found cross join lateral jsonb_each_text(by_code) c group by 1) codes) by_code,
       sum((undo ->> 'rows_done')::bigint)::bigint undo_rows_done,
       (select jsonb_object_agg(code, n)
        from (select c.key code, sum(c.value::bigint) n
              from found cross join lateral jsonb_each_text(undo -> 'by_code') c
              group by 1) codes) undo_by_code
from found
"""  # noqa: S608  # text of ours

UNDOABLE = f"""
select id from imports
where {OF_PUSH} and {KEPT} and suppresses is null and state = any($4::text[])
  and coalesce(started_at >= $5::timestamptz, true)
  and exists (select from campaigns c where c.workspace_id = $1 and c.id = campaign_id
              and c.deleted_at is null offset 0)
order by id desc for no key update
"""  # noqa: S608  # text of ours


class PushRepository:
    """The pushes of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def get(self, name: str, kept_since: datetime | None) -> Push:
        """Rows of imports that ended before ``kept_since`` are not kept. Raises PushNotFound."""
        [row] = await self._tx.rows(SUMMARY, self._workspace_id, name, kept_since)
        if not row["imports"]:
            raise PushNotFound
        return Push(
            name=name,
            imports=row["imports"],
            ledgers=row["ledgers"],
            by_state=row["by_state"],
            tally=Tally.read(row["by_code"] or {}),
            undo=_undo(row),
            first_at=row["first_at"],
            last_at=row["last_at"],
        )

    async def undoable(
        self,
        name: str,
        states: Iterable[ImportState],
        kept_since: datetime | None,
        history_since: datetime | None,
    ) -> list[ImportId]:
        """The newest first, those in one of these states; they are held, their campaigns are not.

        Without those that ended before ``kept_since``, or had begun before ``history_since``.
        """
        given = [state.value for state in states]
        rows = await self._tx.rows(
            UNDOABLE, self._workspace_id, name, kept_since, given, history_since
        )
        return [ImportId(row["id"]) for row in rows]


def _undo(row: Any) -> Undoing | None:
    if row["undo_rows_done"] is None:
        return None
    stored = {"rows_done": row["undo_rows_done"], "by_code": row["undo_by_code"] or {}}
    return Undoing.read(stored)
