import asyncio
from typing import Any

import httpx
import pytest

from tests.client import Tenant

FRESH = {
    "preset": "smartlead",
    "default_scope": "workspace",
    "floor": "campaign",
    "boundary": "workspace",
    "duplicate_flag_meaning": "documented",
    "recontact_after_days": 0,
    "protect_replied_days": 0,
    "workspace_lead_list": True,
    "move_leads": True,
    "export_leads": True,
    "require_validation_before_start": False,
    "confirm_deletes": False,
    "hold_unverified": False,
    "check_undeliverable": False,
    "valid_requires": "domain",
    "ledger_retention_days": 90,
    "validation_max_age_days": 0,
    "event_retention_days": 0,
}


async def test_a_fresh_workspace_lets_nobody_in_twice(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    answer = await api.get("/workspace")
    body = answer.json()
    assert answer.status_code == 200
    assert body == {"id": tenant.id, "name": body["name"], **FRESH}


async def test_each_field_is_changed_and_kept(api: httpx.AsyncClient, tenant: Tenant) -> None:
    wanted = {
        "name": "Agency",
        "default_scope": "campaign",
        "floor": "active",
        "boundary": "client",
        "duplicate_flag_meaning": "legacy",
        "recontact_after_days": 30,
        "protect_replied_days": 365,
        "workspace_lead_list": False,
        "move_leads": False,
        "export_leads": False,
        "require_validation_before_start": True,
        "confirm_deletes": True,
        "hold_unverified": True,
        "check_undeliverable": True,
        "valid_requires": "mailbox",
        "ledger_retention_days": 0,
        "validation_max_age_days": 30,
        "event_retention_days": 3650,
    }
    for field, value in wanted.items():
        answer = await api.patch("/workspace", json={field: value})
        assert answer.json()[field] == value, answer.text
    everything = {"id": tenant.id, "preset": "smartlead", **wanted}
    assert (await api.get("/workspace")).json() == everything
    assert (await api.patch("/workspace", json={})).json() == everything
    assert (await api.patch("/workspace/", json=wanted)).json() == everything


@pytest.mark.seed("LL-72")
async def test_an_admin_locks_one_policy_for_everybody(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    made = (await api.post("/keys", json={"name": "rep", "scope": "write"})).json()
    assert (await api.patch("/workspace", json={"floor": "workspace"})).status_code == 200
    rep = {"Authorization": f"Bearer {made['key']}"}
    for loosen in (
        api.patch("/workspace", json={"floor": "campaign"}, headers=rep),
        api.put("/workspace/preset", json={"preset": "lemlist"}, headers=rep),
    ):
        refused = await loosen
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    seen = (await api.get("/workspace", headers=rep)).json()
    assert (seen["id"], seen["floor"]) == (tenant.id, "workspace")


async def test_a_preset_may_be_chosen_and_changed_after(api: httpx.AsyncClient) -> None:
    for _ in range(2):
        answer = await api.put("/workspace/preset", json={"preset": "ai_acquisition"})
        assert answer.status_code == 200
        assert {
            field: value for field, value in answer.json().items() if FRESH.get(field) != value
        }.keys() == {"id", "name", "preset", "floor"} | {
            "workspace_lead_list",
            "move_leads",
            "export_leads",
        }
    answer = await api.patch("/workspace", json={"export_leads": True})
    assert (answer.json()["preset"], answer.json()["export_leads"]) == ("ai_acquisition", True)
    back = (await api.put("/workspace/preset", json={"preset": "smartlead"})).json()
    assert {field: back[field] for field in FRESH} == FRESH


async def test_the_legacy_flag_brings_its_default_scope(api: httpx.AsyncClient) -> None:
    legacy = (await api.patch("/workspace", json={"duplicate_flag_meaning": "legacy"})).json()
    assert legacy["default_scope"] == "campaign"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"floors": "workspace"}, "/floors"),
        ({"id": 1}, "/id"),
        ({"floor": "none"}, "/floor"),
        ({"floor": None}, "/floor"),
        ({"name": None}, "/name"),
        ({"name": "  "}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"move_leads": None}, "/move_leads"),
        ({"move_leads": "perhaps"}, "/move_leads"),
        ({"valid_requires": "syntax"}, "/valid_requires"),
        ({"valid_requires": None}, "/valid_requires"),
        ({"recontact_after_days": -1}, "/recontact_after_days"),
        ({"recontact_after_days": 2**63}, "/recontact_after_days"),
        ({"protect_replied_days": 1.5}, "/protect_replied_days"),
        ({"ledger_retention_days": -1}, "/ledger_retention_days"),
        ({"event_retention_days": 3651}, "/event_retention_days"),
        ({"preset": "hubspot"}, "/preset"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_changes(
    api: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    before = (await api.get("/workspace")).json()
    answer = await api.patch("/workspace", json={"confirm_deletes": True, **body})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await api.get("/workspace")).json() == before


@pytest.mark.parametrize(
    "body", [{}, {"preset": None}, {"preset": "x"}, {"preset": "lemlist", "a": 1}]
)
async def test_a_preset_must_be_one(api: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await api.put("/workspace/preset", json=body)).status_code == 422


async def test_another_workspace_keeps_its_policy(api: httpx.AsyncClient, other: Tenant) -> None:
    await api.patch("/workspace", json={"name": "Mine", "floor": "workspace"})
    theirs = (await other.api.get("/workspace")).json()
    assert (theirs["id"], theirs["floor"]) == (other.id, "campaign")
    assert theirs["name"] != "Mine"


async def test_changes_at_once_all_count(api: httpx.AsyncClient) -> None:
    switches = ("confirm_deletes", "hold_unverified", "check_undeliverable")
    await asyncio.gather(*(api.patch("/workspace", json={name: True}) for name in switches))
    now = (await api.get("/workspace")).json()
    assert [now[name] for name in switches] == [True, True, True]
