"""People who are in no campaign, or in a holding one."""

from collections.abc import Awaitable, Callable

import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown
from tests.imports.sources import drafted, members, started

Work = Callable[[], Awaitable[int]]


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")


@pytest.mark.seed("DS-18", "DS-19", "DS-20")
async def test_people_of_the_pipeline_are_found_chosen_and_added(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """Who is in no campaign, or in a holding one; filtered, and of those some by id, or all."""
    pool = await tenant.campaign("Pool", holding=True)
    busy, target, gone = await tenant.campaigns(3)
    facts = {"industry": "Law", "company_size": "11-50", "revenue": "1M"}
    oslo = {"city": "Oslo", **facts}
    await tenant.add(pool, *({"email": f"{name}@example.com", **oslo} for name in ("ann", "bob")))
    await tenant.add(pool, {"email": "cy@example.com", **oslo, "city": "Bergen"})
    for name, value in facts.items():
        other = {"email": f"{name}@example.com", **oslo, name: value + " and more"}
        await tenant.add(pool, other)
    await tenant.add(busy, {"email": "dora@example.com", **oslo})
    await tenant.add(gone, {"email": "eve@example.com", **oslo})
    assert (await tenant.api.delete(f"/campaigns/{gone}")).is_success

    wanted = {name: [value] for name, value in oslo.items()}
    draft = await drafted(tenant, target, pipeline=wanted)
    assert (draft["source"], draft["selection"]) == ("pipeline", wanted)
    headers, rows = draft["preview"]["headers"], draft["preview"]["rows"]
    found = {row[headers.index("email")]: int(row[headers.index("lead_id")]) for row in rows}
    assert list(found) == ["ann@example.com", "bob@example.com", "eve@example.com"]
    assert draft["preview"]["matches"] == 3

    ids = [found["bob@example.com"], found["ann@example.com"]]
    import_id = await started(tenant, target, pipeline={**wanted, "lead_ids": ids})
    await work()
    done = await shown(tenant.api, f"/imports/{import_id}")
    assert (done["state"], done["by_code"]) == ("completed", {"added": 2})
    emails = [one["email"] for one in await members(tenant, target)]
    assert emails == ["ann@example.com", "bob@example.com"]

    rest = await started(tenant, target, pipeline={"all": True})
    await work()
    done = await shown(tenant.api, f"/imports/{rest}")
    assert (done["selection"], done["by_code"]) == ({"all": True}, {"added": 5})
    assert (await drafted(tenant, target, pipeline={"all": True}))["preview"]["matches"] == 0
    assert not await offenders(resources, tenant.id)
