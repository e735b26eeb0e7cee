"""A process is killed in the middle of a request; its client asks another one, under the same key.

All that the first began is undone, and the second does it once.
"""

import asyncio
from typing import Any

import httpx
import pytest

from app.kit.repeats import HEADER, REPLAYED
from app.kit.resources import Resources
from app.settings import Settings
from tests.client import Tenant, client
from tests.locks import Locks
from tests.make import batch
from tests.processes import Process, api_process

LAST = "z@example.com"
REQUEST: dict[str, Any] = {"json": batch("a@example.com", LAST), "headers": {HEADER: "key"}}
NOTICED_S = 5
"""PostgreSQL looks every second whether a client is there; the wait for a lock ends after 10."""
KEYS_HELD = """
select count(*) from pg_locks join pg_database d on d.oid = database
where locktype = 'advisory' and d.datname = current_database()
"""


async def key_is_free(resources: Resources) -> None:
    """Until nobody holds one."""
    while (await resources.database.fetch(KEYS_HELD))[0]["count"]:  # noqa: ASYNC110  # no event
        await asyncio.sleep(0.05)


async def test_a_batch_of_a_killed_process_comes_in_once(
    settings: Settings, resources: Resources, tenant: Tenant
) -> None:
    path = f"/campaigns/{await tenant.campaign()}/leads"
    async with api_process(settings) as (process, port), client(Process(port), tenant.key) as api:
        sent = api.post(path, **REQUEST)
        async with Locks(resources, tenant.id).at_address(LAST, sent) as request:
            process.kill()
            with pytest.raises(httpx.TransportError):
                await request
            # What the process had begun waits for the lock still, and does not know.
            assert (await tenant.api.post(path, **REQUEST)).status_code == 409
            await asyncio.wait_for(key_is_free(resources), NOTICED_S)
    again = await tenant.api.post(path, **REQUEST)
    assert again.json()["added_count"] == 2
    assert REPLAYED not in again.headers
    replayed = await tenant.api.post(path, **REQUEST)
    assert (replayed.content, replayed.headers[REPLAYED]) == (again.content, "true")
    imports = (await tenant.api.get("/imports")).json()["data"]
    assert [one["counts"]["added"] for one in imports] == [2]
