"""What the service keeps for itself: answers of idempotency keys, and jobs that ended."""

from collections.abc import Awaitable, Callable

from app.kit.resources import Resources
from app.retention.operations import queue_removals
from tests.client import Tenant

JOBS = """
insert into jobs (workspace_id, kind, state, finished_at)
select $1, 'ended', 'completed', now() - h * interval '1 hour' from unnest($2::int[]) h
"""
KEYS = """
insert into idempotency_keys (workspace_id, key_hash, fingerprint, answer, created_at)
select $1, int4send(h), '', '', now() - h * interval '1 minute' from unnest($2::int[]) h
"""
DOMAINS = """
insert into mail_domains (domain, fresh_until, lease_until)
values ($1, now() + $2::int * interval '1 day', now() + $3::int * interval '1 day')
"""
LEFT = """
select (select count(*) from jobs where kind = 'ended') jobs,
       (select array_agg(round(extract(epoch from now() - created_at) / 60)::int
                         order by created_at)
        from idempotency_keys where workspace_id = $1) keys
"""


async def test_answers_go_after_a_day_and_jobs_after_a_week(
    resources: Resources, tenant: Tenant, work: Callable[[], Awaitable[int]]
) -> None:
    await resources.database.fetch("delete from jobs")
    await resources.database.fetch(JOBS, tenant.id, [169] * 3 + [167])
    await resources.database.fetch(KEYS, tenant.id, [*range(1441, 2041), 1439, 1])
    await queue_removals(resources)
    assert await work() >= 1
    [left] = await resources.database.fetch(LEFT, tenant.id)
    assert dict(left) == {"jobs": 1, "keys": [1439, 1]}
    kinds = await resources.database.fetch("select kind from jobs where kind <> 'ended'")
    assert kinds == []


async def test_what_is_known_of_domains_goes_when_nobody_is_there(
    resources: Resources, tenant: Tenant, work: Callable[[], Awaitable[int]]
) -> None:
    await tenant.add(await tenant.campaign(), "ann@with-leads.com", "bob@with-other-leads.com")
    async with resources.database.transaction() as tx:
        await tx.rows("delete from mail_domains")
        for domain, fresh_until, lease_until in (
            ("with-leads.com", -100, None),
            ("leads.com", -91, None),
            ("younger.com", -89, None),
            ("fresh.com", 1, None),
            ("asked-for.com", -100, 1),
            ("claimed.com", None, -91),
            ("claimed-lately.com", None, 0),
            ("only-asked-about.com", -2, -2),
            ("with-other-leads.com", -2, None),
            *((f"old{n}.com", -91, -91) for n in range(501)),
        ):
            await tx.rows(DOMAINS, domain, fresh_until, lease_until)
    await queue_removals(resources)
    assert await work() >= 1
    left = await resources.database.fetch("select domain from mail_domains order by domain")
    assert [row["domain"] for row in left] == [
        "asked-for.com",
        "claimed-lately.com",
        "fresh.com",
        "with-leads.com",
        "with-other-leads.com",
        "younger.com",
    ]
    await resources.database.fetch("delete from mail_domains")


async def test_what_was_spent_goes_after_a_year(
    resources: Resources, work: Callable[[], Awaitable[int]]
) -> None:
    await resources.database.fetch(
        "insert into provider_budgets (provider, day, spent)"
        " select 'kept', current_date - d, 1 from unnest($1::int[]) d",
        [402, 401, 398, 0],
    )
    await queue_removals(resources)
    assert await work() >= 1
    left = await resources.database.fetch(
        "delete from provider_budgets where provider = 'kept' returning current_date - day age"
    )
    assert sorted(row["age"] for row in left) == [0, 398]
