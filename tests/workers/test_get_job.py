from collections.abc import Awaitable, Callable

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant


async def deleted(tenant: Tenant) -> int:
    """The id of the job that removes a campaign with one lead."""
    campaign = await tenant.campaign()
    await tenant.add(campaign, "ann@example.com", duplicate_scope="campaign")
    job_id: int = (await tenant.api.delete(f"/campaigns/{campaign}")).json()["job_id"]
    return job_id


async def test_a_deletion_names_the_job_that_tells_when_it_is_done(
    api: httpx.AsyncClient, tenant: Tenant, work: Callable[[], Awaitable[int]]
) -> None:
    job_id = await deleted(tenant)
    answer = await api.get(f"/jobs/{job_id}")
    waiting = answer.json()
    assert answer.status_code == 200
    assert waiting == {
        "id": job_id,
        "kind": "remove_campaign",
        "state": "queued",
        "attempt": 0,
        "progress": None,
        "error": None,
        "result": None,
        "created_at": waiting["created_at"],
        "finished_at": None,
    }
    await work()
    done = (await api.get(f"/jobs/{job_id}/")).json()
    assert done == waiting | {
        "state": "completed",
        "attempt": 1,
        "progress": done["progress"],
        "result": {"rows_removed": 2},
        "finished_at": done["finished_at"],
    }
    assert done["finished_at"] > done["created_at"]


async def test_a_key_that_may_only_read_may_look(api: httpx.AsyncClient, tenant: Tenant) -> None:
    job_id = await deleted(tenant)
    key = (await api.post("/keys", json={"name": "reader", "scope": "read"})).json()["key"]
    answer = await api.get(f"/jobs/{job_id}", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200


async def test_another_workspaces_job_is_not_found(tenant: Tenant, other: Tenant) -> None:
    job_id = await deleted(tenant)
    answer = await other.api.get(f"/jobs/{job_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found")


async def test_the_services_own_jobs_are_nobodys(
    api: httpx.AsyncClient, resources: Resources
) -> None:
    [row] = await resources.database.fetch(
        "insert into jobs (workspace_id, kind, run_at)"
        " values (0, 'remove_leftovers', now() + '1 h') returning id"
    )
    assert (await api.get(f"/jobs/{row['id']}")).status_code == 404
    await resources.database.fetch("delete from jobs where id = $1", row["id"])


@pytest.mark.parametrize("job_id", ["0", str(2**63)])
async def test_what_is_no_id(api: httpx.AsyncClient, job_id: str) -> None:
    answer = await api.get(f"/jobs/{job_id}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
