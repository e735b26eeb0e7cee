"""Requests under one key at once, and requests that the database did not let through."""

import asyncio
from typing import Any

import asyncpg
import httpx

from app.kit.repeats import HEADER, REPLAYED
from app.kit.resources import Resources
from app.main import create_app
from app.settings import Settings
from tests.client import Tenant, client
from tests.imports.batches import rows_everywhere
from tests.locks import Locks
from tests.make import batch

KEY = {HEADER: "0b1c"}
AT_ONCE = 6
LAST = "z@example.com"
BATCH = batch("a@example.com", LAST)
INSERT = "insert into leads (workspace_id, email) values ($1, $2)"


async def imported(tenant: Tenant) -> list[int]:
    """How many people each import added."""
    return [one["counts"]["added"] for one in (await tenant.api.get("/imports")).json()["data"]]


async def test_while_the_first_runs_the_second_is_told_to_wait(
    tenant: Tenant, resources: Resources
) -> None:
    path = f"/campaigns/{await tenant.campaign()}/leads"
    request: dict[str, Any] = {"json": BATCH, "headers": KEY}
    async with Locks(resources, tenant.id).at_address(LAST, tenant.api.post(path, **request)) as it:
        second = await tenant.api.post(path, **request)
        assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_in_use")
        assert second.headers["retry-after"] == "1"
        other_key = await tenant.api.post("/campaigns/create", headers={HEADER: "another"})
        assert other_key.status_code == 200
    first = await it
    assert first.json()["added_count"] == 2
    third = await tenant.api.post(path, **request)
    assert (third.content, third.headers[REPLAYED]) == (first.content, "true")
    assert await imported(tenant) == [2]


async def test_of_many_at_once_one_has_an_effect(tenant: Tenant) -> None:
    answers = await asyncio.gather(
        *(tenant.api.post("/campaigns/create", headers=KEY) for _ in range(AT_ONCE))
    )
    [campaign] = (await tenant.api.get("/campaigns")).json()
    done = [answer for answer in answers if answer.status_code == 200]
    assert {answer.json()["id"] for answer in done} == {campaign["id"]}
    assert [REPLAYED in answer.headers for answer in done].count(False) == 1
    assert {answer.status_code for answer in answers} <= {200, 409}


async def test_one_that_broke_off_leaves_the_key_free(tenant: Tenant, resources: Resources) -> None:
    path = f"/campaigns/{await tenant.campaign()}/leads"
    sent = tenant.api.post(path, json=BATCH, headers=KEY)
    async with Locks(resources, tenant.id).at_address(LAST, sent) as broken:
        broken.cancel()
        await asyncio.wait([broken])
    again = await until_free(tenant, path)
    assert again.json()["added_count"] == 2
    assert await imported(tenant) == [2]


async def until_free(tenant: Tenant, path: str) -> httpx.Response:
    """Send the batch again for as long as the key is in use, as a client does."""
    async with asyncio.timeout(20):
        while True:
            answer = await tenant.api.post(path, json=BATCH, headers=KEY)
            if answer.status_code != 409:
                return answer
            await asyncio.sleep(0.05)


async def test_a_503_leaves_the_key_free(
    tenant: Tenant, resources: Resources, settings: Settings
) -> None:
    app = create_app(settings.model_copy(update={"lock_timeout_s": 0.1}))
    path = f"/campaigns/{await tenant.campaign()}/leads"
    async with (
        app.router.lifespan_context(app),
        client(httpx.ASGITransport(app), tenant.key) as impatient,
        Locks(resources, tenant.id).held(INSERT, LAST),
    ):
        refused = await impatient.post(path, json=BATCH, headers=KEY)
    assert refused.status_code == 503, refused.text
    assert (await rows_everywhere(resources, tenant))["idempotency_keys"] == 0
    again = await tenant.api.post(path, json=BATCH, headers=KEY)
    assert again.json()["added_count"] == 2
    assert REPLAYED not in again.headers


async def test_a_lost_conflict_is_run_again_inside(tenant: Tenant, resources: Resources) -> None:
    """The batch has the first address and waits for the last; somebody has that, and wants both."""
    path = f"/campaigns/{await tenant.campaign()}/leads"
    somebody = await asyncpg.connect(resources.settings.database_url)
    transaction = somebody.transaction()
    await transaction.start()
    await somebody.execute(INSERT, tenant.id, LAST)
    sent = asyncio.create_task(tenant.api.post(path, json=BATCH, headers=KEY))
    await Locks(resources, tenant.id).waiting(1)
    await somebody.execute(INSERT, tenant.id, "a@example.com")  # the batch was undone for this
    await transaction.rollback()
    await somebody.close()
    first = await sent
    assert first.json()["added_count"] == 2
    second = await tenant.api.post(path, json=BATCH, headers=KEY)
    assert (second.content, second.headers[REPLAYED]) == (first.content, "true")
    assert await imported(tenant) == [2]
