"""Reads of people, whatever campaigns they are in."""

from dataclasses import dataclass
from datetime import datetime

from app.kit.db import Tx
from app.leads.errors import LeadNotFound
from app.leads.repository.columns import (
    FIELDS,
    LEAD,
    lead_columns,
    lead_of,
    member_arguments,
    member_conditions,
    unsubscribed,
)
from app.leads.rules.records import EVERYBODY, Lead, MemberFilter
from app.values import CampaignId, LeadId, WorkspaceId


def _one(condition: str) -> str:
    return f"select {lead_columns()} from ({LEAD} and {condition}) l {unsubscribed()}"  # noqa: S608


BY_ID = _one("id = $2")
BY_EMAIL = _one("email = $2")

# "filtered" asks for a membership only when the request does: people without one are people too.
PEOPLE = f"""
from leads l
where workspace_id = $1 and id > $2 and ($3::text is null or email = $3)
  and ($4::timestamptz is null or created_at > $4)
  and (not $5::bool or exists (
      select from campaign_leads cl
      where cl.workspace_id = $1 and cl.lead_id = l.id
        and ($6::bigint is null or cl.campaign_id = $6) and {member_conditions(8)}
        and exists (
            select from campaigns c
            where c.workspace_id = $1 and c.id = cl.campaign_id and c.deleted_at is null offset 0)
      offset 0))
"""  # noqa: S608  # text of ours
PAGE = f"""
select {lead_columns()} from (
    select id, email, email_given, custom_fields, {FIELDS}, created_at, updated_at {PEOPLE}
    order by id offset $15 limit $7) l {unsubscribed()}
order by l.id
"""  # noqa: S608  # text of ours
COUNT = f"select count(*) n from (select {PEOPLE} limit $7) found"  # noqa: S608  # text of ours


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people are meant; ``member`` and ``campaign_id`` must hold for one membership."""

    email: str | None = None
    created_after: datetime | None = None
    campaign_id: CampaignId | None = None
    member: MemberFilter = EVERYBODY

    @property
    def asks_for_membership(self) -> bool:
        return self.campaign_id is not None or not self.member.everybody


class PeopleRepository:
    """The leads of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def get(self, lead_id: LeadId) -> Lead:
        """Raises LeadNotFound."""
        rows = await self._tx.rows(BY_ID, self._workspace_id, lead_id)
        if not rows:
            raise LeadNotFound
        return lead_of(rows[0])

    async def by_email(self, email_key: str) -> Lead | None:
        rows = await self._tx.rows(BY_EMAIL, self._workspace_id, email_key)
        return next((lead_of(row) for row in rows), None)

    async def page(
        self, by: PeopleFilter, limit: int, *, after: LeadId | None = None, offset: int = 0
    ) -> list[Lead]:
        """People in the order in which they came, from behind ``after``."""
        rows = await self._tx.rows(PAGE, *self._arguments(by, after, limit), offset)
        return [lead_of(row) for row in rows]

    async def count(self, by: PeopleFilter, most: int) -> int:
        """How many people pass the filter; counting stops at ``most``."""
        [row] = await self._tx.rows(COUNT, *self._arguments(by, None, most))
        counted: int = row["n"]
        return counted

    def _arguments(self, by: PeopleFilter, after: LeadId | None, limit: int) -> tuple[object, ...]:
        return (
            self._workspace_id,
            after or 0,
            by.email,
            by.created_after,
            by.asks_for_membership,
            by.campaign_id,
            limit,
            *member_arguments(by.member),
        )
