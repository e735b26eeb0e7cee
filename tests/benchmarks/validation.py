"""Addresses checked by the real worker, of domains that are known."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import typer

from app.kit.documents import written
from app.leads.jobs import ValidateLeads
from app.validation.rules import Answer, Said, learned
from tests.benchmarks.figures import Figure
from tests.benchmarks.run import Run, told
from tests.benchmarks.usage import Meter

DOMAINS = 20_000
LOOK_S = 0.05
GIVE_UP_S = 300
# One domain in twenty takes no mail.
KNOWN = """
insert into mail_domains (domain, facts, fresh_until)
select 'known' || n || '.com', case when n % 20 = 0 then $2::jsonb else $1::jsonb end, $3
from generate_series(0, $4::int - 1) n
"""
PEOPLE = """
with people as (
    insert into leads (workspace_id, email)
    select $1, 'v' || md5(n::text) || '@known' || n % $4::int || '.com'
    from generate_series(1, $3::int) n
    returning id)
insert into campaign_leads (workspace_id, campaign_id, lead_id, status)
select $1, $2, id, 'NOT_CONTACTED' from people
"""
NOBODY = "delete from unvalidated"
NO_JOB = "delete from jobs where kind = $1"
WAIT = """
insert into unvalidated (workspace_id, lead_id, domain)
select workspace_id, lead_id, split_part(email, '@', 2)
from campaign_leads cl join leads l using (workspace_id)
where cl.workspace_id = $1 and cl.campaign_id = $2 and l.id = cl.lead_id
"""
QUEUE = "insert into jobs (workspace_id, kind, singleton) values ($1, $2, true)"
RESULTS = """
select count(*) filter (where v.result = 'valid' and cl.status = 'NOT_CONTACTED') valid,
       count(*) filter (where v.result = 'invalid' and cl.status = 'INVALID') invalid,
       (select count(*) from lead_events where type = 'validated' and campaign_id = $1) events
from validations v join campaign_leads cl using (workspace_id, lead_id)
where cl.campaign_id = $1
"""


WAITING = "select count(*) from unvalidated"


async def validation(run: Run) -> list[Figure]:
    """From the first result to the last one; the campaign has nobody else."""
    leads = run.size.steady
    [campaign] = run.stage.campaigns(1)
    async with run.stage.connection() as connection:
        workspace = await connection.fetchval(
            "select workspace_id from campaigns where id = $1", campaign
        )
        await _know(connection)
        await connection.execute(PEOPLE, workspace, campaign, leads, DOMAINS)
        await run.stage.settle()
        async with connection.transaction():
            await connection.execute(NOBODY)
            await connection.execute(NO_JOB, ValidateLeads.kind)
            await connection.execute(WAIT, workspace, campaign)
            await connection.execute(QUEUE, workspace, ValidateLeads.kind)
        rate = await _rate(run, connection, leads)
        found = dict(await connection.fetchrow(RESULTS, campaign) or {})
        assert found == {
            "valid": leads * 19 // 20,
            **dict.fromkeys(("invalid", "events"), leads // 20),
        }
    return [
        Figure(
            "validation by DNS, domains known",
            f"{rate:,.0f} leads/s",
            rate / 1000,
            "k/s",
            must=20,
            goal=40,
        )
    ]


async def _know(connection: "asyncpg.Connection[Any]") -> None:
    now = datetime.now(UTC)
    facts = [learned(Answer(said, (), 86_400), None, now) for said in (Said.MX, Said.NULL_MX)]
    until = now + timedelta(days=1)
    await connection.execute(KNOWN, *(written(one.to_json()) for one in facts), until, DOMAINS)


async def _rate(run: Run, connection: "asyncpg.Connection[Any]", leads: int) -> float:
    meter = Meter(run.stage.up)
    async with asyncio.timeout(GIVE_UP_S):
        before, first = meter.read(), await _fewer_than(connection, leads)
        began, own = time.perf_counter(), time.process_time()
        await _fewer_than(connection, 1)
    seconds = time.perf_counter() - began
    cpu_s = meter.since(before, clients_s=time.process_time() - own)
    typer.echo(f"{'validation':28} {told(first / seconds, seconds, first, cpu_s)}")
    return first / seconds


async def _fewer_than(connection: "asyncpg.Connection[Any]", most: int) -> int:
    """Until fewer wait than so many; gives how many do."""
    while (left := await connection.fetchval(WAITING)) >= most:  # noqa: ASYNC110
        await asyncio.sleep(LOOK_S)  # it happens in the database
    waiting: int = left
    return waiting
