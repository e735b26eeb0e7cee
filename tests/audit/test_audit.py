import httpx
import pytest

from app.audit.operations import record_many
from app.audit.rules import Change
from app.kit.resources import Resources
from app.values import WorkspaceId
from app.workspaces.rules import Operator
from tests.client import Tenant


async def test_a_change_of_policy_is_written_down(api: httpx.AsyncClient) -> None:
    me = (await api.get("/me")).json()["key"]
    await api.patch("/workspace", json={"floor": "workspace", "move_leads": True})
    await api.patch("/workspace", json={"floor": "workspace"})
    await api.put("/workspace/preset", json={"preset": "lemlist"})
    second, first = (await api.get("/audit")).json()["data"][:2]
    assert first == {
        "id": first["id"],
        "at": first["at"],
        "key_id": me["id"],
        "key_name": me["name"],
        "action": "workspace.updated",
        "target": "workspace",
        "before": {"floor": "campaign"},
        "after": {"floor": "workspace"},
    }
    assert second["before"] == {
        "preset": "smartlead",
        "default_scope": "workspace",
        "floor": "workspace",
    }
    assert second["after"] == {"preset": "lemlist", "default_scope": "active", "floor": "campaign"}


async def test_keys_are_written_down_by_whom_and_without_their_text(
    api: httpx.AsyncClient,
) -> None:
    me = (await api.get("/me")).json()["key"]["id"]
    key = (await api.post("/keys", json={"name": "Zapier", "owner": "Ann"})).json()
    await api.delete(f"/keys/{key['id']}")
    answer = await api.get("/audit")
    revoked, created, own = answer.json()["data"]
    target = f"key:{key['id']}"
    assert (created["action"], created["target"], created["key_id"]) == ("key.created", target, me)
    assert (revoked["action"], revoked["target"], revoked["key_id"]) == ("key.revoked", target, me)
    assert created["before"] is revoked["after"] is None
    assert created["after"] == revoked["before"]
    assert (created["after"]["name"], created["after"]["owner"]) == ("Zapier", "Ann")
    assert (own["target"], own["key_id"], own["key_name"]) == (f"key:{me}", None, None)
    assert key["key"] not in answer.text


async def test_what_was_refused_is_not_written_down(api: httpx.AsyncClient) -> None:
    me = (await api.get("/me")).json()["key"]["id"]
    assert (await api.delete(f"/keys/{me}")).status_code == 409
    assert [entry["action"] for entry in (await api.get("/audit")).json()["data"]] == [
        "key.created"
    ]


async def test_the_log_is_read_page_by_page(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    operator = Operator(WorkspaceId(tenant.id))
    async with resources.database.transaction() as tx:
        await record_many(
            tx, operator, "lead.deleted", [Change(f"lead:{n}", before={"n": n}) for n in range(5)]
        )
        await record_many(tx, operator, "lead.deleted", [])
    targets: list[str] = []
    cursor = ""
    while cursor is not None:
        page = (await api.get("/audit", params={"limit": 2, "cursor": cursor})).json()
        targets += [entry["target"] for entry in page["data"]]
        cursor = page["next_cursor"]
    assert targets[:5] == [f"lead:{n}" for n in (4, 3, 2, 1, 0)]
    assert len(targets) == 6


async def test_another_workspaces_log_is_not_seen(api: httpx.AsyncClient, other: Tenant) -> None:
    await api.patch("/workspace", json={"name": "Mine"})
    assert "Mine" not in (await other.api.get("/audit")).text


@pytest.mark.parametrize("list_name", ["audit", "keys"])
async def test_a_cursor_of_another_list_is_refused(api: httpx.AsyncClient, list_name: str) -> None:
    for _ in range(2):
        await api.post("/keys", json={"name": "x"})
    cursor = (await api.get(f"/{list_name}?limit=1")).json()["next_cursor"]
    elsewhere = {"audit": "keys", "keys": "audit"}[list_name]
    answer = await api.get(f"/{elsewhere}", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
