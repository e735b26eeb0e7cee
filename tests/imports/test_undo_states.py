"""POST /imports/{id}/undo: when it may be asked, and how it goes from chunk to chunk."""

from typing import Any

import pytest

from app.imports.operations.undoing import CHUNK
from app.imports.sources.chunk import ROWS
from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown
from tests.imports.test_files import imported, sent
from tests.imports.test_lists import filled
from tests.imports.test_runs import asked, claimed, lose_file, members, people
from tests.imports.undoing import Work, ask, everything, totals, undone, undone_at_once
from workers.runner import run
from workers.tasks import TASKS, TELL_OF_FAILURE


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")


async def refused(tenant: Tenant, import_id: int, action: str = "undo", **body: Any) -> Any:
    answer = await tenant.api.post(f"/imports/{import_id}/{action}", json=body or None)
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("state")


async def test_of_a_file_in_chunks(tenant: Tenant, resources: Resources, work: Work) -> None:
    campaign_id = await tenant.campaign()
    before = await everything(resources, tenant)
    text = people(2 * CHUNK + 1) + "\nno address,X\np7@example.com,Again"
    started = await imported(tenant, campaign_id, text)
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    found = await undone(tenant, work, started["id"])
    n = 2 * CHUNK + 1
    assert found["undo"] == {
        "dry_run": False,
        "rows_done": n + 2,
        "removed": n,
        "leads_removed": n,
        "restored": 0,
        "kept": 0,
        "by_reason": {},
        "named": None,
    }
    assert found["revision"] == done["revision"] + 4
    assert found["counts"] == done["counts"]
    assert await everything(resources, tenant) == before
    assert await members(tenant, campaign_id) == 0
    assert not await offenders(resources, tenant.id)


async def test_asked_again(tenant: Tenant, work: Work) -> None:
    """Nothing is done twice, nor counted."""
    campaign_id = await tenant.campaign()
    import_id = (await tenant.add(campaign_id, "ann@x.com"))["import_id"]
    assert [(await ask(tenant, import_id))["state"] for _ in range(2)] == ["undoing"] * 2
    assert await work() == 1
    found = await ask(tenant, import_id)
    assert (found["state"], totals(found)) == ("undone", {"removed": 1, "leads_removed": 1})
    assert await ask(tenant, import_id, dry_run=True) == found
    assert await work() == 0
    for action in ("pause", "resume", "cancel", "retry", "start"):
        assert await refused(tenant, import_id, action) == (409, "import_state", "undone")
    audited = (await shown(tenant.api, "/audit", action="import.undone"))["data"]
    targets = [line["target"] for line in audited if line["action"] == "import.undone"]
    assert targets == [f"import:{import_id}"]


async def test_a_dry_run_changes_nothing(tenant: Tenant, resources: Resources, work: Work) -> None:
    campaign_id = await tenant.campaign()
    added = await tenant.add(campaign_id, "ann@x.com", "bob@x.com")
    before = await everything(resources, tenant)
    found = await shown(tenant.api, f"/imports/{added['import_id']}")
    foretold = await ask(tenant, added["import_id"], dry_run=True)
    assert foretold.pop("undo")["leads_removed"] == 2
    assert found.pop("undo") is None
    assert foretold == found
    assert await work() == 0
    assert await everything(resources, tenant) == before


async def test_only_of_one_that_ended(tenant: Tenant, work: Work) -> None:
    campaign_id = await tenant.campaign()
    draft = (await sent(tenant, campaign_id, people(2))).json()["id"]
    assert await refused(tenant, draft) == (409, "import_state", "draft")
    await asked(tenant, draft, "start")
    assert await refused(tenant, draft) == (409, "import_state", "queued")
    assert await refused(tenant, draft, dry_run=True) == (409, "import_state", "queued")
    await asked(tenant, draft, "cancel")
    assert (await undone(tenant, work, draft))["undo"]["rows_done"] == 0


async def test_a_dry_run_has_nothing_to_undo(tenant: Tenant, work: Work) -> None:
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people(2), dry_run=True)
    await work()
    assert await refused(tenant, started["id"]) == (409, "nothing_to_undo", None)
    answer = await tenant.api.post(f"/imports/{started['id']}/start", json={"dry_run": False})
    assert answer.status_code == 202
    await work()
    assert (await undone(tenant, work, started["id"]))["undo"]["leads_removed"] == 2


async def test_a_suppression_list_is_not_undone(tenant: Tenant, work: Work) -> None:
    found = await filled(tenant, work, "Domain\nx.com", kind="block")
    assert await refused(tenant, found["id"]) == (409, "nothing_to_undo", None)


async def test_what_is_too_old(tenant: Tenant, resources: Resources) -> None:
    campaign_id = await tenant.campaign()
    import_id = (await tenant.add(campaign_id, "ann@x.com"))["import_id"]
    await resources.database.fetch(
        "update imports set started_at = now() - interval '40 days',"
        " finished_at = now() - interval '40 days' where workspace_id = $1",
        tenant.id,
    )
    await tenant.policy(event_retention_days=30)
    assert await refused(tenant, import_id) == (409, "history_expired", None)
    await tenant.policy(event_retention_days=0, ledger_retention_days=30)
    assert await refused(tenant, import_id, dry_run=True) == (409, "ledger_expired", None)


async def test_of_another_workspace_or_none(tenant: Tenant, other: Tenant) -> None:
    campaign_id = await other.campaign()
    theirs = (await other.add(campaign_id, "ann@x.com"))["import_id"]
    assert await refused(tenant, theirs) == (404, "import_not_found", None)
    assert await refused(tenant, theirs, dry_run=True) == (404, "import_not_found", None)
    assert await refused(other, theirs, strange=1) == (422, "invalid_request", None)


async def test_of_a_deleted_campaign(tenant: Tenant, work: Work) -> None:
    """Before it is asked, and after."""
    first, second = await tenant.campaigns(2)
    imports = [(await tenant.add(c, f"{c}@x.com"))["import_id"] for c in (first, second)]
    assert (await tenant.api.delete(f"/campaigns/{first}")).is_success
    assert await refused(tenant, imports[0]) == (404, "campaign_not_found", None)
    await ask(tenant, imports[1])
    assert (await tenant.api.delete(f"/campaigns/{second}")).is_success
    await work()
    failed = await shown(tenant.api, f"/imports/{imports[1]}")
    assert (failed["state"], failed["error"]) == ("failed", "The campaign was deleted")


async def test_of_a_failed_import(tenant: Tenant, resources: Resources, work: Work) -> None:
    """What is undone in part goes on, but is not imported on."""
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people(2 * ROWS))
    lease = await claimed(resources)
    await asked(tenant, started["id"], "pause")
    await run(resources, lease, TASKS)
    await lose_file(resources, tenant, started["upload_id"])
    await asked(tenant, started["id"], "resume")
    await work()
    await ask(tenant, started["id"])
    await TELL_OF_FAILURE["undo_imports"](resources, await claimed(resources), "Bad luck")
    failed = await shown(tenant.api, f"/imports/{started['id']}")
    assert (failed["state"], failed["error"]) == ("failed", "Bad luck")
    assert await refused(tenant, started["id"], "retry") == (409, "import_state", "failed")
    found = await undone_at_once(tenant, work, started["id"])
    assert totals(found) == {"removed": ROWS, "leads_removed": ROWS}
    assert await members(tenant, campaign_id) == 0


async def test_a_ledger_of_old(tenant: Tenant, resources: Resources, work: Work) -> None:
    """It tells who came by an import, but not what it changed."""
    campaign_id, elsewhere = await tenant.campaigns(2)
    await tenant.add(campaign_id, "ann@x.com")
    await tenant.add(elsewhere, "bob@x.com")
    found = await tenant.add(
        campaign_id,
        {"email": "ann@x.com", "city": "Oslo"},
        "bob@x.com",
        "cy@x.com",
        mode="create_and_update",
        duplicate_scope="campaign",
    )
    assert (found["added_count"], found["updated_count"]) == (2, 1)
    await resources.database.fetch(
        "update import_rows set before = null where workspace_id = $1", tenant.id
    )
    assert totals(await undone(tenant, work, found["import_id"])) == {
        "removed": 1,
        "leads_removed": 1,
        "kept": 2,
        "by_reason": {"not_recorded": 2},
    }
    assert not await offenders(resources, tenant.id)
