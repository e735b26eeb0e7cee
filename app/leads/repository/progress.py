"""How many wait to be checked, and what was found of the others, counted in one statement."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from app.kit.db import Tx
from app.leads.jobs import ValidateLeads
from app.leads.repository.columns import CONFIRMS
from app.leads.rules.progress import Counted, Progress
from app.validation.errors import UNBELIEVED
from app.validation.repository import RESULT
from app.values import (
    WORKED_ON,
    CampaignId,
    ImportId,
    ValidationLevel,
    ValidationResult,
    WorkspaceId,
)

FEW = 100_000
"""Members that are looked up one by one, in half a second."""

GOING_ON = """
select exists (
    select from (
        select state from imports where workspace_id = $1 and campaign_id = $2
        order by id desc limit 100) newest
    where state = any($3)) goes_on
"""

# Many are read along the keys of the queue, the results and the people, side by side: a third of
# the time, and the same whatever the statistics say. With a table that was not analyzed yet it took
# 12 s for a million. No plan of it is kept, and the processors are left to those who check.
SIDE_BY_SIDE = """
select set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('enable_nestloop', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_sort', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true)
"""
AS_BEFORE = """
select set_config(name, reset_val, true) from pg_settings
where name in ('plan_cache_mode', 'enable_nestloop', 'enable_hashjoin', 'enable_sort',
               'max_parallel_workers_per_gather')
"""

WAITS = "select lead_id, due_at, stage, reason from unvalidated where workspace_id = $1"
FOUND = f"""
    select lead_id, email, {RESULT} result, level from validations v where workspace_id = $1"""  # noqa: S608  # text of ours
PEOPLE = "select id lead_id, email from leads where workspace_id = $1"


def _counted(members: str, joined: Callable[[str, str, str], str]) -> str:
    """Whoever does not wait has the address of which something was found."""
    holds = "(u.lead_id is null or v.email = l.email)"
    return f"""
select result, level, u.lead_id is not null and ({holds} and {CONFIRMS}) is not true waits,
       {holds} holds, u.stage, count(*) n, min(due_at) due_at
from (select lead_id from campaign_leads where workspace_id = $1 and {members}) m
left join {joined(WAITS, "u", "m.lead_id")}
left join {joined(FOUND, "v", "m.lead_id")}
left join {joined(PEOPLE, "l", "u.lead_id")}
group by result, level, waits, holds, u.stage
"""  # noqa: S608  # text of ours


def _one_by_one(rows: str, name: str, lead_id: str) -> str:
    column = "id" if rows is PEOPLE else "lead_id"
    return f"lateral ({rows} and {column} = {lead_id} offset 0) {name} on true"


def _side_by_side(rows: str, name: str, lead_id: str) -> str:
    # In an order that is asked for: of rows that may be missing PostgreSQL 15 does not see it.
    return f"({rows} order by lead_id) {name} on {name}.lead_id = {lead_id}"


# Also while it is tried again, until it got on.
HELD = """
select run_at from jobs
where workspace_id = $1 and kind = $2 and singleton and state = 'queued' and error = $3
union all
select run_at from jobs
where workspace_id = $1 and kind = $2 and state = 'running' and error = $3
limit 1
"""

OF_CAMPAIGN = "campaign_id = $2"
OF_IMPORT = "campaign_id = $2 and import_id = $3"
FEW_OF_CAMPAIGN = _counted(OF_CAMPAIGN, _one_by_one)
MANY_OF_CAMPAIGN = _counted(OF_CAMPAIGN, _side_by_side)
FEW_OF_IMPORT = _counted(OF_IMPORT, _one_by_one)
MANY_OF_IMPORT = _counted(OF_IMPORT, _side_by_side)


class ProgressRepository:
    """How far the checks of one workspace are."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def of_campaign(self, campaign_id: CampaignId, members: int) -> Progress:
        """Of its members; ``members`` is how many there are, more or less."""
        if members <= FEW:
            return await self._progress(FEW_OF_CAMPAIGN, campaign_id)
        return await self._side_by_side(MANY_OF_CAMPAIGN, campaign_id)

    async def of_import(
        self, campaign_id: CampaignId, import_id: ImportId, members: int
    ) -> Progress:
        """Of those whom it brought into the campaign, and who are still there."""
        if members <= FEW:
            return await self._progress(FEW_OF_IMPORT, campaign_id, import_id)
        return await self._side_by_side(MANY_OF_IMPORT, campaign_id, import_id)

    async def goes_on(self, campaign_id: CampaignId) -> bool:
        """Does one of its newest imports bring more?"""
        [row] = await self._tx.rows(GOING_ON, self._workspace_id, campaign_id, WORKED_ON)
        return bool(row["goes_on"])

    async def _side_by_side(self, sql: str, *members: int) -> Progress:
        await self._tx.rows(SIDE_BY_SIDE)
        progress = await self._progress(sql, *members)
        await self._tx.rows(AS_BEFORE)
        return progress

    async def _progress(self, sql: str, *members: int) -> Progress:
        counted = list(map(_read, await self._tx.rows(sql, self._workspace_id, *members)))
        held_until = await self._held_until() if any(a.waits_for_dns for a in counted) else None
        return Progress.of(counted, datetime.now(UTC), held_until)

    async def _held_until(self) -> datetime | None:
        """When DNS is asked again, if it could not be believed the last time."""
        rows = await self._tx.rows(HELD, self._workspace_id, ValidateLeads.kind, UNBELIEVED)
        return rows[0]["run_at"] if rows else None


def _read(row: Any) -> Counted:
    found = row["result"] is not None and row["holds"]
    return Counted(
        row["n"],
        (ValidationResult(row["result"]), ValidationLevel(row["level"])) if found else None,
        row["waits"] or not found,
        row["due_at"],
        ValidationLevel(row["stage"] or ValidationLevel.DOMAIN),
    )
