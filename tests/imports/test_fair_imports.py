"""Imports of several workspaces at once, on one worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant, new_tenant
from tests.imports.batches import shown
from tests.imports.test_files import imported
from tests.imports.test_runs import people
from workers.crew import Crew
from workers.main import SLOTS
from workers.tasks import TASKS

BIG, SMALL, OTHERS = 60_000, 1_000, 4
PATIENCE_S = 60


@pytest.fixture
async def others(
    resources: Resources, transport: httpx.AsyncBaseTransport
) -> AsyncIterator[list[Tenant]]:
    """More than one worker can serve at once while it serves us."""
    async with AsyncExitStack() as stack:
        made = [await new_tenant(resources, transport) for _ in range(OTHERS)]
        for one in made:
            await stack.enter_async_context(one.api)
        yield made


async def started(tenant: Tenant, rows: int) -> str:
    """The path of an import that is queued."""
    created = await imported(tenant, await tenant.campaign(), people(rows))
    return f"/imports/{created['id']}"


async def until(tenant: Tenant, path: str, *, rows_done: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if (await shown(tenant.api, path))["progress"]["rows_done"] >= rows_done:
                return
            await asyncio.sleep(0.05)


async def test_small_imports_end_while_a_big_one_of_another_workspace_runs(
    resources: Resources, tenant: Tenant, others: list[Tenant]
) -> None:
    await resources.database.fetch("delete from jobs")
    crew = Crew(resources, TASKS, SLOTS)
    working = asyncio.create_task(crew.work())
    big = await started(tenant, BIG)
    await until(tenant, big, rows_done=1)
    small = [await started(one, SMALL) for one in others]
    await asyncio.gather(
        *(until(one, path, rows_done=SMALL) for one, path in zip(others, small, strict=True))
    )
    assert (await shown(tenant.api, big))["state"] == "running"
    cancelled = await tenant.api.post(f"{big}/cancel")
    assert cancelled.status_code == 202, cancelled.text
    crew.stop()
    await working
    assert (await shown(tenant.api, big))["state"] == "cancelled"
    for one, path in zip(others, small, strict=True):
        done = await shown(one.api, path)
        assert (done["state"], done["by_code"]) == ("completed", {"added": SMALL})
