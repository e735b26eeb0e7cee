"""The rows that did not get in, read page by page."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from app.imports.records import RefusedRow
from app.imports.repository.ledgers import Ledgers
from app.kit.db import Tx
from app.kit.portions import portion
from app.values import Code, ImportId, WorkspaceId

PAGE_ROWS = 1_000
PAGE_BYTES = 4 * 1024 * 1024
"""A page ends with the row that exceeds either; a row of a file may have a MiB."""


class RefusedRepository:
    """Ledgers of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId, ledgers: Ledgers) -> None:
        self._tx, self._workspace_id, self._ledgers = tx, workspace_id, ledgers

    async def page(
        self, codes: Sequence[Code], after: tuple[ImportId, int] | None
    ) -> list[RefusedRow]:
        """In the order of the imports and of their rows, those behind ``after``."""
        found = await self._rows(page_of, codes, *(after or (0, 0)), PAGE_ROWS, PAGE_BYTES)
        return [
            RefusedRow(
                ImportId(row["import_id"]),
                row["row_no"],
                Code(row["code"]),
                row["reason"],
                json.loads(row["given"]),
                row["is_wire"],
            )
            for row in found
        ]

    async def layouts(self) -> list[list[str] | None]:
        """The headers of each kind of file, in the order of the imports; None for batches."""
        whose = (self._workspace_id, *self._ledgers.arguments)
        found = await self._tx.rows(layouts_of(self._ledgers), *whose)
        return [row["headers"] for row in found]

    async def members(self, codes: Sequence[Code], most: int) -> list[tuple[str, bool]]:
        """Names of what refused rows hold that no header tells of, and whether they are a batch's.

        Of batches the custom fields, of NDJSON all members. One pass over the rows.
        """
        found = await self._rows(members_of, codes, most)
        return [(row["name"], row["is_wire"]) for row in found]

    async def _rows(
        self, statement: Callable[[Ledgers], str], codes: Sequence[Code], *arguments: Any
    ) -> Any:
        given = [code.value for code in codes]
        whose = (self._workspace_id, *self._ledgers.arguments)
        return await self._tx.rows(statement(self._ledgers), *whose, given, *arguments)


def page_of(ledgers: Ledgers) -> str:
    page = f"""
    select i.id import_id, i.format is null is_wire, r.*
    from ({ledgers.imports} and id >= $5) i
    cross join lateral (
        select row_no, code, detail ->> 'reason' reason,
               coalesce(detail ->> 'given', '{{}}') given
        from import_rows
        where workspace_id = $1 and import_id = i.id and run = i.run and code = any($4::text[])
          and row_no > case when i.id = $5 then $6 else 0 end
        order by row_no limit $7) r
    order by i.id, r.row_no limit $7"""  # noqa: S608  # text of ours
    return portion(page, order="import_id, row_no", size="octet_length(given)", most=8)


def layouts_of(ledgers: Ledgers) -> str:
    return f"""
select format -> 'headers' headers
from ({ledgers.imports}) i group by 1 order by min(id)
"""  # noqa: S608  # text of ours


def members_of(ledgers: Ledgers) -> str:
    return f"""
select distinct m.name collate "C" as name, i.format is null is_wire
from {ledgers.tables}
cross join lateral (
    select case when i.format is null then r.detail -> 'given' -> 'custom_fields'
                else r.detail -> 'given' end given) g
cross join lateral jsonb_object_keys(
    case jsonb_typeof(g.given) when 'object' then g.given else '{{}}' end) m (name)
where r.code = any($4::text[]) and i.format ->> 'kind' is distinct from 'csv'
order by 1, 2 limit $5
"""  # noqa: S608  # text of ours
