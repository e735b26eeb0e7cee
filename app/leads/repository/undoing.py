"""What undoing an import reads and writes, each in one statement."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from app.kit.db import Tx
from app.leads.rules.undoing import Now, Trace
from app.values import CampaignId, ImportId, LeadId, LeadStatus, MapId, WorkspaceId

PEOPLE = """
select l.*
from unnest($2::bigint[]) r (id)
cross join lateral (
    select id, email, linkedin_key from leads where workspace_id = $1 and id = r.id offset 0) l
order by l.email
"""

OWNERS = """
select o.linkedin_key, o.lead_id
from unnest($2::text[]) k (linkedin_key)
cross join lateral (
    select linkedin_key, lead_id from lead_linkedin
    where workspace_id = $1 and linkedin_key = k.linkedin_key offset 0) o
"""

# One by one, as they are given.
HOLD = """
select l.id
from unnest($2::bigint[]) r (id)
cross join lateral (
    select id from leads where workspace_id = $1 and id = r.id for no key update) l
"""

# Ids tell what came later: whoever writes about a person holds them. An import that was undone, and
# its undoing, are as if nothing had happened.
NOW = """
select r.nr, l.linkedin_key, cl.id map_id, cl.status, cl.import_id, cl.row_no,
       cl.contacted_at is not null or cl.replied_at is not null contacted,
       coalesce(l.created_at = cl.created_at, false) came_together,
       elsewhere.id is not null elsewhere, later.type event
from unnest($4::bigint[], $5::bigint[], $6::bigint[])
     with ordinality r (lead_id, event_id, map_id, nr)
cross join lateral (
    select linkedin_key, created_at from leads
    where workspace_id = $1 and id = r.lead_id offset 0) l
left join lateral (
    select * from campaign_leads
    where workspace_id = $1 and lead_id = r.lead_id and campaign_id = $2 offset 0) cl on true
left join lateral (
    select id from campaign_leads
    where workspace_id = $1 and lead_id = r.lead_id and campaign_id <> $2 and id > r.map_id
      and coalesce(import_id <> all($3::bigint[]), true)
    limit 1) elsewhere on true
left join lateral (
    select e.type from lead_events e
    where e.workspace_id = $1 and e.lead_id = r.lead_id and e.id > r.event_id
      and e.type <> 'validated' and e.source <> 'undo'
      and (e.source <> 'import' or (e.data ->> 'import_id')::bigint <> all($3) and not exists (
          select from lead_events u
          where u.workspace_id = $1 and u.lead_id = e.lead_id and u.id > e.id
            and u.source = 'undo' and u.data -> 'import_id' = e.data -> 'import_id' offset 0))
    order by e.id limit 1) later on true
"""

BURY_AGAIN = """
insert into tombstones (workspace_id, email, campaign_id, contacted_at, replied_at, deleted_at)
select $1, t.email, $2, t.contacted_at::timestamptz, t.replied_at::timestamptz,
       t.deleted_at::timestamptz
from unnest($3::text[], $4::text[], $5::text[], $6::text[])
     t (email, contacted_at, replied_at, deleted_at)
on conflict do nothing
"""


def _remove(table: str, key: str, also: str = "") -> str:
    """By their place in the table: PostgreSQL 15 would read all of the workspace in a small one."""
    return f"""
        delete from {table} t
        using unnest($2::bigint[]) r (key)
        cross join lateral (
            select ctid place from {table}
            where workspace_id = $1 and {key} = r.key {also} offset 0) found
        where t.ctid = found.place
    """  # noqa: S608  # names of ours


REMOVE_MEMBERS = _remove("campaign_leads", "id", "and campaign_id = $3")
# Whoever checks them holds their place in the queue, and writes a validation only after that.
REMOVE_LEADS = (
    _remove("unvalidated", "lead_id"),
    _remove("validations", "lead_id"),
    _remove("lead_events", "lead_id"),
    _remove("leads", "id"),
)


class UndoingRepository:
    """Of imports into a campaign, by the people of their rows."""

    def __init__(
        self,
        tx: Tx,
        workspace_id: WorkspaceId,
        campaign_id: CampaignId,
        import_ids: Sequence[ImportId],
    ) -> None:
        self._tx, self._workspace_id = tx, workspace_id
        self._campaign_id, self._import_ids = campaign_id, list(import_ids)

    async def people(self, lead_ids: Iterable[LeadId]) -> dict[LeadId, str | None]:
        """Who is there, in the order of their addresses, with the keys of their profiles."""
        rows = await self._tx.rows(PEOPLE, self._workspace_id, list(lead_ids))
        return {LeadId(row["id"]): row["linkedin_key"] for row in rows}

    async def owners(self, keys: Iterable[str]) -> dict[str, LeadId]:
        """For whom these LinkedIn profiles are claimed, by this transaction too."""
        rows = await self._tx.rows(OWNERS, self._workspace_id, list(keys))
        return {row["linkedin_key"]: LeadId(row["lead_id"]) for row in rows}

    async def hold(self, lead_ids: Iterable[LeadId]) -> None:
        """Lock them, one after the other."""
        await self._tx.rows(HOLD, self._workspace_id, list(lead_ids))

    async def now(self, traces: Sequence[Trace]) -> list[Now | None]:
        """In their order; None for somebody who is not there any more."""
        rows = await self._tx.rows(
            NOW,
            self._workspace_id,
            self._campaign_id,
            self._import_ids,
            [trace.lead_id for trace in traces],
            [trace.mark.get("event_id", 0) for trace in traces],
            [trace.mark.get("map_id", 0) for trace in traces],
        )
        found = {row["nr"]: _now(row) for row in rows}
        return [found.get(nr) for nr in range(1, len(traces) + 1)]

    async def remove_members(self, map_ids: Iterable[MapId]) -> None:
        await self._tx.rows(REMOVE_MEMBERS, self._workspace_id, list(map_ids), self._campaign_id)

    async def remove_leads(self, lead_ids: Collection[LeadId]) -> None:
        """With their history and what was found out about them; they are in no campaign."""
        for statement in REMOVE_LEADS:
            await self._tx.rows(statement, self._workspace_id, list(lead_ids))

    async def bury_again(self, tombstones: Sequence[Mapping[str, str | None]]) -> None:
        """As they were when they were forgotten."""
        columns = ("email", "contacted_at", "replied_at", "deleted_at")
        await self._tx.rows(
            BURY_AGAIN,
            self._workspace_id,
            self._campaign_id,
            *([tombstone[name] for tombstone in tombstones] for name in columns),
        )


def _now(row: Any) -> Now:
    return Now(
        linkedin_key=row["linkedin_key"],
        map_id=MapId(row["map_id"]) if row["map_id"] else None,
        status=LeadStatus(row["status"]) if row["status"] else None,
        import_id=ImportId(row["import_id"]) if row["import_id"] else None,
        row_no=row["row_no"],
        contacted=bool(row["contacted"]),
        came_together=row["came_together"],
        elsewhere=row["elsewhere"],
        event=row["event"],
    )
