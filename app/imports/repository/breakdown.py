"""Who stands in the way, counted over a ledger."""

from collections.abc import Sequence
from typing import NamedTuple

from app.imports.breakdown import By
from app.imports.repository.ledgers import Ledgers
from app.kit.db import Tx
from app.values import Code, WorkspaceId

KEYS = {
    By.CAMPAIGN: """(values (r.detail -> 'conflict' ->> 'campaign_id',
                             r.detail -> 'conflict' ->> 'campaign_name'))""",
    By.DOMAIN: "(values (split_part(r.email, '@', -1), null))",
    By.SOURCE_TAG: """(select tag, null
                       from jsonb_array_elements_text(r.detail -> 'conflict' -> 'tags') tag)""",
    By.ENTRY: """(values ((r.detail -> 'matched' ->> 'kind') || ' ' ||
                          (r.detail -> 'matched' ->> 'entry'), null))""",
    By.NORMALISATION: """(select reason, null
                          from jsonb_array_elements_text(r.detail -> 'normalisations') reason)""",
}
"""What a row is counted under, and what else is to be told of it; no row or null for nothing."""


HASHED = "set local enable_sort = off"
"""A ledger that was not analyzed yet looks small, and its rows would be sorted to be counted: all
of them, on disk."""


class Line(NamedTuple):
    """``label`` is the name of a campaign, as one of the rows has it."""

    key: str
    label: str | None
    rows: int
    by_code: dict[str, int]


class BreakdownRepository:
    """Ledgers of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def page(
        self,
        ledgers: Ledgers,
        by: By,
        codes: Sequence[Code],
        after: tuple[int, str] | None,
        limit: int,
    ) -> list[Line]:
        """The largest first, those behind ``after``: in one pass over the rows with these codes."""
        await self._tx.rows(HASHED)
        found = await self._tx.rows(
            lines_of(ledgers, by),
            self._workspace_id,
            *ledgers.arguments,
            [code.value for code in codes],
            *(after or (None, None)),
            limit,
        )
        return [Line(row["key"], row["label"], row["n"], row["by_code"]) for row in found]


def lines_of(ledgers: Ledgers, by: By) -> str:
    return f"""
select key, max(label) label, sum(n)::bigint n, jsonb_object_agg(code, n) by_code
from (
    select b.key collate "C" as key, r.code, max(b.label) label, count(*) n
    from {ledgers.tables}
    cross join lateral {KEYS[by]} b (key, label)
    where r.detail is not null and r.code = any($4::text[])
    group by 1, r.code) counted
where key is not null
group by key
having $5::bigint is null or sum(n) < $5 or sum(n) = $5 and key > $6::text
order by n desc, key limit $7
"""  # noqa: S608  # text of ours
