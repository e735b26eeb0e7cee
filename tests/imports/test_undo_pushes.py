"""POST /pushes/{name}/undo: all imports of a push, the newest first."""

from typing import Any

import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown
from tests.imports.test_files import imported, sent
from tests.imports.undoing import Work, everything, totals
from tests.leads.people import joined

ANN = "ann@x.com"
MERGE = {"mode": "create_and_update", "duplicate_scope": "campaign", "push": "November"}
PATH = "/pushes/November"


async def ask(tenant: Tenant, **body: Any) -> dict[str, Any]:
    answer = await tenant.api.post(f"{PATH}/undo", json=body or None)
    assert answer.status_code in (200, 202), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refused(tenant: Tenant) -> tuple[int, str]:
    answer = await tenant.api.post(f"{PATH}/undo")
    return answer.status_code, answer.json()["code"]


@pytest.fixture
async def pushed(tenant: Tenant) -> tuple[int, int]:
    """The same person thrice, and a file; gives the campaigns."""
    here, there = await tenant.campaigns(2)
    await joined(tenant, here, {"email": "old@x.com", "city": "Oslo"})
    page = {"linkedin_profile": "https://www.linkedin.com/in/ann"}
    await tenant.add(here, {"email": ANN, "first_name": "Ann"}, "bob@x.com", **MERGE)
    await tenant.add(here, {"email": ANN, "first_name": "Anna"} | page, **MERGE)
    await tenant.add(there, {"email": ANN, "city": "Rome"}, **MERGE)
    await tenant.add(there, "other@x.com", push="another")
    return here, there


async def test_all_of_it(
    tenant: Tenant, resources: Resources, work: Work, pushed: tuple[int, int]
) -> None:
    await imported(tenant, pushed[0], "email,city\nold@x.com,Rome\nann@x.com,Bari", **MERGE)
    await work()
    foretold = await ask(tenant, dry_run=True)
    assert foretold["by_state"] == {"completed": 4}
    asked = await ask(tenant)
    assert (asked["by_state"], asked["undo"]["rows_done"]) == ({"undoing": 4}, 0)
    assert (await ask(tenant))["by_state"] == {"undoing": 4}
    await work()
    found = await ask(tenant)
    assert found["by_state"] == {"undone": 4}
    assert totals(found) == {"removed": 3, "leads_removed": 2, "restored": 3}
    assert foretold["undo"].pop("named") == []
    assert foretold["undo"] | {"named": None, "dry_run": False} == found["undo"]
    left = await everything(resources, tenant)
    assert (len(left["leads"]), len(left["campaign_leads"])) == (2, 2)
    assert left["lead_linkedin"] == []
    assert "'city': 'Oslo'" in left["leads"][0]
    assert not await offenders(resources, tenant.id)


@pytest.mark.usefixtures("pushed")
async def test_who_stays_is_named(tenant: Tenant, work: Work) -> None:
    found = await shown(tenant.api, "/leads", email="bob@x.com")
    campaign_id = found["lead_campaign_data"][0]["campaign_id"]
    changed = await tenant.api.patch(
        f"/campaigns/{campaign_id}/leads/{found['id']}", json={"city": "Lima"}
    )
    assert changed.is_success
    [named] = (await ask(tenant, dry_run=True))["undo"]["named"]
    assert named == {
        "import_id": named["import_id"],
        "row": 2,
        "email": "bob@x.com",
        "lead_id": int(found["id"]),
        "code": "updated_since",
        "reason": "Changed since",
    }
    await ask(tenant)
    await work()
    assert totals(await ask(tenant)) == {
        "removed": 2,
        "leads_removed": 1,
        "restored": 1,
        "kept": 1,
        "by_reason": {"updated_since": 1},
    }


async def test_one_of_a_deleted_campaign_is_left_out(
    tenant: Tenant, work: Work, pushed: tuple[int, int]
) -> None:
    assert (await tenant.api.delete(f"/campaigns/{pushed[1]}")).is_success
    await ask(tenant)
    await work()
    assert (await ask(tenant))["by_state"] == {"completed": 1, "undone": 2}


async def test_one_whose_campaign_is_deleted_meanwhile_fails_alone(
    tenant: Tenant, work: Work, pushed: tuple[int, int]
) -> None:
    await ask(tenant)
    assert (await tenant.api.delete(f"/campaigns/{pushed[1]}")).is_success
    await work()
    found = await shown(tenant.api, PATH)
    assert found["by_state"] == {"failed": 1, "undone": 2}
    assert (await ask(tenant))["by_state"] == {"failed": 1, "undone": 2}, "nothing is left to do"


async def test_not_while_one_runs(tenant: Tenant, pushed: tuple[int, int]) -> None:
    queued = await imported(tenant, pushed[0], "email\ncy@x.com", push="November")
    answer = await tenant.api.post(f"{PATH}/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "import_state")
    assert f"import {queued['id']}, which is queued" in answer.json()["detail"]


async def test_a_draft_is_left_out(tenant: Tenant, work: Work, pushed: tuple[int, int]) -> None:
    drafted = {"push": "December"}
    assert (await sent(tenant, pushed[0], "email\ncy@x.com", **drafted)).status_code == 201
    answer = await tenant.api.post("/pushes/December/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_undo")
    assert (await sent(tenant, pushed[0], "email\ncy@x.com", push="November")).is_success
    assert (await ask(tenant))["by_state"] == {"draft": 1, "undoing": 3}
    await work()
    assert (await ask(tenant))["by_state"] == {"draft": 1, "undone": 3}


@pytest.mark.usefixtures("pushed")
async def test_what_is_too_old(tenant: Tenant, resources: Resources) -> None:
    await tenant.policy(event_retention_days=30)
    await resources.database.fetch(
        "update imports set started_at = now() - interval '31 days' where workspace_id = $1",
        tenant.id,
    )
    assert await refused(tenant) == (409, "nothing_to_undo")
    await resources.database.fetch(
        "update imports set finished_at = now() - interval '91 days' where workspace_id = $1",
        tenant.id,
    )
    assert await refused(tenant) == (409, "ledger_expired")


async def test_nobodys(tenant: Tenant, other: Tenant) -> None:
    await other.add(await other.campaign(), ANN, push="November")
    assert await refused(tenant) == (404, "push_not_found")
