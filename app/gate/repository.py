"""The facts of a whole batch, each kind in one statement.

Every table is joined laterally with "offset 0", which leaves the planner nothing to choose: one
index look-up per row, on an empty database without statistics as on a big one.
"""

from collections.abc import Collection, Iterable
from typing import Any

from app.gate.facts import (
    ACTIVE_STATUSES,
    OVER,
    SENDING,
    WHILE_SENDING,
    Buried,
    Chunked,
    Membership,
    Owner,
    Person,
)
from app.gate.reach import Reach
from app.kit.arrays import packed
from app.kit.db import Tx
from app.validation.repository import REASON, RESULT
from app.values import (
    CampaignId,
    CampaignStatus,
    ClientId,
    LeadId,
    LeadStatus,
    MapId,
    ValidationLevel,
    ValidationReason,
    ValidationResult,
    WorkspaceId,
)

PEOPLE = f"""
select e.email, l.id lead_id, l.linkedin_key, v.result validation,
       m.map_id, m.status, m.tags, m.contacted_at, m.replied_at, m.passed_blocks,
       m.campaign_id, m.campaign_name, m.campaign_status, m.holding, m.archived, m.client_id
from unnest(string_to_array($3, $2)) e (email)
cross join lateral (
    select id, linkedin_key from leads where workspace_id = $1 and email = e.email offset 0) l
left join lateral (
    select {RESULT} result from validations v
    where workspace_id = $1 and lead_id = l.id and email = e.email offset 0) v on true
left join lateral (
    select cl.id map_id, cl.status, cl.tags, cl.contacted_at, cl.replied_at, cl.passed_blocks, c.*
    from campaign_leads cl
    cross join lateral (
        select id campaign_id, name campaign_name, status campaign_status, holding,
               archived_at is not null archived, client_id
        from campaigns
        where workspace_id = $1 and id = cl.campaign_id and deleted_at is null offset 0) c
    where cl.workspace_id = $1 and cl.lead_id = l.id
    offset 0) m on true
"""  # noqa: S608  # text of ours

FOUND = f"""
select e.email, {RESULT} result, {REASON} reason, v.level, v.checked_at
from unnest($2::text[]) e (email)
cross join lateral (
    select id from leads where workspace_id = $1 and email = e.email offset 0) l
cross join lateral (
    select * from validations where workspace_id = $1 and lead_id = l.id and email = e.email
    offset 0) v
"""  # noqa: S608  # text of ours

BURIED = """
select e.email, t.contacted_at, t.replied_at, c.campaign_id, c.campaign_name, c.client_id
from unnest($2::text[]) e (email)
cross join lateral (
    select campaign_id, contacted_at, replied_at
    from tombstones where workspace_id = $1 and email = e.email
    order by deleted_at desc offset 0) t
cross join lateral (
    select id campaign_id, name campaign_name, client_id
    from campaigns where workspace_id = $1 and id = t.campaign_id and deleted_at is null offset 0) c
"""

OWNERS = """
select k.linkedin_key, l.id lead_id, l.email
from unnest($2::text[]) k (linkedin_key)
cross join lateral (
    select lead_id
    from lead_linkedin where workspace_id = $1 and linkedin_key = k.linkedin_key offset 0) o
cross join lateral (
    select id, email from leads where workspace_id = $1 and id = o.lead_id offset 0) l
"""

# Whoever was added is a member by this import; of the others the ledger tells. It is read by
# address, which nobody else can have taken on meanwhile without being somebody else. With an offset
# each is looked up; without, statistics that are behind let all of the import be read each time.
TAKEN = """
select l.id
from unnest($2::bigint[]) r (id)
cross join lateral (
    select id, email from leads where workspace_id = $1 and id = r.id offset 0) l
where exists (
        select from campaign_leads
        where workspace_id = $1 and lead_id = l.id and campaign_id = $3 and import_id = $4
        offset 0)
   or exists (
        select from import_rows
        where workspace_id = $1 and import_id = $4 and run = $5 and email = l.email and taken
        offset 0)
"""

TAKEN_IN_DRY_RUN = """
select true of_email, r.key from unnest($2::text[]) r (key)
where exists (
    select from import_rows
    where workspace_id = $1 and import_id = $4 and run = $5 and email = r.key and taken
    offset 0)
union all
select false, r.key from unnest($3::text[]) r (key)
where exists (
    select from import_rows
    where workspace_id = $1 and import_id = $4 and run = $5 and linkedin_key = r.key
    offset 0)
"""


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


def active(member: str, campaign: str) -> str:
    """``Membership.active`` as a condition on a row of each of the two tables."""
    return f"""(
        not {campaign}.holding and {campaign}.archived_at is null
        and {campaign}.status not in ({_words(OVER)})
        and ({member}.status in ({_words(ACTIVE_STATUSES)})
             or {member}.status in ({_words(WHILE_SENDING)})
                and {campaign}.status in ({_words(SENDING)})))"""


ACTIVE_AT_DOMAIN = f"""
select d.domain, count(*) people, count(*) filter (where l.active) active,
       max(l.contacted_at) last_contacted_at
from unnest($2::text[]) d (domain)
cross join lateral (
    select m.contacted_at, m.active
    from (
        select id
        from leads where workspace_id = $1 and split_part(email, '@', 2) = d.domain limit $3) l
    cross join lateral (
        select max(cl.contacted_at) contacted_at, bool_or({active("cl", "c")}) active
        from campaign_leads cl
        join campaigns c on c.workspace_id = $1 and c.id = cl.campaign_id and c.deleted_at is null
        where cl.workspace_id = $1 and cl.lead_id = l.id) m
) l
group by d.domain
"""  # noqa: S608  # text of ours


class FactsRepository:
    """Reads what the rules ask about; writes nothing."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx = tx
        self._workspace_id = workspace_id

    async def people(self, emails: Collection[str], *, deletions: bool) -> dict[str, Person]:
        """Who of these is known, with their memberships, and their deletions if the rules will ask
        for them.
        """
        separator, [listed] = packed([emails])
        rows = await self._tx.rows(PEOPLE, self._workspace_id, separator, listed)
        memberships: dict[str, list[Membership]] = {row["email"]: [] for row in rows}
        for row in rows:
            if row["map_id"]:
                memberships[row["email"]].append(_membership(row))
        buried = await self._buried(list(memberships)) if deletions and memberships else {}
        return {
            row["email"]: Person(
                LeadId(row["lead_id"]),
                row["linkedin_key"],
                tuple(memberships[row["email"]]),
                tuple(buried.get(row["email"], ())),
                row["validation"] and VALIDATION_RESULTS[row["validation"]],
            )
            for row in rows
        }

    async def _buried(self, emails: list[str]) -> dict[str, list[Buried]]:
        found: dict[str, list[Buried]] = {}
        for row in await self._tx.rows(BURIED, self._workspace_id, emails):
            found.setdefault(row["email"], []).append(
                Buried(
                    CampaignId(row["campaign_id"]),
                    row["campaign_name"],
                    _client(row["client_id"]),
                    row["contacted_at"],
                    row["replied_at"],
                )
            )
        return found

    async def found(self, emails: Iterable[str]) -> dict[str, Reach]:
        """What was found out about the addresses of leads."""
        rows = await self._tx.rows(FOUND, self._workspace_id, list(emails))
        return {
            row["email"]: Reach(
                ValidationResult(row["result"]),
                ValidationReason(row["reason"]),
                ValidationLevel(row["level"]),
                row["checked_at"],
            )
            for row in rows
        }

    async def owners(self, linkedin_keys: Iterable[str]) -> dict[str, Owner]:
        """Whose LinkedIn profiles are these? A claim that another transaction has not committed is
        nobody's yet.
        """
        rows = await self._tx.rows(OWNERS, self._workspace_id, list(linkedin_keys))
        return {row["linkedin_key"]: Owner(LeadId(row["lead_id"]), row["email"]) for row in rows}

    async def taken(
        self, lead_ids: Iterable[LeadId], campaign_id: CampaignId, chunk_of: Chunked
    ) -> set[LeadId]:
        """For whom of these a row of an earlier chunk was taken."""
        rows = await self._tx.rows(
            TAKEN,
            self._workspace_id,
            list(lead_ids),
            campaign_id,
            chunk_of.import_id,
            chunk_of.run,
        )
        return {LeadId(row["id"]) for row in rows}

    async def taken_in_dry_run(
        self, emails: Iterable[str], profiles: Iterable[str], chunk_of: Chunked
    ) -> tuple[set[str], set[str]]:
        """Of these addresses and profiles, those of which an earlier chunk would have taken one."""
        rows = await self._tx.rows(
            TAKEN_IN_DRY_RUN,
            self._workspace_id,
            list(emails),
            list(profiles),
            chunk_of.import_id,
            chunk_of.run,
        )
        taken: tuple[set[str], set[str]] = (set(), set())
        for row in rows:
            taken[not row["of_email"]].add(row["key"])
        return taken

    async def at_domains(self, domains: Iterable[str], most: int) -> dict[str, dict[str, Any]]:
        """People known and active at each domain, of the first ``most`` leads there."""
        rows = await self._tx.rows(ACTIVE_AT_DOMAIN, self._workspace_id, list(domains), most)
        return {row["domain"]: dict(row) for row in rows}


# Looked up instead of made: a batch asks for hundreds, and the call of an enum takes ten times as
# long.
CAMPAIGN_STATUSES = {status.value: status for status in CampaignStatus}
LEAD_STATUSES = {status.value: status for status in LeadStatus}
VALIDATION_RESULTS = {result.value: result for result in ValidationResult}


def _membership(row: Any) -> Membership:
    return Membership(
        map_id=MapId(row["map_id"]),
        lead_id=LeadId(row["lead_id"]),
        campaign_id=CampaignId(row["campaign_id"]),
        campaign_name=row["campaign_name"],
        campaign_status=CAMPAIGN_STATUSES[row["campaign_status"]],
        holding=row["holding"],
        archived=row["archived"],
        client_id=_client(row["client_id"]),
        status=LEAD_STATUSES[row["status"]],
        tags=tuple(row["tags"]),
        contacted_at=row["contacted_at"],
        replied_at=row["replied_at"],
        passed_blocks=tuple(row["passed_blocks"]),
    )


def _client(client_id: int | None) -> ClientId | None:
    return None if client_id is None else ClientId(client_id)
