"""Workers that are killed while they import: every row has one effect all the same."""

import asyncio
import random
from typing import Any

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown
from tests.imports.test_files import imported
from tests.processes import leadgate

ROWS = 30_000
KILLS = 3
END_S = 90


def people() -> str:
    """One in ten twice, one in a hundred without an address, some with a line break in a cell."""
    rows = ["email,first_name,note"]
    for n in range(ROWS):
        repeated = n % 10 == 9
        email = f"p{n - 1 if repeated else n}@example.com" if n % 100 != 50 else ""
        rows.append(f'{email},P{n},"a\n{n}"' if n % 7 == 0 else f"{email},P{n},x")
    return "\n".join(rows)


async def test_a_worker_is_killed_again_and_again(tenant: Tenant, resources: Resources) -> None:
    settings = resources.settings.model_copy(
        update={"job_lease_s": 1.0, "sweep_interval_s": 0.2, "redis_url": None}
    )
    program = leadgate(settings, "worker")
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, people())
    seen: list[dict[str, Any]] = []
    for _ in range(KILLS):
        worker = await asyncio.create_subprocess_exec(*program.command, env=program.environment)
        before = seen[-1]["progress"]["rows_done"] if seen else 0
        async with asyncio.timeout(END_S):
            while True:
                seen.append(await shown(tenant.api, f"/imports/{started['id']}"))
                if seen[-1]["progress"]["rows_done"] > before or seen[-1]["state"] == "completed":
                    break
                await asyncio.sleep(0.05)
        await asyncio.sleep(random.uniform(0, 0.2))
        worker.kill()
        await worker.wait()
    worker = await asyncio.create_subprocess_exec(*program.command, env=program.environment)
    async with asyncio.timeout(END_S):
        while seen[-1]["state"] not in ("completed", "failed"):
            seen.append(await shown(tenant.api, f"/imports/{started['id']}"))
            await asyncio.sleep(0.1)
    worker.terminate()
    await worker.wait()
    done = seen[-1]
    missing = ROWS // 100
    repeated = ROWS // 10
    assert done["state"] == "completed"
    assert done["by_code"] == {
        "added": ROWS - missing - repeated,
        "duplicate_in_batch": repeated,
        "missing_email": missing,
    }
    revisions = [one["revision"] for one in seen]
    assert revisions == sorted(revisions)
    counts = [one["progress"]["rows_done"] for one in seen]
    assert counts == sorted(counts)
    assert not await offenders(resources, tenant.id)
