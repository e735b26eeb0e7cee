"""Workers that are killed while they undo an import: everything is as before all the same."""

import asyncio
import random
from typing import Any

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown
from tests.imports.test_files import imported
from tests.imports.undoing import Work, ask, everything
from tests.processes import leadgate

KNOWN, ROWS = 400, 8_000
KILLS = 3
END_S = 90


def people() -> str:
    """Some known, one in ten twice, and some without an address."""
    rows = ["email,first_name,note,linkedin"]
    for n in range(ROWS):
        repeated = n % 10 == 9
        email = f"p{n - 1 if repeated else n}@example.com" if n % 100 != 50 else ""
        rows.append(f"{email},P{n},x,https://www.linkedin.com/in/p{n}-new")
    return "\n".join(rows)


def known() -> list[dict[str, Any]]:
    return [
        {
            "email": f"p{n}@example.com",
            "first_name": "Known",
            "linkedin_profile": f"https://www.linkedin.com/in/p{n}",
            "custom_fields": {"note": "y", "other": n},
        }
        for n in range(0, KNOWN * 20, 20)
    ]


async def test_a_worker_is_killed_again_and_again(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    settings = resources.settings.model_copy(
        update={"job_lease_s": 1.0, "sweep_interval_s": 0.2, "redis_url": None}
    )
    program = leadgate(settings, "worker")
    campaign_id = await tenant.campaign()
    await tenant.add(campaign_id, *known())
    before = await everything(resources, tenant)
    started = await imported(tenant, campaign_id, people(), mode="create_and_update")
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    await ask(tenant, started["id"])
    seen: list[dict[str, Any]] = [await shown(tenant.api, f"/imports/{started['id']}")]
    for _ in range(KILLS):
        worker = await asyncio.create_subprocess_exec(*program.command, env=program.environment)
        at = seen[-1]["undo"]["rows_done"]
        async with asyncio.timeout(END_S):
            while seen[-1]["undo"]["rows_done"] == at and seen[-1]["state"] == "undoing":
                await asyncio.sleep(0.02)
                seen.append(await shown(tenant.api, f"/imports/{started['id']}"))
        await asyncio.sleep(random.uniform(0, 0.2))
        worker.kill()
        await worker.wait()
    worker = await asyncio.create_subprocess_exec(*program.command, env=program.environment)
    async with asyncio.timeout(END_S):
        while seen[-1]["state"] == "undoing":
            seen.append(await shown(tenant.api, f"/imports/{started['id']}"))
            await asyncio.sleep(0.1)
    worker.terminate()
    await worker.wait()
    assert seen[-1]["state"] == "undone"
    undo, counts = seen[-1]["undo"], done["counts"]
    assert (undo["rows_done"], undo["kept"]) == (ROWS, 0)
    assert undo["removed"] == undo["leads_removed"] == counts["added"] > ROWS // 2
    assert undo["restored"] == counts["updated"] > KNOWN // 2
    for name in ("revision", "undo"):
        told = [one[name] if name == "revision" else one[name]["rows_done"] for one in seen]
        assert told == sorted(told)
    after = await everything(resources, tenant)
    before.pop("lead_events"), after.pop("lead_events")
    assert after == before
    assert not await offenders(resources, tenant.id)
