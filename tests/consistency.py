"""What holds in every snapshot of a workspace, whatever happens at once: each rule finds offenders.

Only of campaigns that were not deleted, unless it says so: the removal of a deleted one takes time.
"""

from typing import Any

import asyncpg

from app.identity import linkedin_key
from app.kit.resources import Resources
from app.values import DuplicateScope

FORGOT = """(
    select event_retention_days > 0 from workspaces where id = $1
    union
    select true from imports where workspace_id = $1 and ledger_removed_at is not null
    order by 1 desc limit 1)"""
"""Does the workspace not keep all that its leads' history is proved by?"""
STORED = """
    select r.* from import_rows r
    join imports i on i.workspace_id = $1 and i.id = r.import_id and i.run = r.run
    where r.workspace_id = $1 and i.settings ->> 'dry_run' is distinct from 'true'"""
"""Ledger lines of what was done, and not only foretold."""
REMOVED = "coalesce(r.undo in ('lead_removed', 'member_removed'), false)"
"""Of such a line: what it had added is gone again."""
RULES = {
    "a lead's profile is claimed for it, and nobody else claims it": """
        select l.id, l.linkedin_key, o.linkedin_key claimed, o.lead_id
        from (select * from leads where workspace_id = $1 and linkedin_key is not null) l
        full join (select * from lead_linkedin where workspace_id = $1) o
            on o.linkedin_key = l.linkedin_key and o.lead_id = l.id
        where l.id is null or o.lead_id is null""",
    "a lead came by a batch, once": f"""
        select l.id, l.email, count(r.lead_id) added
        from leads l
        left join ({STORED}) r on r.lead_id = l.id and r.code = 'added'
        where l.workspace_id = $1
        group by l.id, l.email having count(r.lead_id) = 0 and not {FORGOT}""",  # noqa: S608  # text of ours
    "who was added, and not deleted since, is a member": f"""
        with added as (
            select i.campaign_id, r.lead_id, count(*) n
            from ({STORED}) r join imports i on i.workspace_id = $1 and i.id = r.import_id
            where r.code = 'added' and not {REMOVED}
            group by i.campaign_id, r.lead_id),
        deleted as (
            select campaign_id, lead_id, count(*) n from lead_events
            where workspace_id = $1 and type = 'deleted' group by campaign_id, lead_id),
        members as (
            select campaign_id, lead_id, count(*) n from campaign_leads
            where workspace_id = $1 group by campaign_id, lead_id)
        select campaign_id, lead_id, added.n added, deleted.n deleted, members.n member
        from added
        full join deleted using (campaign_id, lead_id)
        full join members using (campaign_id, lead_id)
        join campaigns c on c.workspace_id = $1 and c.id = campaign_id and c.deleted_at is null
        where coalesce(added.n, 0) - coalesce(deleted.n, 0) <> coalesce(members.n, 0)
          and not {FORGOT}""",  # noqa: S608  # text of ours
    "kept counts are the members counted": """
        with kept as (
            select campaign_id, counter, sum(n) n
            from (select campaign_id, counter, n from counters where workspace_id = $1
                  union all
                  select campaign_id, counter, n from counter_deltas where workspace_id = $1) k
            where counter like 'status:%' group by campaign_id, counter),
        counted as (
            select campaign_id, 'status:' || status counter, count(*) n
            from campaign_leads where workspace_id = $1 group by campaign_id, status)
        select campaign_id, counter, kept.n kept, counted.n counted
        from kept full join counted using (campaign_id, counter)
        join campaigns c on c.workspace_id = $1 and c.id = campaign_id and c.deleted_at is null
        where coalesce(kept.n, 0) <> coalesce(counted.n, 0)""",
    "an import counts the rows of its ledger": """
        with ledger as (
            select import_id, jsonb_object_agg(code, n) by_code, sum(n) n
            from (select r.import_id, r.code, count(*) n
                  from import_rows r
                  join imports i on i.workspace_id = $1 and i.id = r.import_id and i.run = r.run
                  where r.workspace_id = $1 group by r.import_id, r.code) lines
            group by import_id)
        select id, rows_total, rows_done, i.by_code, ledger.by_code lines, ledger_removed_at
        from (select * from imports where workspace_id = $1) i
        full join ledger on ledger.import_id = i.id
        where i.id is null or state = 'completed' and rows_done <> rows_total
            or ledger_removed_at is not null and ledger.n is not null
            or ledger_removed_at is null and (rows_done, i.by_code) is distinct from
               (coalesce(ledger.n, 0)::bigint, coalesce(ledger.by_code, '{}'))""",
    "the campaigns in the way of an import are those of the rows that the scope refused": """
        select id, in_the_way, by_code from imports
        cross join lateral (
            select coalesce(sum((line ->> 2)::bigint), 0) n,
                   coalesce(bool_or((line ->> 3)::bigint > (line ->> 2)::bigint), false) too_many
            from jsonb_array_elements(in_the_way) line) campaigns
        where workspace_id = $1 and (too_many or
            n <> coalesce((by_code ->> 'duplicate_in_other_campaign')::bigint, 0)
               + coalesce((by_code ->> 'in_progress_in_other_campaign')::bigint, 0))""",
    "an undone import counts what its ledger says": """
        select id, state, i.undo, lines.undone
        from (select * from imports where workspace_id = $1 and undo is not null) i
        full join (
            select import_id, jsonb_object_agg(undo, n) undone
            from (select import_id, undo, count(*) n from import_rows
                  where workspace_id = $1 and undo is not null group by import_id, undo) counted
            group by import_id) lines on lines.import_id = i.id
        where state = 'undone' and (i.undo ->> 'rows_done')::bigint <> rows_done
           or ledger_removed_at is null
              and i.undo -> 'by_code' is distinct from coalesce(lines.undone, '{}')""",
    "a lead was checked, or waits to be": """
        select id, email from leads l
        where workspace_id = $1
          and not exists (select from validations
                          where workspace_id = $1 and lead_id = l.id and email = l.email)
          and not exists (select from unvalidated where workspace_id = $1 and lead_id = l.id)""",
    "who waits to be checked is there, at that domain": """
        select u.lead_id, u.domain, l.email
        from unvalidated u left join leads l on l.workspace_id = $1 and l.id = u.lead_id
        where u.workspace_id = $1 and u.domain is distinct from split_part(l.email, '@', 2)""",
    "who was checked is there": """
        select lead_id, email from validations v
        where workspace_id = $1
          and not exists (select from leads where workspace_id = $1 and id = v.lead_id)""",
    "who was found invalid is written to nowhere, unless somebody says so": """
        select cl.campaign_id, cl.lead_id, cl.status
        from validations v
        join leads l on l.workspace_id = $1 and l.id = v.lead_id and l.email = v.email
        join campaign_leads cl on cl.workspace_id = $1 and cl.lead_id = v.lead_id
        where v.workspace_id = $1 and v.result = 'invalid'
          and cl.status in ('NOT_CONTACTED', 'REVIEWED', 'SCHEDULED', 'IN_PROGRESS', 'PAUSED')
          and not exists (
            select from lead_events e where e.workspace_id = $1 and e.lead_id = cl.lead_id
              and e.campaign_id = cl.campaign_id and e.type = 'status_changed')""",
    "who is invalid was found to be, unless somebody says so or stands in their way": """
        select cl.campaign_id, cl.lead_id, v.result
        from campaign_leads cl
        join campaigns c on c.workspace_id = $1 and c.id = cl.campaign_id and c.deleted_at is null
        join leads l on l.workspace_id = $1 and l.id = cl.lead_id
        join validations v on v.workspace_id = $1 and v.lead_id = cl.lead_id and v.email = l.email
        where cl.workspace_id = $1 and cl.status = 'INVALID' and v.result <> 'invalid'
          and not exists (
            select from lead_events e where e.workspace_id = $1 and e.lead_id = cl.lead_id
              and e.campaign_id = cl.campaign_id
              and (e.type = 'status_changed' or e.data ? 'conflict'))""",
    "a tombstone is somebody's": """
        select email, campaign_id from tombstones t
        where workspace_id = $1
          and not exists (select from leads where workspace_id = $1 and email = t.email)""",
    "a taken row names its lead": f"""
        select import_id, row_no, email, code from ({STORED}) r
        where code in ('added', 'updated', 'unchanged')
          and exists (
            select from imports
            where workspace_id = $1 and id = r.import_id and suppresses is null)
          and not exists (select from leads where workspace_id = $1 and id = r.lead_id)
          and not exists (select from import_rows u where u.workspace_id = $1
                          and u.lead_id = r.lead_id and u.undo = 'lead_removed')""",  # noqa: S608  # text of ours
    "a removed campaign leaves nothing behind": """
        select * from (
            select 'campaign_leads' at, campaign_id from campaign_leads where workspace_id = $1
            union select 'tombstones', campaign_id from tombstones where workspace_id = $1
            union select 'lead_events', campaign_id from lead_events
                where workspace_id = $1 and campaign_id is not null
            union select 'counters', campaign_id from counters where workspace_id = $1
            union select 'counter_deltas', campaign_id from counter_deltas where workspace_id = $1
            union select 'suppressions', campaign_id from suppressions
                where workspace_id = $1 and campaign_id is not null) left_behind
        where not exists (
            select from campaigns where workspace_id = $1 and id = left_behind.campaign_id)""",
}
FLOORS = {
    DuplicateScope.WORKSPACE: """
        select cl.lead_id, array_agg(c.id || ' ' || c.status || ' ' || cl.status) places
        from campaign_leads cl
        join campaigns c on c.workspace_id = $1 and c.id = cl.campaign_id and c.deleted_at is null
        where cl.workspace_id = $1 and not c.holding
        group by cl.lead_id having count(*) > 1""",
    DuplicateScope.ACTIVE: """
        select cl.lead_id, array_agg(c.id || ' ' || c.status || ' ' || cl.status) places
        from campaign_leads cl
        join campaigns c on c.workspace_id = $1 and c.id = cl.campaign_id and c.deleted_at is null
        where cl.workspace_id = $1 and not c.holding and c.archived_at is null
          and c.status not in ('STOPPED', 'COMPLETED')
          and (cl.status in ('REVIEWED', 'SCHEDULED', 'IN_PROGRESS', 'PAUSED')
               or cl.status = 'NOT_CONTACTED' and c.status in ('ACTIVE', 'PAUSED'))
        group by cl.lead_id having count(*) > 1""",
}
"""Nobody is in two places: anywhere, or active. The second holds where no campaign is started."""
PROFILES = """
select id, linkedin_profile, linkedin_key from leads where workspace_id = $1
"""
SHOWN = 5


async def offenders(
    resources: Resources, workspace_id: int, floor: DuplicateScope = DuplicateScope.CAMPAIGN
) -> list[str]:
    """What is wrong with the workspace, a sentence for each rule that is broken."""
    rules = dict(RULES)
    if floor in FLOORS:
        rules[f"nobody is in two places under scope {floor}"] = FLOORS[floor]
    connection = await asyncpg.connect(resources.settings.database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            found = {name: await connection.fetch(sql, workspace_id) for name, sql in rules.items()}
            leads = await connection.fetch(PROFILES, workspace_id)
    finally:
        await connection.close()
    found["a profile's key is that of its page"] = [row for row in leads if _differs(row)]
    return [_sentence(name, [dict(row) for row in rows]) for name, rows in found.items() if rows]


def _differs(lead: Any) -> bool:
    page, key = lead["linkedin_profile"], lead["linkedin_key"]
    return bool((linkedin_key(page) if page else None) != key)


def _sentence(rule: str, rows: list[dict[str, Any]]) -> str:
    shown = "\n  ".join(map(str, rows[:SHOWN]))
    return f"Broken: {rule}. {len(rows)} times:\n  {shown}"
