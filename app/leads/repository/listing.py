"""Reads of memberships: a campaign's list, one of its members, the campaigns of people."""

from collections.abc import Iterable

from app.kit.db import Tx
from app.leads.repository.columns import (
    LEAD,
    lead_columns,
    member_arguments,
    member_conditions,
    member_of,
    unsubscribed,
)
from app.leads.rules.records import EVERYBODY, Member, MemberFilter, Participation
from app.values import (
    CampaignId,
    CampaignStatus,
    ClientId,
    LeadId,
    LeadStatus,
    MapId,
    WorkspaceId,
)

# The page is cut along the primary key before anything is joined to it.
PAGE = f"""
with page as (
    select cl.* from campaign_leads cl
    where cl.workspace_id = $1 and cl.campaign_id = $2 and cl.id > $3
      and ($4::bigint is null or cl.lead_id = $4) and {member_conditions(7)}
    order by cl.id offset $5 limit $6)
select page.id, page.campaign_id, status, category_id, step, source, tags, notes, import_id,
       resume_at, contacted_at, replied_at, last_activity_at, page.created_at, page.updated_at,
       (select count(*) from sequence_steps where workspace_id = $1 and campaign_id = $2)
           total_steps,
       {lead_columns("l.custom_fields || page.custom_fields")}
from page
cross join lateral ({LEAD} and id = page.lead_id offset 0) l
{unsubscribed("$2")}
order by page.id
"""  # noqa: S608  # text of ours

COUNT = f"""
select count(*) n from (
    select from campaign_leads cl
    where cl.workspace_id = $1 and cl.campaign_id = $2 and {member_conditions(4)}
    limit $3) found
"""  # noqa: S608  # text of ours

PARTICIPATIONS = """
select cl.lead_id, cl.id map_id, cl.status, cl.category_id, cl.step, cl.created_at,
       c.id campaign_id, c.name campaign_name, c.status campaign_status, c.client_id
from unnest($2::bigint[]) r (lead_id)
cross join lateral (
    select id, lead_id, campaign_id, status, category_id, step, created_at from campaign_leads
    where workspace_id = $1 and lead_id = r.lead_id and campaign_id > $3
    order by campaign_id limit $4) cl
cross join lateral (
    select id, name, status, client_id from campaigns
    where workspace_id = $1 and id = cl.campaign_id and deleted_at is null offset 0) c
order by cl.lead_id, cl.campaign_id
"""


class ListingRepository:
    """The members of a workspace's campaigns. Nobody is a member of a deleted one."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def page(
        self,
        campaign_id: CampaignId,
        by: MemberFilter,
        limit: int,
        *,
        after: MapId | None = None,
        offset: int = 0,
    ) -> list[Member]:
        """Members in the order in which they came, from behind ``after``."""
        window = (after or 0, None, offset, limit)
        rows = await self._tx.rows(
            PAGE, self._workspace_id, campaign_id, *window, *member_arguments(by)
        )
        return [member_of(row) for row in rows]

    async def count(self, campaign_id: CampaignId, by: MemberFilter, most: int | None) -> int:
        """How many members pass the filter; counting stops at ``most``."""
        [row] = await self._tx.rows(
            COUNT, self._workspace_id, campaign_id, most, *member_arguments(by)
        )
        counted: int = row["n"]
        return counted

    async def find(self, campaign_id: CampaignId, lead_id: LeadId) -> Member | None:
        everybody = member_arguments(EVERYBODY)
        rows = await self._tx.rows(
            PAGE, self._workspace_id, campaign_id, 0, lead_id, 0, 1, *everybody
        )
        return next((member_of(row) for row in rows), None)

    async def participations(
        self, lead_ids: Iterable[LeadId], *, after: CampaignId | None = None, most: int = 1000
    ) -> dict[LeadId, list[Participation]]:
        """The campaigns of each of these people, up to ``most`` each; all are there."""
        found: dict[LeadId, list[Participation]] = {lead_id: [] for lead_id in lead_ids}
        rows = await self._tx.rows(
            PARTICIPATIONS, self._workspace_id, list(found), after or 0, most
        )
        for row in rows:
            found[row["lead_id"]].append(
                Participation(
                    lead_id=LeadId(row["lead_id"]),
                    map_id=MapId(row["map_id"]),
                    campaign_id=CampaignId(row["campaign_id"]),
                    campaign_name=row["campaign_name"],
                    campaign_status=CampaignStatus(row["campaign_status"]),
                    client_id=None if row["client_id"] is None else ClientId(row["client_id"]),
                    status=LeadStatus(row["status"]),
                    category_id=row["category_id"],
                    step=row["step"],
                    created_at=row["created_at"],
                )
            )
        return found
