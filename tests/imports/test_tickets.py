"""Tickets: what a browser shows in place of a key."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.imports.test_watching import draft

Work = Callable[[], Awaitable[int]]
AGE = "update stream_tickets set created_at = created_at - $2::interval where workspace_id = $1"
MINUTE, DAY = "61 seconds", "24 hours"


async def aged(resources: Resources, tenant: Tenant, by: str) -> None:
    async with resources.database.transaction() as tx:
        await tx.rows(AGE.replace("$2", f"'{by}'"), tenant.id)


async def ended(tenant: Tenant) -> int:
    """An import whose stream ends with its first event."""
    import_id = await draft(tenant)
    await tenant.api.post(f"/imports/{import_id}/cancel")
    return import_id


async def ticket_for(tenant: Tenant, import_id: int) -> str:
    answer = await tenant.api.post(f"/imports/{import_id}/ticket")
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == {"ticket", "url", "open_before"}
    assert body["url"] == f"/api/v1/imports/{import_id}/events?ticket={body['ticket']}"
    found: str = body["ticket"]
    return found


async def test_a_ticket_opens_one_stream(tenant: Tenant, anonymous: httpx.AsyncClient) -> None:
    first, second = await ended(tenant), await ended(tenant)
    ticket = await ticket_for(tenant, first)
    answer = await anonymous.get(f"/imports/{first}/events", params={"ticket": ticket})
    assert answer.status_code == 200
    assert "event: end\n" in answer.text
    for path in (f"/imports/{second}/events", f"/imports/{first}", "/me"):
        answer = await anonymous.get(path, params={"ticket": ticket})
        assert answer.status_code == 401, path


@pytest.mark.parametrize("changed", ["", "x", "tk_1_1_", "last", "workspace", "id"])
async def test_what_is_no_ticket(
    tenant: Tenant, anonymous: httpx.AsyncClient, changed: str
) -> None:
    import_id = await ended(tenant)
    ticket = await ticket_for(tenant, import_id)
    head, workspace_id, ticket_id, secret = ticket.split("_", 3)
    ticket = {
        "last": ticket[:-1] + ("A" if ticket[-1] != "A" else "B"),
        "workspace": f"{head}_{int(workspace_id) + 1}_{ticket_id}_{secret}",
        "id": f"{head}_{workspace_id}_{int(ticket_id) + 1}_{secret}",
    }.get(changed, changed)
    answer = await anonymous.get(f"/imports/{import_id}/events", params={"ticket": ticket})
    assert answer.status_code == 401
    assert answer.json()["code"] == ("invalid_ticket" if ticket else "invalid_api_key")


async def test_it_is_opened_within_a_minute_and_good_for_a_day(
    tenant: Tenant, anonymous: httpx.AsyncClient, resources: Resources
) -> None:
    import_id = await ended(tenant)
    path = f"/imports/{import_id}/events"
    late, opened = await ticket_for(tenant, import_id), await ticket_for(tenant, import_id)
    assert (await anonymous.get(path, params={"ticket": opened})).status_code == 200
    await aged(resources, tenant, MINUTE)
    answer = await anonymous.get(path, params={"ticket": late})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_ticket")
    assert (await anonymous.get(path, params={"ticket": opened})).status_code == 200
    await aged(resources, tenant, DAY)
    assert (await anonymous.get(path, params={"ticket": opened})).status_code == 401
    await ticket_for(tenant, import_id)
    rows = await resources.database.fetch(
        "select from stream_tickets where workspace_id = $1", tenant.id
    )
    assert len(rows) == 1  # those that are good for nothing are gone


async def test_it_ends_with_the_key_that_asked_for_it(
    tenant: Tenant, anonymous: httpx.AsyncClient
) -> None:
    import_id = await ended(tenant)
    made = (await tenant.api.post("/keys", json={"name": "reader", "scope": "read"})).json()
    answer = await anonymous.post(
        f"/imports/{import_id}/ticket", headers={"X-API-Key": made["key"]}
    )
    assert answer.status_code == 201
    path = f"/imports/{import_id}/events"
    params = {"ticket": answer.json()["ticket"]}
    assert (await anonymous.get(path, params=params)).status_code == 200
    await tenant.api.delete(f"/keys/{made['id']}")
    assert (await anonymous.get(path, params=params)).status_code == 401
