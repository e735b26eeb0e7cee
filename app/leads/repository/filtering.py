"""Leads by the filter, page after page in the order of their ids.

Every page costs what it skips and shows, wherever it begins: rows come along an index whose order
is the page's, and nothing is sorted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.kit.db import Tx
from app.kit.portions import portion
from app.leads.repository.columns import FIELDS
from app.leads.repository.conditions import Conditions, conditions
from app.leads.rules.filters import LeadFilter
from app.values import LEAD_FIELDS, LeadId, WorkspaceId

# Statistics of a quiet moment, and none at all, make few rows of many, and sorting them cheap.
ALONG_THE_INDEX = """
select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)
"""
LEAD = f"""
    select id, email, custom_fields, created_at, {FIELDS} from leads
    where workspace_id = $1"""  # noqa: S608  # column names of ours
EVERYBODY = """
    from leads l
    where l.workspace_id = $1 and l.id > $2 and l.id <= $3"""
CHOSEN = f"""
    from (select distinct id from unnest(%s::bigint[]) i (id) where id > $2 and id <= $3) i
    cross join lateral ({LEAD} and id = i.id offset 0) l
    where true"""  # noqa: S608  # text of ours
MEMBERS = f"""
    from campaign_leads cl
    cross join lateral ({LEAD} and id = cl.lead_id offset 0) l
    where cl.workspace_id = $1 and cl.lead_id > $2 and cl.lead_id <= $3
      and not cl.campaign_id = any(array(
          select id from campaigns where workspace_id = $1 and deleted_at is not null))"""  # noqa: S608  # text of ours
EMAILS = """
select l.id, l.email
from unnest($2::bigint[]) i (id)
cross join lateral (
    select id, email from leads where workspace_id = $1 and id = i.id offset 0) l
"""
SHOWN = f"l.email, {', '.join(f'l.{name}' for name in LEAD_FIELDS)}"


class FilteredLead(NamedTuple):
    """``own_fields`` are the custom fields of the membership that the filter asked for: of the
    first of its campaigns, where they are in several. Empty where it named no campaign.
    """

    id: LeadId
    email: str
    fields: dict[str, str]
    own_fields: dict[str, Any]


class FilteredPage(NamedTuple):
    leads: list[FilteredLead]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """Without its end: what is selected of whom, in which order."""

    distinct: str
    shown: str
    found: str
    order: str
    arguments: Sequence[Any]

    @classmethod
    def of(cls, by: LeadFilter, *window: Any) -> "Statement":
        """``$1`` is the workspace, ``$2`` and ``$3`` are the ids between which leads are read."""
        asked = Conditions(*window)
        distinct, lead_id, order = "", "l.id", "l.id"
        own = "cl.custom_fields" if by.campaign_id else "'{}'::jsonb"
        if by.is_of_members:
            distinct, lead_id = "distinct on (cl.lead_id)", "cl.lead_id"
            found, order = MEMBERS, "cl.lead_id, cl.campaign_id"
        elif by.lead_ids:
            found = asked.place(CHOSEN, list(by.lead_ids))
        else:
            found = EVERYBODY
        conditions(asked, by)
        found += "".join(f"\n      and {one}" for one in asked.texts)
        return cls(
            distinct, f"{lead_id} id, {SHOWN}, {own} own_fields", found, order, asked.arguments
        )

    def page(self) -> str:
        """Its last two parameters are the rows and the bytes that it has at most."""
        limit = len(self.arguments) + 1
        page = (
            f"select {self.distinct} {self.shown} {self.found} order by {self.order} limit ${limit}"
        )
        return portion(page, order="id", size="octet_length(own_fields::text)", most=limit + 1)

    def count(self) -> str:
        """Its last parameter is where counting stops; null for nowhere."""
        return (
            f"select count(*) n from (select {self.distinct} l.id {self.found}"  # noqa: S608  # text of ours
            f" order by {self.order} limit ${len(self.arguments) + 1}) found"
        )


class FilteringRepository:
    """The leads of one workspace. Its statements want a transaction of their own."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def newest(self) -> LeadId:
        """The highest id there is; 0 for none."""
        [row] = await self._tx.rows(
            "select coalesce(max(id), 0) id from leads where workspace_id = $1", self._workspace_id
        )
        return LeadId(row["id"])

    async def page(
        self, by: LeadFilter, *, after: LeadId, until: LeadId, limit: int, max_bytes: int
    ) -> FilteredPage:
        """Leads from behind ``after`` up to ``until``, as many as fit; each is there once.

        ``max_bytes`` of what travels with them: a page ends with the one that exceeds it.
        """
        asked = Statement.of(by, self._workspace_id, after, until)
        await self._tx.rows(ALONG_THE_INDEX)
        rows = await self._tx.rows(asked.page(), *asked.arguments, limit, max_bytes)
        whole = not rows or len(rows) == rows[0]["page_rows"]
        return FilteredPage([_lead(row) for row in rows], whole and len(rows) < limit)

    async def count(self, by: LeadFilter, *, until: LeadId, most: int | None = None) -> int:
        """How many leads up to ``until`` pass the filter; counting stops at ``most``."""
        asked = Statement.of(by, self._workspace_id, 0, until)
        await self._tx.rows(ALONG_THE_INDEX)
        [row] = await self._tx.rows(asked.count(), *asked.arguments, most)
        counted: int = row["n"]
        return counted

    async def emails(self, lead_ids: Sequence[LeadId]) -> dict[LeadId, str]:
        """Of those that are there, by id."""
        rows = await self._tx.rows(EMAILS, self._workspace_id, list(lead_ids))
        return {LeadId(row["id"]): row["email"] for row in rows}


def _lead(row: Any) -> FilteredLead:
    fields = {name: row[name] for name in LEAD_FIELDS if row[name]}
    return FilteredLead(LeadId(row["id"]), row["email"], fields, row["own_fields"])
