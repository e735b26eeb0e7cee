"""What happens to an import while it runs: wishes, failures, races, changes of mind."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.imports.sources.chunk import ROWS as CHUNK
from app.imports.sources.file_rows import COUNTED
from app.kit.jobs import RETRY_DELAYS_S, Lease
from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown
from tests.imports.test_files import imported
from tests.jobs import UNASKED
from tests.uploads.files import send
from workers.runner import run
from workers.tasks import TASKS

Work = Callable[[], Awaitable[int]]


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")


def people(count: int, domain: str = "example.com", first: int = 0) -> str:
    rows = (f"p{n}@{domain},P{n}" for n in range(first, first + count))
    return "\n".join(["email,first_name", *rows])


async def claimed(resources: Resources) -> Lease:
    lease = await resources.jobs.claim_next(UNASKED)
    assert lease
    return lease


async def lose_file(resources: Resources, tenant: Tenant, upload_id: int) -> None:
    """As the retention removes it: the row, and then the file."""
    await resources.database.fetch(
        "delete from uploads where workspace_id = $1 and id = $2", tenant.id, upload_id
    )
    file_of(resources, tenant, upload_id).unlink()


async def asked(tenant: Tenant, import_id: int, action: str) -> dict[str, Any]:
    answer = await tenant.api.post(f"/imports/{import_id}/{action}")
    assert answer.status_code == 202, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def members(tenant: Tenant, campaign_id: int) -> int:
    found = await shown(tenant.api, f"/campaigns/{campaign_id}/leads", limit=1)
    return int(found["total_leads"])


def file_of(resources: Resources, tenant: Tenant, upload_id: int) -> Path:
    return resources.settings.data_dir / "uploads" / str(tenant.id) / str(upload_id)


@pytest.mark.parametrize(("action", "state"), [("pause", "paused"), ("cancel", "cancelled")])
async def test_a_wish_is_granted_after_the_chunk(
    tenant: Tenant, resources: Resources, action: str, state: str
) -> None:
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people(3 * CHUNK))
    lease = await claimed(resources)
    wished = await asked(tenant, started["id"], action)
    assert (wished["state"], wished["wish"]) == ("queued", action)
    assert (await shown(tenant.api, f"/imports/{started['id']}"))["wish"] == action
    await run(resources, lease, TASKS)
    stopped = await shown(tenant.api, f"/imports/{started['id']}")
    assert (stopped["state"], stopped["wish"]) == (state, None)
    assert stopped["progress"]["rows_done"] == await members(tenant, campaign_id) == CHUNK
    assert stopped["progress"]["rows_total"] == 3 * CHUNK
    assert stopped["progress"]["rows_per_s"] > 0
    assert bool(stopped["progress"]["seconds_left"]) is (state == "paused")
    assert bool(stopped["finished_at"]) is (state == "cancelled")


async def test_a_large_file_can_be_stopped_while_its_rows_are_counted(
    tenant: Tenant, resources: Resources
) -> None:
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people(COUNTED + 1))
    lease = await claimed(resources)
    await asked(tenant, started["id"], "pause")
    await run(resources, lease, TASKS)
    paused = await shown(tenant.api, f"/imports/{started['id']}")
    assert (paused["state"], paused["progress"]["rows_done"]) == ("paused", 0)
    assert paused["progress"]["rows_total"] == COUNTED
    await asked(tenant, started["id"], "resume")
    lease = await claimed(resources)
    await asked(tenant, started["id"], "cancel")
    await run(resources, lease, TASKS)
    cancelled = await shown(tenant.api, f"/imports/{started['id']}")
    assert (cancelled["state"], cancelled["by_code"]) == ("cancelled", {})


async def test_a_paused_import_goes_on_where_it_stopped(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people(2 * CHUNK + 1))
    lease = await claimed(resources)
    await asked(tenant, started["id"], "pause")
    await run(resources, lease, TASKS)
    await asked(tenant, started["id"], "resume")
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    assert (done["state"], done["by_code"]) == ("completed", {"added": 2 * CHUNK + 1})
    assert not await offenders(resources, tenant.id)


async def test_whoever_wants_it_cancelled_gets_that(tenant: Tenant, resources: Resources) -> None:
    started = await imported(tenant, await tenant.campaign(), people(2 * CHUNK + 1))
    lease = await claimed(resources)
    await asked(tenant, started["id"], "cancel")
    assert (await asked(tenant, started["id"], "pause"))["wish"] == "cancel"
    await run(resources, lease, TASKS)
    assert (await shown(tenant.api, f"/imports/{started['id']}"))["state"] == "cancelled"


async def test_whoever_resumes_it_wants_it_paused_no_longer(
    tenant: Tenant, resources: Resources
) -> None:
    started = await imported(tenant, await tenant.campaign(), people(CHUNK + 1))
    lease = await claimed(resources)
    await asked(tenant, started["id"], "pause")
    resumed = await tenant.api.post(f"/imports/{started['id']}/resume")
    assert (resumed.status_code, resumed.json()["wish"]) == (200, None)
    await run(resources, lease, TASKS)
    assert (await shown(tenant.api, f"/imports/{started['id']}"))["state"] == "completed"


@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_start_of_the_other_kind_is_no_repetition(
    tenant: Tenant, work: Work, *, dry_run: bool
) -> None:
    started = await imported(tenant, await tenant.campaign(), people(1), dry_run=dry_run)
    path = f"/imports/{started['id']}/start"
    for body, status in (({}, 200), ({"dry_run": dry_run}, 200), ({"dry_run": not dry_run}, 409)):
        answer = await tenant.api.post(path, json=body)
        assert answer.status_code == status, body
    await work()
    answer = await tenant.api.post(path, json={"dry_run": not dry_run})
    assert answer.status_code == (202 if dry_run else 409)


async def test_a_job_whose_import_was_taken_from_it_does_nothing(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """Its worker stalled; meanwhile the import was paused by another, and resumed."""
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people(CHUNK))
    stalled = await claimed(resources)
    await resources.database.fetch(
        "update imports set state = 'paused' where workspace_id = $1 and id = $2",
        tenant.id,
        started["id"],
    )
    await asked(tenant, started["id"], "resume")
    await run(resources, stalled, TASKS)
    assert await members(tenant, campaign_id) == 0
    await work()
    assert await members(tenant, campaign_id) == CHUNK


async def test_of_a_file_that_is_gone_no_import_is_made(
    tenant: Tenant, resources: Resources
) -> None:
    """Its row may still be there for a moment."""
    upload_id = (await send(tenant.api))["id"]
    file_of(resources, tenant, upload_id).unlink()
    for path, settings in (
        (f"/campaigns/{await tenant.campaign()}/imports", {}),
        ("/suppressions/imports", {"kind": "block"}),
    ):
        body = {"upload_id": upload_id, "settings": settings}
        answer = await tenant.api.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")


async def test_a_file_that_is_gone_fails_the_import(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    started = await imported(tenant, await tenant.campaign(), people(3))
    await lose_file(resources, tenant, started["upload_id"])
    await work()
    failed = await shown(tenant.api, f"/imports/{started['id']}")
    assert (failed["state"], failed["error"]) == ("failed", "The file is not kept any longer")


async def test_a_file_that_was_cut_short_is_not_taken_for_all_of_it(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    started = await imported(tenant, await tenant.campaign(), people(3))
    file = file_of(resources, tenant, started["upload_id"])
    size = file.stat().st_size
    os.truncate(file, size - 20)
    await work()
    failed = await shown(tenant.api, f"/imports/{started['id']}")
    assert (failed["state"], failed["error"], failed["progress"]["rows_done"]) == (
        "failed",
        f"The stored file is damaged: {size - 20} bytes of {size} are there",
        0,
    )


async def test_a_file_that_is_not_found_is_looked_for_again(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """Its folder may be somewhere else for the moment; for good, it fails, and is retried."""
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people(2 * CHUNK))
    lease = await claimed(resources)
    await asked(tenant, started["id"], "pause")
    await run(resources, lease, TASKS)
    file = file_of(resources, tenant, started["upload_id"])
    kept = file.rename(file.with_name("kept"))
    await asked(tenant, started["id"], "resume")
    await work()
    waiting = await shown(tenant.api, f"/imports/{started['id']}")
    assert (waiting["state"], waiting["progress"]["rows_done"]) == ("queued", CHUNK)
    assert waiting["error"] == "The file was not found in the storage; it is tried again"
    await resources.database.fetch(
        "update jobs set run_at = now(), failures = $2"
        " where workspace_id = $1 and state = 'queued'",
        tenant.id,
        len(RETRY_DELAYS_S),
    )
    await work()
    failed = await shown(tenant.api, f"/imports/{started['id']}")
    said = f"The file was not found in the storage, {len(RETRY_DELAYS_S) + 1} times"
    assert (failed["state"], failed["error"]) == ("failed", said)
    assert failed["progress"]["rows_done"] == CHUNK
    kept.rename(file)
    retried = await asked(tenant, started["id"], "retry")
    assert (retried["state"], retried["error"]) == ("queued", None)
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    assert (done["state"], done["by_code"]) == ("completed", {"added": 2 * CHUNK})


async def test_without_its_campaign_it_fails(tenant: Tenant, work: Work) -> None:
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people(3))
    assert (await tenant.api.delete(f"/campaigns/{campaign_id}")).is_success
    await work()
    failed = await shown(tenant.api, f"/imports/{started['id']}")
    assert (failed["state"], failed["error"]) == ("failed", "The campaign was deleted")
    again = await tenant.api.post(f"/imports/{started['id']}/retry")
    assert (again.status_code, again.json()["code"]) == (404, "campaign_not_found")


async def test_a_storage_that_is_away_is_waited_for(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """A folder that no file can be read of; it is no failure of the job."""
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people(3))
    file = file_of(resources, tenant, started["upload_id"])
    kept = file.rename(file.with_name("kept"))
    file.symlink_to(file)  # as good as a disk that cannot be read
    await run(resources, await claimed(resources), TASKS)
    [job] = await resources.database.fetch(
        "select id, state, error, failures from jobs where workspace_id = $1", tenant.id
    )
    assert (job["state"], job["error"], job["failures"]) == ("queued", "The storage was away", 0)
    waiting = await shown(tenant.api, f"/imports/{started['id']}")
    assert (waiting["state"], waiting["error"]) == (
        "queued",
        "The storage was away; it is tried again",
    )
    file.unlink()
    kept.rename(file)
    await work()  # nothing is due yet
    assert (await shown(tenant.api, f"/imports/{started['id']}"))["state"] == "queued"
    hurried = await tenant.api.post(f"/imports/{started['id']}/retry")
    assert (hurried.status_code, hurried.json()["state"]) == (200, "queued")
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    assert (done["state"], done["error"]) == ("completed", None)


@pytest.mark.parametrize(("action", "state"), [("pause", "paused"), ("cancel", "cancelled")])
async def test_who_does_not_want_to_wait_for_the_storage_need_not(
    tenant: Tenant, resources: Resources, action: str, state: str
) -> None:
    started = await imported(tenant, await tenant.campaign(), people(3))
    file = file_of(resources, tenant, started["upload_id"])
    kept = file.rename(file.with_name("kept"))
    lease = await claimed(resources)
    await asked(tenant, started["id"], action)
    await run(resources, lease, TASKS)
    stopped = await shown(tenant.api, f"/imports/{started['id']}")
    assert (stopped["state"], stopped["error"], stopped["wish"]) == (state, None, None)
    kept.rename(file)


@pytest.mark.seed("AA-22")
async def test_two_files_at_once_put_nobody_into_both_campaigns(
    tenant: Tenant, resources: Resources
) -> None:
    first, second = await tenant.campaigns(2)
    one = await imported(tenant, first, people(3 * CHUNK))
    two = await imported(tenant, second, people(3 * CHUNK, first=CHUNK))
    leases = [await claimed(resources), await claimed(resources)]
    await asyncio.gather(*(run(resources, lease, TASKS) for lease in leases))
    ended = [await shown(tenant.api, f"/imports/{i['id']}") for i in (one, two)]
    assert [i["state"] for i in ended] == ["completed"] * 2
    added = sum(i["counts"]["added"] for i in ended)
    refused = sum(i["by_code"].get("duplicate_in_other_campaign", 0) for i in ended)
    assert (added, refused) == (4 * CHUNK, 2 * CHUNK)
    rows = await resources.database.fetch(
        "select lead_id from campaign_leads where workspace_id = $1"
        " group by lead_id having count(*) > 1",
        tenant.id,
    )
    assert not rows
    assert not await offenders(resources, tenant.id)


async def test_a_floor_that_was_raised_meanwhile_holds(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    first, second = await tenant.campaigns(2)
    await tenant.add(first, f"p{CHUNK}@example.com")
    started = await imported(
        tenant, second, people(CHUNK + 1), duplicate_scope="campaign", source="list"
    )
    lease = await claimed(resources)
    await asked(tenant, started["id"], "pause")
    await run(resources, lease, TASKS)
    await tenant.policy(floor="workspace")
    await asked(tenant, started["id"], "resume")
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    assert done["by_code"] == {"added": CHUNK, "duplicate_in_other_campaign": 1}
    assert done["settings"]["duplicate_scope"] == "workspace"
    assert done["settings"]["duplicate_scope_from"] == "floor"


async def test_what_a_row_changes_is_kept_as_it_was(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """Of a member, and of somebody known who comes in and is filled."""
    here, there = await tenant.campaigns(2)
    fields = {"first_name": "Ann", "custom_fields": {"x": 1}}
    await tenant.add(here, {"email": "ann@example.com", **fields})
    await tenant.add(there, {"email": "bob@example.com", "city": "Oslo"})
    text = "email,first_name,x\nann@example.com,Anna,2\nbob@example.com,Bob,\ncy@example.com,Cy,"
    started = await imported(
        tenant, here, text, mode="create_and_update", duplicate_scope="campaign"
    )
    await work()
    rows = await resources.database.fetch(
        "select code, before from import_rows where workspace_id = $1 and import_id = $2"
        " order by row_no",
        tenant.id,
        started["id"],
    )
    found = [(row["code"], row["before"]) for row in rows]
    marks = [before.pop("mark") for _, before in found if before]
    assert [mark.keys() for mark in marks] == [{"event_id", "map_id"}] * 2
    ann = {"fields": {"first_name": "Ann"}, "custom_fields": {"x": 1}, "linkedin_key": None}
    bob = {"fields": {"city": "Oslo"}, "custom_fields": {}, "linkedin_key": None}
    assert found == [("updated", {**ann, "own_fields": {"x": 1}}), ("added", bob), ("added", None)]


async def test_without_its_ledger_a_failed_import_is_not_taken_up_again(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """Which rows were repeated, only the ledger knows."""
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people(3))
    await lose_file(resources, tenant, started["upload_id"])
    await work()
    await resources.database.fetch(
        "update imports set finished_at = now() - interval '91 days'"
        " where workspace_id = $1 and id = $2",
        tenant.id,
        started["id"],
    )
    answer = await tenant.api.post(f"/imports/{started['id']}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "ledger_expired")
