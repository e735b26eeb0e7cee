"""All imports of one name together."""

from datetime import datetime

from app.imports.errors import PushNotFound
from app.imports.records import Push
from app.imports.repository.ledgers import KEPT, OF_PUSH
from app.imports.rules import Tally
from app.kit.db import Tx
from app.values import WorkspaceId

SUMMARY = f"""
with found as materialized (
    select state, by_code, {KEPT} is_kept, created_at,
           coalesce(finished_at, started_at, created_at) moved_at
    from imports where {OF_PUSH})
select count(*) imports, count(*) filter (where is_kept) ledgers,
       min(created_at) first_at, max(moved_at) last_at,
       (select jsonb_object_agg(state, n)
        from (select state, count(*) n from found group by state) states) by_state,
       (select jsonb_object_agg(code, n)
        from (select c.key code, sum(c.value::bigint) n
              from found cross join lateral jsonb_each_text(by_code) c group by 1) codes) by_code
from found
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
            first_at=row["first_at"],
            last_at=row["last_at"],
        )
