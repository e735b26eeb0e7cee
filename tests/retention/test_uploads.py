"""Files of no use any more, and files that are nobody's."""

import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.kit.resources import Resources
from app.retention.operations import queue_removals
from tests.client import Tenant
from tests.uploads.files import CSV, left, send, stored

Work = Callable[[], Awaitable[int]]
DAY_S = 86_400


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")


async def sent(resources: Resources, tenant: Tenant, days_ago: float) -> int:
    upload_id: int = (await send(tenant.api))["id"]
    await resources.database.fetch(
        "update uploads set created_at = now() - $3 * interval '1 day'"
        " where workspace_id = $1 and id = $2",
        *(tenant.id, upload_id, days_ago),
    )
    return upload_id


async def used(
    resources: Resources,
    tenant: Tenant,
    upload_id: int,
    *,
    ledger_removed: bool = False,
    ended: float | None = 0,
) -> None:
    """By an import that ended so many days ago, or has not."""
    added = await tenant.add(await tenant.campaign(), f"ann{upload_id}@example.com")
    await resources.database.fetch(
        "update imports set upload_id = $3, ledger_removed_at = case when $4 then now() end,"
        " finished_at = now() - $5::float * interval '1 day' where workspace_id = $1 and id = $2",
        *(tenant.id, added["import_id"], upload_id, ledger_removed, ended),
    )


async def rows(resources: Resources, tenant: Tenant) -> set[int]:
    found = await resources.database.fetch(
        "select id from uploads where workspace_id = $1", tenant.id
    )
    return {row["id"] for row in found}


async def test_an_upload_that_nothing_uses_goes_after_a_week(
    resources: Resources, tenant: Tenant, other: Tenant, work: Work
) -> None:
    old, new = await sent(resources, tenant, 7.1), await sent(resources, tenant, 6.9)
    theirs = await sent(resources, other, 1)
    await queue_removals(resources)
    await work()
    assert await rows(resources, tenant) == left(resources, tenant.id) == {new}
    assert left(resources, other.id) == {theirs}
    answer = await tenant.api.get(f"/uploads/{old}")
    assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")
    await queue_removals(resources)
    kinds = await resources.database.fetch("select kind from jobs where state = 'queued'")
    assert [row["kind"] for row in kinds] == ["remove_leftovers"]


async def test_one_that_is_used_stays_as_long_as_a_ledger_of_it(
    resources: Resources, tenant: Tenant, work: Work
) -> None:
    gone, kept, fresh = [await sent(resources, tenant, days) for days in (400, 400, 1)]
    for upload_id in (gone, kept, fresh):
        await used(resources, tenant, upload_id, ledger_removed=True)
    await used(resources, tenant, kept)
    await queue_removals(resources)
    await work()
    assert await rows(resources, tenant) == left(resources, tenant.id) == {kept, fresh}


async def test_a_ledger_that_is_kept_for_ever_keeps_no_file_for_ever(
    resources: Resources, tenant: Tenant, work: Work
) -> None:
    """It goes when the last import of it ended long ago; what has not ended may need it."""
    await tenant.policy(ledger_retention_days=0)
    gone, late, again, unended = [await sent(resources, tenant, 400) for _ in range(4)]
    await used(resources, tenant, gone, ended=90.1)
    await used(resources, tenant, late, ended=89.9)
    for ended in (399, 1):
        await used(resources, tenant, again, ended=ended)
    await used(resources, tenant, unended, ended=None)
    await queue_removals(resources)
    await work()
    assert await rows(resources, tenant) == left(resources, tenant.id) == {late, again, unended}
    found = await resources.database.fetch(
        "select 1 from imports where workspace_id = $1 and ledger_removed_at is null", tenant.id
    )
    assert len(found) == 5, "the ledgers stay"


async def test_one_of_which_an_import_is_being_made_stays(
    resources: Resources, tenant: Tenant, work: Work
) -> None:
    upload_id = await sent(resources, tenant, 8)
    async with resources.database.transaction() as tx:
        await tx.rows("select from uploads where id = $1 for key share", upload_id)
        await queue_removals(resources)
        await work()
    assert await rows(resources, tenant) == left(resources, tenant.id) == {upload_id}


async def test_what_was_taken_away_already_is_no_hindrance(
    resources: Resources, tenant: Tenant, work: Work
) -> None:
    ids = [await sent(resources, tenant, 8) for _ in range(3)]
    file_of(resources, tenant, str(ids[1])).unlink()
    await queue_removals(resources)
    await work()
    assert await rows(resources, tenant) == left(resources, tenant.id) == set()


async def test_files_that_nobody_recorded_go_after_a_day(
    resources: Resources, tenant: Tenant, work: Work
) -> None:
    upload_id = await sent(resources, tenant, 0)
    for name, days in (("1", 1.1), ("2", 0.9), ("3#1", 1.1), ("4#1", 0.9), ("ours.txt", 9)):
        file = file_of(resources, tenant, name)
        file.write_bytes(b"x")
        os.utime(file, (time.time() - days * DAY_S,) * 2)
    os.utime(file_of(resources, tenant, str(upload_id)), (time.time() - 9 * DAY_S,) * 2)
    await queue_removals(resources)
    await work()
    names = {file.name for file in file_of(resources, tenant, "1").parent.iterdir()}
    assert names == {str(upload_id), "2", "4#1", "ours.txt"}
    assert stored(resources, tenant.id, upload_id) == CSV


def file_of(resources: Resources, tenant: Tenant, name: str) -> Path:
    return resources.settings.data_dir / "uploads" / str(tenant.id) / name
