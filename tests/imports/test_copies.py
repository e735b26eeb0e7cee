"""Leads that are there already, out of other campaigns or of the whole workspace."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from app.campaigns.repository import CampaignRepository
from app.gate.rules import Row
from app.imports.settings import BatchSettings
from app.imports.sources.chunk import ROWS as CHUNK
from app.kit.db import FactsChanged
from app.kit.resources import Resources
from app.leads.admission.rows import Candidate
from app.leads.admit import admit
from app.leads.merge import Profile
from app.values import CampaignId, DuplicateScope
from app.workspaces.operations import authenticate
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown
from tests.imports.sources import asked, drafted, members, started
from tests.jobs import UNASKED, taken_over
from tests.make import people
from workers.runner import run
from workers.tasks import TASKS

Work = Callable[[], Awaitable[int]]


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")


async def add_many(tenant: Tenant, campaign_id: int, count: int) -> None:
    rows = people(count)
    for first in range(0, count, 400):
        await tenant.add(campaign_id, *rows[first : first + 400])


async def test_another_campaign_is_copied_with_what_was_given_for_it(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """The person is not touched: what a third campaign shows stays as it is."""
    first, second, third = await tenant.campaigns(3)
    everywhere = {"duplicate_scope": "campaign"}
    ann = {
        "email": "ann@example.com",
        "first_name": "Ann",
        "custom_fields": {"ice": "first", "a": 1},
    }
    await tenant.add(first, ann, "bob@example.com")
    await tenant.add(third, {"email": "ann@example.com", "custom_fields": {"b": 2}}, **everywhere)
    later = {"email": "ann@example.com", "custom_fields": {"ice": "later"}}
    await tenant.add(await tenant.campaign(), later, **everywhere)
    before = await members(tenant, third)

    draft = await drafted(tenant, second, {"tags": ["copied"]}, filter={"campaign_id": [first]})
    assert draft["source"] == "filter"
    assert draft["selection"] == {"campaign_id": [first]}
    assert draft["settings"]["duplicate_scope"] == "campaign"
    assert draft["settings"]["duplicate_scope_from"] == "source"
    assert draft["preview"]["headers"] == ["lead_id", "email", "first_name", "custom_fields"]
    assert draft["preview"]["rows"][0][1:] == ["ann@example.com", "Ann", '{"a":1,"ice":"first"}']
    answer = await tenant.api.patch(
        f"/imports/{draft['id']}", json={"settings": {"mapping": {"email": "email"}}}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "mapping_refused")
    assert (await tenant.api.post(f"/imports/{draft['id']}/start")).status_code == 202
    await work()
    done = await shown(tenant.api, f"/imports/{draft['id']}")
    assert done["by_code"] == {"added": 2}
    assert done["progress"]["rows_total"] == done["progress"]["rows_done"] == 2
    copies = await members(tenant, second)
    assert [one["tags"] for one in copies] == [["copied"]] * 2
    assert copies[0]["lead"]["custom_fields"] == {"ice": "first", "a": 1, "b": 2}
    assert copies[0]["lead"]["first_name"] == "Ann"
    assert await members(tenant, third) == before
    listed = (await shown(tenant.api, "/imports", campaign_id=second))["data"]
    assert [(one["preview"], one["selection"]) for one in listed] == [(None, None)]
    assert not await offenders(resources, tenant.id)


async def test_leads_of_the_workspace_come_in_as_they_are(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """Nothing of one campaign travels where none was named, and the workspace's scope holds."""
    first, second = await tenant.campaigns(2)
    ann = {"email": "ann@example.com", "city": "Oslo", "custom_fields": {"a": 1}}
    await tenant.add(first, ann, {"email": "bob@example.com", "city": "Bergen"})
    refused = await started(tenant, second, filter={"city": ["Oslo"]})
    allowed = await started(
        tenant, second, {"duplicate_scope": "campaign"}, filter={"city": ["Oslo"]}
    )
    await work()
    assert (await shown(tenant.api, f"/imports/{refused}"))["by_code"] == {
        "duplicate_in_other_campaign": 1
    }
    [row] = (await shown(tenant.api, f"/imports/{refused}/rows"))["data"]
    lead_id = row["lead_id"]
    assert row["given"] == {"lead_id": lead_id, "email": "ann@example.com", "city": "Oslo"}
    assert (await shown(tenant.api, f"/imports/{allowed}"))["by_code"] == {"added": 1}
    [own] = await resources.database.fetch(
        "select custom_fields from campaign_leads where workspace_id = $1 and campaign_id = $2",
        tenant.id,
        second,
    )
    assert own["custom_fields"] == {}
    [copy] = await members(tenant, second)
    assert copy["lead"]["custom_fields"] == {"a": 1}


async def test_the_floor_holds_for_copies(tenant: Tenant, resources: Resources, work: Work) -> None:
    await tenant.policy(floor="workspace")
    first, second = await tenant.campaigns(2)
    await tenant.add(first, "ann@example.com")
    import_id = await started(tenant, second, filter={"campaign_id": [first]})
    await work()
    done = await shown(tenant.api, f"/imports/{import_id}")
    assert done["by_code"] == {"duplicate_in_other_campaign": 1}
    assert done["settings"]["duplicate_scope_from"] == "floor"
    rejected = await tenant.api.get(f"/imports/{import_id}/rejected.csv")
    header, row = rejected.text.splitlines()
    assert (header.split(",")[0], row.split(",")[0]) == ("email", "ann@example.com")
    broken_down = await shown(tenant.api, f"/imports/{import_id}/breakdown")
    assert [(one["campaign_id"], one["rows"]) for one in broken_down["data"]] == [(first, 1)]
    assert not await offenders(resources, tenant.id, DuplicateScope.WORKSPACE)


async def test_where_leads_stay_in_their_campaigns_none_are_copied(tenant: Tenant) -> None:
    campaign_id = await tenant.campaign()
    await tenant.policy(move_leads=False)
    answer = await asked(tenant, campaign_id, filter={"all": True})
    assert (answer.status_code, answer.json()["code"]) == (403, "move_leads_off")
    assert (await asked(tenant, campaign_id, pipeline={"all": True})).status_code == 201


async def test_a_dry_run_of_a_filter_and_then_for_real(tenant: Tenant, work: Work) -> None:
    first, second = await tenant.campaigns(2)
    await tenant.add(first, "ann@example.com", "bob@example.com")
    settings = {"dry_run": True}
    import_id = await started(tenant, second, settings, filter={"campaign_id": [first]})
    await work()
    assert (await shown(tenant.api, f"/imports/{import_id}"))["by_code"] == {"added": 2}
    assert await members(tenant, second) == []
    answer = await tenant.api.post(f"/imports/{import_id}/start", json={"dry_run": False})
    assert answer.status_code == 202, answer.text
    await work()
    assert (await shown(tenant.api, f"/imports/{import_id}"))["by_code"] == {"added": 2}
    assert len(await members(tenant, second)) == 2


async def test_a_source_that_is_gone_is_told_at_the_start(tenant: Tenant, work: Work) -> None:
    """Later, it fails: who sent it should not believe that all are there."""
    first, second = await tenant.campaigns(2)
    await tenant.add(first, "ann@example.com")
    draft = await drafted(tenant, second, filter={"campaign_id": [first]})
    queued = await started(tenant, second, filter={"campaign_id": [first]})
    assert (await tenant.api.delete(f"/campaigns/{first}")).is_success
    answer = await tenant.api.post(f"/imports/{draft['id']}/start")
    assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")
    await work()
    done = await shown(tenant.api, f"/imports/{queued}")
    said = "A campaign that the leads come from was deleted"
    assert (done["state"], done["error"]) == ("failed", said)


async def test_a_lead_that_was_read_is_gone_before_it_is_stored(
    tenant: Tenant, resources: Resources
) -> None:
    """Nobody is made of an address alone: the rows are read again."""
    campaign_id = CampaignId(await tenant.campaign())
    caller = await authenticate(resources, tenant.key)
    gone = Candidate(Row("gone@example.com"), Profile({}, {}), own_fields={})

    async def enter() -> None:
        async with resources.database.transaction() as tx:
            entered = await CampaignRepository(tx, caller.workspace_id).enter(campaign_id)
            settings = BatchSettings().resolved(caller)
            terms = settings.terms(caller.policy, entered, datetime.now(UTC))
            await admit(tx, caller.workspace_id, [gone], terms, settings.arrival(None), list)

    with pytest.raises(FactsChanged):
        await enter()
    assert (await tenant.api.get("/leads", params={"email": "gone@example.com"})).json() == {}


async def test_a_worker_dies_and_the_source_changes_meanwhile(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """Chunk by chunk: nobody is skipped or doubled; who is new to the workspace stays out."""
    first, second = await tenant.campaigns(2)
    await add_many(tenant, first, CHUNK + 500)
    import_id = await started(tenant, second, filter={"campaign_id": [first]})
    lease = await resources.jobs.claim_next(UNASKED)
    assert lease
    answer = await tenant.api.post(f"/imports/{import_id}/pause")
    assert answer.json()["wish"] == "pause"
    await run(resources, lease, TASKS)
    paused = await shown(tenant.api, f"/imports/{import_id}")
    assert (paused["progress"]["rows_done"], paused["progress"]["rows_total"]) == (
        CHUNK,
        CHUNK + 500,
    )

    await tenant.add(first, "new@example.org")
    earlier = await members(tenant, first)
    for one in (earlier[0], earlier[-1]):  # of the first chunk; both have had their turn
        answer = await tenant.api.delete(f"/campaigns/{first}/leads/{one['lead']['id']}")
        assert answer.is_success
    await tenant.add(first, earlier[0]["email"], duplicate_scope="campaign")

    assert (await tenant.api.post(f"/imports/{import_id}/resume")).is_success
    dead = await resources.jobs.claim_next(UNASKED)
    assert dead
    living = await taken_over(resources, dead)
    await asyncio.gather(*(run(resources, one, TASKS) for one in (dead, living)))
    await work()
    done = await shown(tenant.api, f"/imports/{import_id}")
    assert (done["state"], done["by_code"]) == ("completed", {"added": CHUNK + 500})
    assert done["progress"]["rows_total"] == CHUNK + 500
    assert not await offenders(resources, tenant.id)
