"""What workspaces know better than the shared lists, stored."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.kit.db import Tx
from app.validation.overrides.rules import KnownBetter, ListName, Override, Place, overrides_of
from app.validation.rules import Overrides
from app.values import WorkspaceId

# Whoever changes an override holds the workspace: what is judged by the ones before is stored by
# then, and judged again.
SHARE = "select lists_revision from workspaces where id = $1 for share"
ALL = "select list, entry, listed from list_overrides where workspace_id = $1"

PAGE = """
select list, entry, listed, updated_at from list_overrides
where workspace_id = $1 and (list, entry) > ($2, $3) and ($4::text is null or list = $4)
order by list, entry limit $5
"""
PUT = """
insert into list_overrides as o (workspace_id, list, entry, listed)
select $1, r.* from unnest($2::text[], $3::text[], $4::bool[]) r (list, entry, listed)
on conflict (workspace_id, list, entry) do update
set listed = excluded.listed, updated_at = now() where o.listed is distinct from excluded.listed
returning list, entry, listed
"""
# By their place in the table: a plan that no statistics can spoil.
REMOVE = """
delete from list_overrides o
using unnest($2::text[], $3::text[]) r (list, entry)
cross join lateral (
    select ctid place from list_overrides
    where workspace_id = $1 and list = r.list and entry = r.entry offset 0) found
where o.ctid = found.place
returning o.list, o.entry, o.listed
"""
COUNT = "select count(*) n from list_overrides where workspace_id = $1"
RAISE = "update workspaces set lists_revision = lists_revision + 1 where id = $1"


class OverrideRepository:
    """The overrides of one workspace, and the number of their last change."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def all(self) -> Overrides:
        rows = await self._tx.rows(ALL, self._workspace_id)
        return overrides_of([(_place(row), row["listed"]) for row in rows])

    async def held(self) -> KnownBetter:
        """As they stay until this transaction ends."""
        [workspace] = await self._tx.rows(SHARE, self._workspace_id)
        return KnownBetter(await self.all(), workspace["lists_revision"])

    async def page(
        self, of_list: ListName | None, after: Place | None, limit: int
    ) -> list[Override]:
        """By list and entry."""
        behind = after or ("", "")
        rows = await self._tx.rows(PAGE, self._workspace_id, *behind, of_list, limit)
        return [Override(_place(row), row["listed"], row["updated_at"]) for row in rows]

    async def put(self, wanted: Mapping[Place, bool]) -> dict[Place, bool]:
        """Gives those that were not so before."""
        lists, entries = zip(*wanted, strict=True)
        listed = list(wanted.values())
        rows = await self._tx.rows(PUT, self._workspace_id, lists, entries, listed)
        return {_place(row): row["listed"] for row in rows}

    async def remove(self, places: Sequence[Place]) -> dict[Place, bool]:
        """Gives those that were there."""
        lists, entries = zip(*places, strict=True)
        rows = await self._tx.rows(REMOVE, self._workspace_id, lists, entries)
        return {_place(row): row["listed"] for row in rows}

    async def count(self) -> int:
        [row] = await self._tx.rows(COUNT, self._workspace_id)
        counted: int = row["n"]
        return counted

    async def raise_revision(self) -> None:
        await self._tx.rows(RAISE, self._workspace_id)


def _place(row: Any) -> Place:
    return Place(ListName(row["list"]), row["entry"])
