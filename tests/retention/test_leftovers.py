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
