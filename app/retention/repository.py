"""What is past its time, in the tables of other domains."""

from collections.abc import Sequence

from app.kit.db import Database, Tx
from app.uploads.rules import ENDED_DAYS, UNUSED_DAYS
from app.values import ImportId, UploadId, WorkspaceId

DRAFT_DAYS = 30
"""After which a draft is cancelled, and its file kept no longer than others."""

# Locked, because an ended import may be taken up again; whoever does that comes first.
EXPIRED_IMPORTS = """
select id from imports
where workspace_id = $1 and ledger_removed_at is null
  and finished_at < now() - make_interval(days => $2)
order by finished_at limit $3 for no key update skip locked
"""

# By their place in the table: a plan that no statistics can spoil.
REMOVE_LEDGERS = """
with gone as (
    delete from import_rows where workspace_id = $1 and ctid = any(array(
        select ctid from import_rows
        where workspace_id = $1 and import_id = any($2::bigint[]) limit $3))
    returning 1)
select count(*) from gone
"""

# What the preview showed of the rows is as old as they are.
NOTE_REMOVAL = """
update imports set ledger_removed_at = now(), preview = preview || '{"rows": []}'
where workspace_id = $1 and id = any($2::bigint[])
"""

CANCEL_DRAFTS = """
with gone as (
    update imports set state = 'cancelled', revision = revision + 1, finished_at = now()
    where workspace_id = $1 and state = 'draft' and id = any(array(
        select id from imports
        where workspace_id = $1 and state = 'draft'
          and created_at < now() - make_interval(days => $2)
        order by created_at limit $3))
    returning 1)
select count(*) from gone
"""

# In the order in which they were written, so that it takes no index by time: an event that was
# reported late goes with those that were written with it.
REMOVE_EVENTS = """
with gone as (
    delete from lead_events where workspace_id = $1 and id = any(array(
        select id from (
            select id, at from lead_events where workspace_id = $1 order by id limit $3) oldest
        where at < now() - make_interval(days => $2)))
    returning 1)
select count(*) from gone
"""

# What has not ended may need its file, and whoever wants to start or retry it has a while.
IS_USED = """exists (
    select from imports i
    where i.workspace_id = u.workspace_id and i.upload_id = u.id and i.ledger_removed_at is null
      and coalesce(i.finished_at > now() - make_interval(days => $3), true))"""

# Who makes an import of an upload holds it. One that was made while this statement ran is seen by
# the next one only, so that one asks again.
HOLD_UNUSED_UPLOADS = f"""
select id from uploads u
where workspace_id = $1 and created_at < now() - make_interval(days => $2) and not {IS_USED}
order by created_at limit $4 for update skip locked
"""  # noqa: S608  # text of ours

REMOVE_UNUSED_UPLOADS = f"""
delete from uploads u
where workspace_id = $1 and id = any($2::bigint[]) and not {IS_USED}
returning id
"""  # noqa: S608  # text of ours

WITH_EXPIRED = f"""
select w.id from workspaces w
where w.ledger_retention_days > 0 and exists (
        select from imports i
        where i.workspace_id = w.id and i.ledger_removed_at is null
          and i.finished_at < now() - make_interval(days => w.ledger_retention_days::int))
   or w.event_retention_days > 0 and (
        select e.at from lead_events e where e.workspace_id = w.id order by e.id limit 1)
        < now() - make_interval(days => w.event_retention_days::int)
   or exists (
        select from imports i
        where i.workspace_id = w.id and i.state = 'draft'
          and i.created_at < now() - make_interval(days => $2))
   or exists (
        select from uploads u
        where u.workspace_id = w.id and u.created_at < now() - make_interval(days => $1)
          and not {IS_USED})
order by w.id
"""  # noqa: S608  # text of ours


# By what was learned of a domain its leads may be judged again, so that it stays as long as there
# are any. Most that never had one were only asked about: they go soon, and those with leads are not
# looked at every hour for it. Along the key, and by their place in the table.
REMOVE_DOMAINS = """
with old as materialized (
    select domain, ctid place from mail_domains
    where domain > $1 and coalesce(lease_until < now(), true)
      and (coalesce(fresh_until, lease_until) < now() - make_interval(days => $2)
           or coalesce(fresh_until, lease_until)
              between now() - interval '3 days' and now() - interval '1 day')
    order by domain limit $3 for update skip locked),
gone as (
    delete from mail_domains d using old
    where d.ctid = old.place and not exists (
        select from workspaces w
        cross join lateral (
            select from leads
            where workspace_id = w.id and split_part(email, '@', 2) = old.domain limit 1) l
        offset 0))
select max(domain) last from old
"""
REMOVE_BUDGETS = """
delete from provider_budgets where day < (now() at time zone 'UTC')::date - $1::int returning 1
"""


class RetentionRepository:
    """What a workspace keeps for so many days."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def expired_imports(self, days: int, limit: int) -> list[ImportId]:
        """Those that ended first, with a ledger that is older; held until the transaction ends."""
        rows = await self._tx.rows(EXPIRED_IMPORTS, self._workspace_id, days, limit)
        return [ImportId(row["id"]) for row in rows]

    async def remove_ledgers(self, import_ids: Sequence[ImportId], limit: int) -> int:
        """Up to ``limit`` of their rows; gives how many."""
        [row] = await self._tx.rows(REMOVE_LEDGERS, self._workspace_id, import_ids, limit)
        removed: int = row["count"]
        return removed

    async def note_removal(self, import_ids: Sequence[ImportId]) -> None:
        """Of their ledgers; the first rows in their previews go with it."""
        await self._tx.rows(NOTE_REMOVAL, self._workspace_id, import_ids)

    async def remove_events(self, days: int, limit: int) -> int:
        """Of the ``limit`` first ones those that are older; gives how many."""
        [row] = await self._tx.rows(REMOVE_EVENTS, self._workspace_id, days, limit)
        removed: int = row["count"]
        return removed

    async def cancel_drafts(self, days: int, limit: int) -> int:
        """Up to so many that nobody started for so long; gives how many."""
        [row] = await self._tx.rows(CANCEL_DRAFTS, self._workspace_id, days, limit)
        cancelled: int = row["count"]
        return cancelled

    async def remove_uploads(self, days: int, ended_days: int, limit: int) -> list[UploadId]:
        """Up to so many that are older and that no import uses, or only such that have no ledger,
        or ended so long ago; gives them.

        Their files are still there.
        """
        held = await self._tx.rows(HOLD_UNUSED_UPLOADS, self._workspace_id, days, ended_days, limit)
        ids = [row["id"] for row in held]
        gone = await self._tx.rows(REMOVE_UNUSED_UPLOADS, self._workspace_id, ids, ended_days)
        return [UploadId(row["id"]) for row in gone]


async def remove_domains(tx: Tx, after: str, days: int, limit: int) -> str | None:
    """Of the next ``limit`` behind ``after`` that nobody asked for so long, or since a day or two,
    those without leads; gives the last one that was looked at, or None at the end.
    """
    [row] = await tx.rows(REMOVE_DOMAINS, after, days, limit)
    last: str | None = row["last"]
    return last


async def remove_budgets(tx: Tx, days: int) -> int:
    """Of days longer ago; gives how many."""
    return len(await tx.rows(REMOVE_BUDGETS, days))


async def workspaces_with_expired(database: Database) -> list[WorkspaceId]:
    """Across workspaces, in order: who has something past its time?"""
    found = await database.fetch(WITH_EXPIRED, UNUSED_DAYS, DRAFT_DAYS, ENDED_DAYS)
    return [WorkspaceId(row["id"]) for row in found]
