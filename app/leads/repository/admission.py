"""What admitting a batch writes, each table in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple

from app.kit.arrays import packed, unpacked
from app.kit.db import Tx
from app.kit.documents import written
from app.leads.merge import Profile
from app.values import LEAD_FIELDS, CampaignId, ImportId, LeadId, LeadStatus, WorkspaceId

COLUMNS = (*LEAD_FIELDS, "linkedin_key")


# Nothing is written to those who are known, but they are locked, in the order of their addresses
# like the rest. An insert that loses to another transaction waits for it, and then locks what that
# one inserted. Whoever was unknown waits to be checked.
NEW_COLUMNS = ("id", "email", "email_given", *COLUMNS)
INSERT_OR_LOCK = f"""
with inserted as (
insert into leads (workspace_id, id, email, email_given, {", ".join(COLUMNS)}, custom_fields)
select $1, coalesce(r.id::bigint, nextval('leads_id_seq')), r.email, r.email_given,
       {", ".join(f"r.{name}" for name in COLUMNS)}, coalesce(r.custom_fields, '{{}}')::jsonb
from unnest({unpacked(2, 3, len(NEW_COLUMNS) + 1)}) r ({", ".join(NEW_COLUMNS)}, custom_fields)
order by r.email collate "C"
on conflict (workspace_id, email) do update set updated_at = leads.updated_at where false
returning id, email),
waiting as (
insert into unvalidated (workspace_id, lead_id, domain)
select $1, id, split_part(email, '@', 2) from inserted)
select id, email from inserted
"""  # noqa: S608  # column names of ours

UPDATE = f"""
update leads l
set updated_at = now(), custom_fields = coalesce(r.custom_fields, '{{}}')::jsonb,
    {", ".join(f"{name} = r.{name}" for name in COLUMNS)}
from unnest({unpacked(2, 3, len(COLUMNS) + 2)}) r (id, {", ".join(COLUMNS)}, custom_fields)
cross join lateral (
    select ctid place from leads where workspace_id = $1 and id = r.id::bigint offset 0) found
where l.ctid = found.place
"""  # noqa: S608  # column names of ours

CURRENT = f"""
select l.*
from unnest($2::bigint[]) r (id)
cross join lateral (
    select id, linkedin_key, custom_fields, {", ".join(LEAD_FIELDS)}
    from leads where workspace_id = $1 and id = r.id offset 0) l
"""  # noqa: S608  # column names of ours

# Claims that others have are locked where they stand, so that they stay whose they are.
CLAIM = """
insert into lead_linkedin (workspace_id, linkedin_key, lead_id)
select $1, r.linkedin_key, r.lead_id from unnest($2::text[], $3::bigint[]) r (linkedin_key, lead_id)
order by r.linkedin_key collate "C"
on conflict (workspace_id, linkedin_key) do update set lead_id = lead_linkedin.lead_id where false
returning linkedin_key
"""

OWN_FIELDS = """
select cl.lead_id, cl.custom_fields
from unnest($3::bigint[]) r (lead_id)
cross join lateral (
    select lead_id, custom_fields from campaign_leads
    where workspace_id = $1 and lead_id = r.lead_id and campaign_id = $2 offset 0) cl
"""

# Their leads are held, as those above: nobody else changes what stands at these places.
UPDATE_OWN_FIELDS = """
update campaign_leads cl set custom_fields = r.custom_fields::jsonb, updated_at = now()
from unnest($3::bigint[], $4::text[]) r (lead_id, custom_fields)
cross join lateral (
    select ctid place from campaign_leads
    where workspace_id = $1 and campaign_id = $2 and lead_id = r.lead_id offset 0) found
where cl.ctid = found.place
"""


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """A lead as it is to be stored."""

    id: LeadId
    profile: Profile
    linkedin_key: str | None


class NewLead(NamedTuple):
    """Somebody who may be unknown. The id is reserved if a LinkedIn profile was claimed for it."""

    reserved_id: LeadId | None
    email: str
    email_given: str | None
    profile: Profile
    linkedin_key: str | None


class NewMembership(NamedTuple):
    """Of whoever is let in; ``custom_fields`` as they are stored."""

    row_no: int
    custom_fields: str
    passed_blocks: Sequence[str]
    tags: Sequence[str] = ()
    status: LeadStatus = LeadStatus.NOT_CONTACTED


class AdmissionRepository:
    """Stores what the gate judged."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx = tx
        self._workspace_id = workspace_id

    async def reserve_ids(self, count: int) -> list[LeadId]:
        """Ids for leads that may be inserted, so that their LinkedIn profiles can be claimed
        before.
        """
        rows = await self._tx.rows(
            "select nextval('leads_id_seq') id from generate_series(1, $1)",
            count,
        )
        return [LeadId(row["id"]) for row in rows]

    async def claim_profiles(self, claims: Mapping[str, LeadId]) -> set[str]:
        """Take LinkedIn keys in their order; gives those that were free."""
        rows = await self._tx.rows(CLAIM, self._workspace_id, list(claims), list(claims.values()))
        return {row["linkedin_key"] for row in rows}

    async def release_profiles(self, keys: Iterable[str]) -> None:
        await self._tx.rows(
            "delete from lead_linkedin where workspace_id = $1 and linkedin_key = any($2::text[])",
            self._workspace_id,
            sorted(keys),
        )

    async def point_profiles(self, owners: Mapping[str, LeadId]) -> None:
        """A claim made for a new lead whose address turned out to be known goes to the known."""
        await self._tx.rows(
            "update lead_linkedin o set lead_id = r.lead_id"
            " from unnest($2::text[], $3::bigint[]) r (key, lead_id)"
            " where o.workspace_id = $1 and o.linkedin_key = r.key",
            self._workspace_id,
            list(owners),
            list(owners.values()),
        )

    async def insert_or_lock(self, leads: Sequence[NewLead]) -> dict[str, LeadId]:
        """Insert those whose address is unknown, lock the others.

        Gives the ids of the inserted by address.
        """
        separator, columns = packed(
            [
                [str(lead.reserved_id or "") for lead in leads],
                [lead.email for lead in leads],
                [lead.email_given or "" for lead in leads],
                *_columns(leads),
            ]
        )
        rows = await self._tx.rows(INSERT_OR_LOCK, self._workspace_id, separator, *columns)
        return {row["email"]: LeadId(row["id"]) for row in rows}

    async def current(self, lead_ids: Iterable[LeadId]) -> dict[LeadId, LeadRecord]:
        """What is stored of these leads now."""
        rows = await self._tx.rows(CURRENT, self._workspace_id, list(lead_ids))
        return {LeadId(row["id"]): _record(row) for row in rows}

    async def update(self, leads: Sequence[LeadRecord]) -> None:
        separator, columns = packed([[str(lead.id) for lead in leads], *_columns(leads)])
        await self._tx.rows(UPDATE, self._workspace_id, separator, *columns)

    async def enter(
        self,
        campaign_id: CampaignId,
        members: Mapping[LeadId, NewMembership],
        *,
        source: str | None,
        tags: Sequence[str],
        import_id: ImportId | None,
    ) -> None:
        """All are locked, and nobody is a member yet: so COPY, which knows no conflicts.

        What few have is sent only where somebody has it: an empty list takes asyncpg twice as long
        as all the rest of a row.
        """
        rare: dict[str, list[Any]] = {
            "tags": [list(dict.fromkeys([*tags, *member.tags])) for member in members.values()],
            "passed_blocks": [member.passed_blocks for member in members.values()],
            "invalid_from": [
                LeadStatus.NOT_CONTACTED.value if member.status is LeadStatus.INVALID else None
                for member in members.values()
            ],
        }
        columns: dict[str, Iterable[Any]] = {
            "workspace_id": repeat(self._workspace_id),
            "campaign_id": repeat(campaign_id),
            "lead_id": list(members),
            "status": [member.status.value for member in members.values()],
            "source": repeat(source),
            "custom_fields": [member.custom_fields for member in members.values()],
            "import_id": repeat(import_id),
            "row_no": [member.row_no for member in members.values()],
            **{name: column for name, column in rare.items() if any(column)},
        }
        await self._tx.copy("campaign_leads", list(columns), zip(*columns.values(), strict=False))

    async def own_fields(
        self, campaign_id: CampaignId, lead_ids: Iterable[LeadId]
    ) -> dict[LeadId, dict[str, Any]]:
        """The custom fields given for this campaign, by lead."""
        rows = await self._tx.rows(OWN_FIELDS, self._workspace_id, campaign_id, list(lead_ids))
        return {LeadId(row["lead_id"]): row["custom_fields"] for row in rows}

    async def update_own_fields(
        self, campaign_id: CampaignId, fields: Mapping[LeadId, Mapping[str, Any]]
    ) -> None:
        await self._tx.rows(
            UPDATE_OWN_FIELDS,
            self._workspace_id,
            campaign_id,
            list(fields),
            [stored(values) for values in fields.values()],
        )

    async def mark(self) -> dict[str, int]:
        """All that is written later about those who are held has greater ids."""
        [row] = await self._tx.rows(
            "select nextval('lead_events_id_seq') event_id, nextval('campaign_leads_id_seq') map_id"
        )
        return dict(row)

    async def unbury(
        self, campaign_id: CampaignId, emails: Iterable[str]
    ) -> dict[str, dict[str, Any]]:
        """Whoever is let in again was not deleted for good. Gives what was forgotten."""
        rows = await self._tx.rows(
            "delete from tombstones"
            " where workspace_id = $1 and email = any($2::text[]) and campaign_id = $3"
            " returning email, contacted_at, replied_at, deleted_at",
            self._workspace_id,
            sorted(emails),
            campaign_id,
        )
        return {row["email"]: dict(row) for row in rows}


def _columns(leads: Sequence[NewLead] | Sequence[LeadRecord]) -> list[list[str]]:
    """``COLUMNS`` and the custom fields; "" for null."""
    fields = [lead.profile.fields for lead in leads]
    return [
        *([values.get(name, "") for values in fields] for name in LEAD_FIELDS),
        [lead.linkedin_key or "" for lead in leads],
        [stored(lead.profile.custom_fields) for lead in leads],
    ]


def _record(row: Any) -> LeadRecord:
    fields = {name: row[name] for name in LEAD_FIELDS if row[name]}
    return LeadRecord(LeadId(row["id"]), Profile(fields, row["custom_fields"]), row["linkedin_key"])


def stored(values: Mapping[str, Any]) -> str:
    return written(values) if values else "{}"
