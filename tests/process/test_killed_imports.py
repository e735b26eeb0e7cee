"""Workers that are killed while they import: every row has one effect all the same."""

import asyncio
import random
from pathlib import Path
from typing import Any

from app.kit.resources import Resources
from tests.benchmarks.people_file import COLUMNS, verdicts, write_people
from tests.chaos.reckoning import differences
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown
from tests.imports.test_files import imported
from tests.processes import leadgate

ROWS = 30_000
KILLS = 3
END_S = 90


async def test_a_worker_is_killed_again_and_again(
    tenant: Tenant, resources: Resources, tmp_path: Path
) -> None:
    """In its short form; ``make chaos-import`` is the long one."""
    file = tmp_path / "people.csv"
    write_people(file, ROWS, first=0)
    settings = resources.settings.model_copy(
        update={"job_lease_s": 1.0, "sweep_interval_s": 0.2, "redis_url": None}
    )
    program = leadgate(settings, "worker")
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, file.read_bytes(), mapping=COLUMNS)
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
    assert done["state"] == "completed"
    assert done["by_code"] == verdicts(ROWS)
    revisions = [one["revision"] for one in seen]
    assert revisions == sorted(revisions)
    counts = [one["progress"]["rows_done"] for one in seen]
    assert counts == sorted(counts)
    assert not await differences(resources, tenant.id, started["id"], file)
    assert not await offenders(resources, tenant.id)
