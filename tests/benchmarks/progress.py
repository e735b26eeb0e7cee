"""How far a large campaign is checked, as it is asked over HTTP."""

import time
from statistics import median

import typer

from tests.benchmarks.figures import Figure
from tests.benchmarks.run import Run
from tests.benchmarks.stage import Stage

REPEATS = 5
SMALL = 20_000
# Ids in the order of their arrival, addresses in none; every second one waits, until tomorrow.
MEMBERS = """
with people as (
    insert into leads (workspace_id, email, first_name, last_name, company_name, custom_fields)
    select $1, md5(n::text || ' ' || $2::bigint) || '@progress' || n % 20000 || '.com',
           'First', 'Last', 'Example Ltd', '{"industry": "tools"}'
    from generate_series(1, $3::int) n
    returning id, email),
members as (
    insert into campaign_leads (workspace_id, campaign_id, lead_id, status)
    select $1, $2::bigint, id, 'NOT_CONTACTED' from people),
counted as (
    insert into counter_deltas (workspace_id, campaign_id, counter, day, n)
    values ($1, $2::bigint, 'status:NOT_CONTACTED', now(), $3::int)),
waiting as (
    insert into unvalidated (workspace_id, lead_id, domain, due_at)
    select $1, id, split_part(email, '@', 2), now() + interval '1 day' from people where id % 2 = 1)
insert into validations (workspace_id, lead_id, email, result, reason, level, source,
                         rules_version, checked_at)
select $1, id, email, (array['valid', 'valid', 'invalid', 'unverified'])[1 + id / 2 % 4],
       'domain_accepts_mail', 'domain', 'dns', 1, now()
from people where id % 2 = 0
"""


async def progress(run: Run) -> list[Figure]:
    """Of a campaign that is nearly the whole workspace, and of a small one beside it."""
    members = run.size.members
    large, small = run.stage.campaigns(2)
    async with run.stage.connection() as connection:
        workspace = await connection.fetchval(
            "select workspace_id from campaigns where id = $1", large
        )
        for campaign, count in ((large, members), (small, SMALL)):
            await connection.execute(MEMBERS, workspace, campaign, count)
    fresh_s = _seconds(run.stage, large, members)
    await run.stage.settle()
    settled_s, small_s = _seconds(run.stage, large, members), _seconds(run.stage, small, SMALL)
    return [
        _figure(f"progress of {members:,} leads, no statistics", fresh_s, must=2000, goal=1500),
        _figure(f"progress of {members:,} leads", settled_s, must=2000, goal=1000),
        _figure(f"progress of {SMALL:,} beside them", small_s, must=200, goal=100),
    ]


def _seconds(stage: Stage, campaign: int, members: int) -> float:
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        answer = stage.up.request("GET", f"/campaigns/{campaign}/validation", stage.key)
        took.append(time.perf_counter() - began)
        found = answer.raise_for_status().json()
        assert (found["total"], found["pending"]) == (members, members // 2)
    typer.echo(f"{'progress':28} " + " ".join(f"{1000 * one:.0f}" for one in took) + " ms")
    return median(took)


def _figure(work: str, seconds: float, *, must: float, goal: float) -> Figure:
    ms = 1000 * seconds
    return Figure(work, f"{ms:,.0f} ms", ms, "ms", must=must, goal=goal, at_most=True)
