"""What a workspace keeps for so many days, and the jobs that remove it then."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from app.kit.jobs import Lease, LeaseLost
from app.kit.resources import Resources
from app.retention.operations import CHUNK, queue_removals, remove_expired
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.test_files import sent
from tests.jobs import taken_over

Work = Callable[[], Awaitable[int]]
EXPIRED = "The rows of this import are older than the workspace keeps them; its counts stay."


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")


async def imported(tenant: Tenant, *emails: str) -> int:
    answer = await tenant.add(await tenant.campaign(), *emails, duplicate_scope="campaign")
    import_id: int = answer["import_id"]
    return import_id


async def aged(resources: Resources, tenant: Tenant, import_id: int, days: float) -> None:
    await resources.database.fetch(
        "update imports set finished_at = now() - $3 * interval '1 day'"
        " where workspace_id = $1 and id = $2",
        *(tenant.id, import_id, days),
    )


async def happened(resources: Resources, tenant: Tenant, *days_ago: float) -> list[int]:
    """Events, in this order."""
    rows = await resources.database.fetch(
        "insert into lead_events (workspace_id, lead_id, type, source, at)"
        " select $1, 1, 'sent', 'test', now() - d * interval '1 day'"
        " from unnest($2::float8[]) with ordinality given(d, n) order by n returning id",
        *(tenant.id, days_ago),
    )
    return [row["id"] for row in rows]


async def ledger(resources: Resources, tenant: Tenant) -> set[int]:
    """The imports that have rows."""
    rows = await resources.database.fetch(
        "select distinct import_id from import_rows where workspace_id = $1", tenant.id
    )
    return {row["import_id"] for row in rows}


async def events(resources: Resources, tenant: Tenant) -> list[int]:
    rows = await resources.database.fetch(
        "select id from lead_events where workspace_id = $1 order by id", tenant.id
    )
    return [row["id"] for row in rows]


async def queued(resources: Resources) -> list[tuple[int, str]]:
    await queue_removals(resources)
    rows = await resources.database.fetch(
        "select workspace_id, kind from jobs where kind <> 'validate_leads' order by id"
    )
    return [(row["workspace_id"], row["kind"]) for row in rows]


async def leased(resources: Resources, tenant: Tenant) -> Lease:
    await queue_removals(resources)
    [row] = await resources.database.fetch(
        "select id from jobs where workspace_id = $1 and kind = 'remove_expired'", tenant.id
    )
    lease = await resources.jobs.claim(row["id"])
    assert lease
    return lease


async def test_ledgers_are_removed_by_their_age_and_their_counts_stay(
    api: httpx.AsyncClient, resources: Resources, tenant: Tenant, work: Work
) -> None:
    old = await imported(tenant, "ann@example.com", "bob@example.com", "no address")
    young = await imported(tenant, "eve@example.com")
    await aged(resources, tenant, old, 90.01)
    await aged(resources, tenant, young, 89.99)
    before = (await api.get(f"/imports/{old}")).json()
    assert before["ledger_removed_at"] is None
    await queue_removals(resources)
    await work()
    assert await ledger(resources, tenant) == {young}
    after = (await api.get(f"/imports/{old}")).json()
    assert after == before | {"ledger_removed_at": after["ledger_removed_at"]}
    assert after["ledger_removed_at"] > after["created_at"]
    assert (await api.get(f"/imports/{young}")).json()["ledger_removed_at"] is None
    assert await offenders(resources, tenant.id) == []
    assert await queued(resources) == [(0, "remove_leftovers")]


async def test_the_rows_that_a_preview_showed_go_with_the_ledger(
    api: httpx.AsyncClient, resources: Resources, tenant: Tenant, work: Work
) -> None:
    answer = await sent(tenant, await tenant.campaign(), "email\nann@example.com\n", start=True)
    import_id = answer.json()["id"]
    await work()
    before = (await api.get(f"/imports/{import_id}")).json()
    assert before["preview"]["rows"] == [["ann@example.com"]]
    await aged(resources, tenant, import_id, 91)
    await queue_removals(resources)
    await work()
    after = (await api.get(f"/imports/{import_id}")).json()
    assert after["preview"] == before["preview"] | {"rows": []}
    assert after["upload_id"] == before["upload_id"]


async def test_an_expired_ledger_is_told_apart_from_an_empty_one(
    api: httpx.AsyncClient, resources: Resources, tenant: Tenant, work: Work
) -> None:
    import_id = await imported(tenant, "ann@example.com")
    assert (await api.get(f"/imports/{import_id}/rows")).status_code == 200
    await aged(resources, tenant, import_id, 91)
    reads = (f"/imports/{import_id}/{what}" for what in ("rows", "breakdown", "rejected.csv"))
    answers = [await api.get(path) for path in reads]
    await queue_removals(resources)
    await work()
    answers.append(await api.get(f"/imports/{import_id}/rows"))
    await tenant.policy(ledger_retention_days=0)
    answers.append(await api.get(f"/imports/{import_id}/rows", params={"code": "added"}))
    for answer in answers:
        body = answer.json()
        assert (answer.status_code, body["code"], body["detail"]) == (
            409,
            "ledger_expired",
            EXPIRED,
        )


async def test_no_days_are_for_ever(
    api: httpx.AsyncClient, resources: Resources, tenant: Tenant
) -> None:
    import_id = await imported(tenant, "ann@example.com")
    await aged(resources, tenant, import_id, 4000)
    await happened(resources, tenant, 4000)
    await tenant.policy(ledger_retention_days=0)
    assert await queued(resources) == [(0, "remove_leftovers")]
    assert (await api.get(f"/imports/{import_id}/rows")).status_code == 200


async def test_an_import_that_has_not_ended_keeps_its_ledger(
    resources: Resources, tenant: Tenant
) -> None:
    import_id = await imported(tenant, "ann@example.com")
    await resources.database.fetch(
        "update imports set finished_at = null, created_at = now() - interval '1 year'"
        " where workspace_id = $1 and id = $2",
        *(tenant.id, import_id),
    )
    assert await queued(resources) == [(0, "remove_leftovers")]


async def test_events_are_removed_by_their_age(
    resources: Resources, tenant: Tenant, other: Tenant, work: Work
) -> None:
    *_, kept, _, newest = ids = await happened(resources, tenant, 40, 31, 29, 35, 1)
    theirs = await happened(resources, other, 4000)
    await tenant.policy(event_retention_days=30)
    await queue_removals(resources)
    await work()
    assert await events(resources, tenant) == [kept, newest]
    assert kept == ids[2]
    assert await events(resources, other) == theirs


async def test_who_has_something_too_old_gets_one_job(
    resources: Resources, tenant: Tenant, other: Tenant
) -> None:
    await tenant.policy(event_retention_days=30, ledger_retention_days=30)
    await aged(resources, tenant, await imported(tenant, "ann@example.com"), 31)
    await happened(resources, tenant, 31)
    await aged(resources, other, await imported(other, "ann@example.com"), 31)
    for _ in range(2):
        assert await queued(resources) == [
            (0, "remove_leftovers"),
            (tenant.id, "remove_expired"),
        ]


async def test_more_than_a_chunk_is_removed_and_the_import_is_gone_meanwhile(
    resources: Resources, tenant: Tenant
) -> None:
    import_id = await imported(tenant, "ann@example.com")
    await resources.database.fetch(
        "insert into import_rows (workspace_id, import_id, run, row_no, code)"
        " select $1, $2, 1, n, 'blocked' from generate_series(2, $3::int) n",
        *(tenant.id, import_id, CHUNK + 10),
    )
    await aged(resources, tenant, import_id, 91)
    await remove_expired(resources, await leased(resources, tenant))
    assert await ledger(resources, tenant) == set()
    [row] = await resources.database.fetch(
        "select ledger_removed_at from imports where workspace_id = $1", tenant.id
    )
    assert row["ledger_removed_at"]


async def test_a_removal_that_was_taken_over_does_nothing_more(
    resources: Resources, tenant: Tenant
) -> None:
    import_id = await imported(tenant, "ann@example.com")
    await aged(resources, tenant, import_id, 91)
    dead = await leased(resources, tenant)
    alive = await taken_over(resources, dead)
    with pytest.raises(LeaseLost):
        await remove_expired(resources, dead)
    assert await ledger(resources, tenant) == {import_id}
    await remove_expired(resources, alive)
    assert await ledger(resources, tenant) == set()


async def test_a_policy_that_changes_while_the_job_waits_is_heard(
    resources: Resources, tenant: Tenant
) -> None:
    import_id = await imported(tenant, "ann@example.com")
    await aged(resources, tenant, import_id, 91)
    lease = await leased(resources, tenant)
    await tenant.policy(ledger_retention_days=365)
    await remove_expired(resources, lease)
    assert await ledger(resources, tenant) == {import_id}
