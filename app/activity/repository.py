"""History: stored events, and the imports that memberships tell of themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from app.activity.rules import Activity, LeadEvent, Position
from app.kit.db import Tx
from app.values import CampaignId, LeadId, WorkspaceId

RECORD = """
insert into lead_events (workspace_id, lead_id, campaign_id, type, source, at, data)
select $1, e.lead_id, e.campaign_id, e.type, e.source, coalesce(e.at, now()), e.data::jsonb
from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
     with ordinality e (lead_id, campaign_id, type, source, at, data, nr)
order by e.nr
"""

# A person's events are few, so they are sorted by their own time. How somebody came is told by the
# membership, and by its deletion once it is gone.
OF_MEMBER = """
select history.*, l.email
from (
    select id event_id, at, type, source, lead_id, campaign_id, data
    from lead_events
    where workspace_id = $1 and lead_id = $3 and (campaign_id = $2 or campaign_id is null)
    union all
    select 0, created_at, 'imported', 'import', lead_id, campaign_id,
           jsonb_build_object('import_id', import_id, 'row', row_no)
    from campaign_leads
    where workspace_id = $1 and lead_id = $3 and campaign_id = $2
    union all
    select 0, (data ->> 'imported_at')::timestamptz, 'imported', 'import', lead_id, campaign_id,
           jsonb_build_object('import_id', data -> 'import_id', 'row', data -> 'row')
    from lead_events
    where workspace_id = $1 and lead_id = $3 and campaign_id = $2
      and type = 'deleted' and data ? 'imported_at') history
left join leads l on l.workspace_id = $1 and l.id = history.lead_id
where $4::timestamptz is null or (at, event_id) < ($4, $5::bigint)
order by at desc, event_id desc offset $6 limit $7
"""

# Two streams, each read backwards along its index and no further than the page, and merged by time.
# An event that was recorded late would let a page step over others of its stream, so each counts as
# no newer than what was recorded after it (moment). Events of deleted campaigns are gone, like the
# campaigns.
FEED = """
with events as (
    select id event_id, 0::bigint map_id, min(at) over (order by id desc) moment,
           at, type, source, lead_id, campaign_id, data
    from (
        select * from lead_events e
        where e.workspace_id = $1 and {of_events} and e.id < $2
          and ($4::timestamptz is null or e.at >= $4) and ($5::timestamptz is null or e.at < $5)
          and not exists (select from campaigns c where c.workspace_id = $1 and c.id = e.campaign_id
                          and c.deleted_at is not null)
        order by e.id desc limit $6::bigint + $7::bigint) newest),
imports as (
    select 0::bigint, id, min(created_at) over (order by id desc),
           created_at, 'imported', 'import', lead_id, campaign_id,
           jsonb_build_object('import_id', import_id, 'row', row_no)
    from (
        select m.* from campaigns c
        cross join lateral (
            select id, lead_id, campaign_id, created_at, import_id, row_no from campaign_leads
            where workspace_id = $1 and campaign_id = c.id and id < $3
              and ($4::timestamptz is null or created_at >= $4)
              and ($5::timestamptz is null or created_at < $5)
            order by id desc limit $6::bigint + $7::bigint) m
        where c.workspace_id = $1 and c.deleted_at is null and {of_campaigns}
        order by m.id desc limit $6::bigint + $7::bigint) newest),
page as (
    select *, row_number() over merged place,
           min(nullif(event_id, 0)) over merged last_event_id,
           min(nullif(map_id, 0)) over merged last_map_id
    from (select * from events union all select * from imports) both_streams
    window merged as (order by moment desc, event_id desc, map_id desc rows unbounded preceding)
    order by place offset $6 limit $7)
select event_id, at, type, source, page.lead_id, campaign_id, data, l.email,
       coalesce(last_event_id, $2) last_event_id, coalesce(last_map_id, $3) last_map_id
from page
left join lateral (
    select email from leads where workspace_id = $1 and id = page.lead_id offset 0) l on true
order by place
"""
OF_WORKSPACE = FEED.format(of_events="true", of_campaigns="true")
OF_CAMPAIGN = FEED.format(of_events="e.campaign_id = $8", of_campaigns="c.id = $8")


class ActivityRepository:
    """What happened in one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def record(self, events: Sequence[LeadEvent]) -> None:
        await self._tx.rows(
            RECORD,
            self._workspace_id,
            [event.lead_id for event in events],
            [event.campaign_id for event in events],
            [event.type for event in events],
            [event.source for event in events],
            [event.at for event in events],
            [orjson.dumps(event.data).decode() for event in events],
        )

    async def of_member(
        self,
        campaign_id: CampaignId,
        lead_id: LeadId,
        limit: int,
        *,
        offset: int = 0,
        before: tuple[datetime | None, int] = (None, 0),
    ) -> list[Activity]:
        """What happened to a person in a campaign, and to the person at large, newest first."""
        rows = await self._tx.rows(
            OF_MEMBER, self._workspace_id, campaign_id, lead_id, *before, offset, limit
        )
        return [Activity(**row) for row in rows]

    async def feed(
        self,
        limit: int,
        *,
        offset: int = 0,
        behind: Position,
        campaign_id: CampaignId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Activity]:
        """What happened in the workspace or a campaign, ``since <= at < until``.

        Newest first as it was recorded, which for what is told of later is not when it happened.
        """
        sql, campaign = (OF_CAMPAIGN, [campaign_id]) if campaign_id else (OF_WORKSPACE, [])
        rows = await self._tx.rows(
            sql,
            self._workspace_id,
            behind.event_id,
            behind.map_id,
            since,
            until,
            offset,
            limit,
            *campaign,
        )
        return [_activity(**row) for row in rows]


def _activity(last_event_id: int, last_map_id: int, **row: Any) -> Activity:
    return Activity(**row, behind=Position(last_event_id, last_map_id))
