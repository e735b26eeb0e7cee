"""Writes of memberships. Whoever changes one holds its lead first, then the membership."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.kit.db import Tx
from app.leads.errors import LeadNotFound
from app.leads.rules.records import Held
from app.leads.rules.transitions import CONTACTED, REPLIED, paused_from
from app.values import CampaignId, ImportId, LeadId, LeadStatus, MapId, WorkspaceId

# A statement of its own: what waited for the lock would see the other tables as they were before.
HOLD_LEAD = """
select email from leads where workspace_id = $1 and id = $2 for no key update
"""

HOLD = """
select cl.id, cl.campaign_id, cl.lead_id, l.email, cl.status, cl.paused_from, cl.category_id,
       cl.custom_fields, cl.contacted_at, cl.replied_at, cl.import_id, cl.row_no, cl.created_at,
       cl.step < (select count(*) from sequence_steps s
                  where s.workspace_id = $1 and s.campaign_id = cl.campaign_id) steps_left
from campaign_leads cl
join leads l on l.workspace_id = $1 and l.id = cl.lead_id
join campaigns c on c.workspace_id = $1 and c.id = cl.campaign_id and c.deleted_at is null
where cl.workspace_id = $1 and cl.lead_id = $2 and ($3::bigint is null or cl.campaign_id = $3)
order by cl.campaign_id
for update of cl for key share of c
"""

MOVE = """
update campaign_leads cl
set status = $3, paused_from = r.paused_from, invalid_from = null, resume_at = $4,
    contacted_at = case when $5::bool then coalesce(contacted_at, now()) else contacted_at end,
    replied_at = case when $6::bool then coalesce(replied_at, now()) else replied_at end,
    last_activity_at = now(), updated_at = now()
from unnest($7::bigint[], $8::text[]) r (campaign_id, paused_from)
where cl.workspace_id = $1 and cl.lead_id = $2 and cl.campaign_id = r.campaign_id
"""

BURY = """
insert into tombstones (workspace_id, email, campaign_id, contacted_at, replied_at, deleted_at)
values ($1, $2, $3, $4, $5, now())
on conflict (workspace_id, email, campaign_id) do update
set contacted_at = greatest(tombstones.contacted_at, excluded.contacted_at),
    replied_at = greatest(tombstones.replied_at, excluded.replied_at),
    deleted_at = excluded.deleted_at
"""


class MemberRepository:
    """The memberships of one workspace, to be changed."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def hold_lead(self, lead_id: LeadId) -> str:
        """Lock the person; gives their email key. Raises LeadNotFound."""
        rows = await self._tx.rows(HOLD_LEAD, self._workspace_id, lead_id)
        if not rows:
            raise LeadNotFound
        email: str = rows[0]["email"]
        return email

    async def hold(self, campaign_id: CampaignId, lead_id: LeadId) -> Held:
        """The membership of a lead that is held. Raises LeadNotFound."""
        rows = await self._tx.rows(HOLD, self._workspace_id, lead_id, campaign_id)
        if not rows:
            raise LeadNotFound
        return _held(rows[0])

    async def hold_all(self, lead_id: LeadId) -> list[Held]:
        """All memberships of a lead that is held."""
        return [_held(row) for row in await self._tx.rows(HOLD, self._workspace_id, lead_id, None)]

    async def lead_of(self, campaign_id: CampaignId, map_id: MapId) -> LeadId:
        """Raises LeadNotFound."""
        rows = await self._tx.rows(
            "select lead_id from campaign_leads"
            " where workspace_id = $1 and campaign_id = $2 and id = $3",
            self._workspace_id,
            campaign_id,
            map_id,
        )
        if not rows:
            raise LeadNotFound
        return LeadId(rows[0]["lead_id"])

    async def move(
        self,
        held: Sequence[Held],
        status: LeadStatus,
        *,
        resume_at: datetime | None,
        tells_of_contact: bool,
    ) -> None:
        """Set the status of a lead's memberships.

        If it tells of contact, a status that implies contact or a reply dates them where nothing
        did.
        """
        await self._tx.rows(
            MOVE,
            self._workspace_id,
            held[0].lead_id,
            status,
            resume_at,
            tells_of_contact and status in CONTACTED,
            tells_of_contact and status in REPLIED,
            [member.campaign_id for member in held],
            [paused_from(member.status, status) for member in held],
        )

    async def wait(self, held: Held, until: datetime | None) -> None:
        """Nothing is sent before this moment; the status stays."""
        await self._tx.rows(
            "update campaign_leads set resume_at = $4, updated_at = now()"
            " where workspace_id = $1 and campaign_id = $2 and id = $3"
            " and resume_at is distinct from $4",
            self._workspace_id,
            held.campaign_id,
            held.map_id,
            until,
        )

    async def categorise(self, held: Held, category_id: int | None) -> None:
        await self._tx.rows(
            "update campaign_leads set category_id = $4, last_activity_at = now(),"
            " updated_at = now() where workspace_id = $1 and campaign_id = $2 and id = $3",
            self._workspace_id,
            held.campaign_id,
            held.map_id,
            category_id,
        )

    async def remove(self, held: Held) -> None:
        """The membership ends, and a tombstone remembers it."""
        await self._tx.rows(
            "delete from campaign_leads where workspace_id = $1 and campaign_id = $2 and id = $3",
            self._workspace_id,
            held.campaign_id,
            held.map_id,
        )
        await self._tx.rows(
            BURY,
            self._workspace_id,
            held.email,
            held.campaign_id,
            held.contacted_at,
            held.replied_at,
        )


def _held(row: Any) -> Held:
    return Held(
        map_id=MapId(row["id"]),
        campaign_id=CampaignId(row["campaign_id"]),
        lead_id=LeadId(row["lead_id"]),
        email=row["email"],
        status=LeadStatus(row["status"]),
        paused_from=LeadStatus(row["paused_from"]) if row["paused_from"] else None,
        category_id=row["category_id"],
        custom_fields=row["custom_fields"],
        steps_left=row["steps_left"],
        contacted_at=row["contacted_at"],
        replied_at=row["replied_at"],
        import_id=None if row["import_id"] is None else ImportId(row["import_id"]),
        row_no=row["row_no"],
        created_at=row["created_at"],
    )
