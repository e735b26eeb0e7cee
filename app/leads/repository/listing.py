"""Reads of memberships: a campaign's list, one of its members, the campaigns of people."""

from collections.abc import Iterable

from app.kit.db import Tx
from app.leads.repository.columns import (
    LEAD,
    VALIDATED,
    VALIDATION_COLUMNS,
    lead_columns,
    member_arguments,
    member_conditions,
    member_of,
    unsubscribed,
)
from app.leads.rules.records import Member, MemberFilter, Participation
from app.values import (
    CampaignId,
    CampaignStatus,
    ClientId,
    ImportId,
    LeadId,
    LeadStatus,
    MapId,
    WorkspaceId,
)


def _members(page: str) -> str:
    """The members whose ids a statement gives: pages are cut before anything is joined to them."""
    return f"""
with page as ({page})
select m.id, m.campaign_id, m.status, m.category_id, m.step, m.source, m.tags, m.notes, m.import_id,
       m.row_no, m.resume_at, m.contacted_at, m.replied_at, m.last_activity_at, m.created_at,
       m.updated_at,
       (select count(*) from sequence_steps where workspace_id = $1 and campaign_id = $2)
           total_steps,
       {VALIDATION_COLUMNS}, {lead_columns("l.custom_fields || m.custom_fields")}
from page
cross join lateral (
    select * from campaign_leads
    where workspace_id = $1 and campaign_id = $2 and id = page.id offset 0) m
cross join lateral ({LEAD} and id = m.lead_id offset 0) l
{unsubscribed("$2")}
{VALIDATED}
order by m.id
"""  # noqa: S608  # text of ours


# Without a filter the index alone knows the page, which makes deep offsets cheap.
WHOLE = _members("""
    select id from campaign_leads where workspace_id = $1 and campaign_id = $2 and id > $3
    order by id offset $4 limit $5""")

FILTERED = _members(f"""
    select cl.id from campaign_leads cl
    where cl.workspace_id = $1 and cl.campaign_id = $2 and cl.id > $3 and {member_conditions(6)}
    order by cl.id offset $4 limit $5""")  # noqa: S608  # text of ours

ONE = _members("""
    select id from campaign_leads where workspace_id = $1 and campaign_id = $2 and lead_id = $3""")

COUNT = f"""
select count(*) n from (
    select from campaign_leads cl
    where cl.workspace_id = $1 and cl.campaign_id = $2 and {member_conditions(4)}
    limit $3) found
"""  # noqa: S608  # text of ours

PARTICIPATIONS = """
select cl.*
from unnest($2::bigint[]) r (lead_id)
cross join lateral (
    select m.id map_id, m.lead_id, m.status, m.category_id, m.step, m.import_id,
           m.row_no, m.created_at, c.*
    from campaign_leads m
    cross join lateral (
        select id campaign_id, name campaign_name, status campaign_status, client_id from campaigns
        where workspace_id = $1 and id = m.campaign_id and deleted_at is null offset 0) c
    where m.workspace_id = $1 and m.lead_id = r.lead_id and m.campaign_id > $3
    order by m.campaign_id limit $4) cl
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
        window = (self._workspace_id, campaign_id, after or 0, offset, limit)
        if by.everybody:
            rows = await self._tx.rows(WHOLE, *window)
        else:
            rows = await self._tx.rows(FILTERED, *window, *member_arguments(by))
        return [member_of(row) for row in rows]

    async def count(self, campaign_id: CampaignId, by: MemberFilter, most: int | None) -> int:
        """How many members pass the filter; counting stops at ``most``."""
        [row] = await self._tx.rows(
            COUNT, self._workspace_id, campaign_id, most, *member_arguments(by)
        )
        counted: int = row["n"]
        return counted

    async def find(self, campaign_id: CampaignId, lead_id: LeadId) -> Member | None:
        rows = await self._tx.rows(ONE, self._workspace_id, campaign_id, lead_id)
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
                    import_id=None if row["import_id"] is None else ImportId(row["import_id"]),
                    row_no=row["row_no"],
                    created_at=row["created_at"],
                )
            )
        return found
