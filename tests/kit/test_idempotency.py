"""A request that is sent again under its key has one effect, and the answer that it had."""

from typing import Any

import httpx
import pytest

from app.kit.repeats import HEADER, REPLAYED
from app.kit.resources import Resources
from app.main import create_app
from app.settings import Settings
from app.values import KeyScope, WorkspaceId
from app.workspaces.operations import create_key
from tests.client import Tenant, client
from tests.imports.batches import key as another_key
from tests.imports.batches import rows_everywhere
from tests.leads.people import joined
from tests.make import batch, people

KEY = {HEADER: "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def is_replay_of(second: httpx.Response, first: httpx.Response) -> bool:
    same = (second.status_code, second.content) == (first.status_code, first.content)
    types = second.headers["content-type"] == first.headers["content-type"]
    return same and types and second.headers.get(REPLAYED) == "true"


async def test_a_batch_comes_in_once(tenant: Tenant, resources: Resources) -> None:
    campaign = await tenant.campaign()
    await tenant.add(await tenant.campaign(), "person0@example.com")
    sent: dict[str, Any] = {"json": batch(*people(3), "x@"), "headers": KEY}
    first = await tenant.api.post(f"/campaigns/{campaign}/leads", **sent)
    effects = await rows_everywhere(resources, tenant)
    second = await tenant.api.post(f"/campaigns/{campaign}/leads", **sent)
    assert first.json()["added_count"] == 2
    assert is_replay_of(second, first)
    assert await rows_everywhere(resources, tenant) == effects
    imports = (await tenant.api.get("/imports", params={"campaign_id": campaign})).json()["data"]
    assert [one["counts"]["added"] for one in imports] == [2]


async def test_without_the_header_every_request_counts(
    tenant: Tenant, resources: Resources
) -> None:
    for _ in range(2):
        answer = await tenant.api.post("/campaigns/create", json={"name": "Twice"})
        assert REPLAYED not in answer.headers
    assert len((await tenant.api.get("/campaigns")).json()) == 2
    assert (await rows_everywhere(resources, tenant))["idempotency_keys"] == 0


async def test_each_key_is_a_request_of_its_own(tenant: Tenant) -> None:
    for name in ("one", "two", '"two"', "Two"):
        answer = await tenant.api.post("/campaigns/create", headers={HEADER: name})
        assert (REPLAYED in answer.headers) == (name == '"two"')
    assert len((await tenant.api.get("/campaigns")).json()) == 3


async def test_a_refusal_is_kept_after_its_cause_is_gone(tenant: Tenant) -> None:
    campaign = await tenant.campaign(holding=True)
    path = f"/campaigns/{campaign}/status"
    start: dict[str, Any] = {"json": {"status": "START"}, "headers": KEY}
    first = await tenant.api.post(path, **start)
    assert (first.status_code, first.json()["code"]) == (409, "holding_campaign")
    await tenant.api.patch(f"/campaigns/{campaign}", json={"holding": False})
    second = await tenant.api.post(path, **start)
    assert is_replay_of(second, first)
    assert second.json()["request_id"] == first.headers["x-request-id"]
    assert second.headers["x-request-id"] != first.headers["x-request-id"]
    assert (await tenant.api.post(path, json={"status": "START"})).status_code == 200


async def test_a_refusal_is_kept_beside_no_effect(tenant: Tenant) -> None:
    """The new profile is Ann's before it is seen that the address is Bob's."""
    campaign = await tenant.campaign()
    ann, bob = await joined(tenant, campaign, "ann@example.com", "bob@example.com")
    page = {"linkedin_profile": "linkedin.com/in/page"}
    path = f"/campaigns/{campaign}/leads"
    request: dict[str, Any] = {"json": page | {"email": "bob@example.com"}, "headers": KEY}
    first = await tenant.api.post(f"{path}/{ann}", **request)
    assert (first.status_code, first.json()["code"]) == (409, "duplicate_email")
    assert is_replay_of(await tenant.api.post(f"{path}/{ann}", **request), first)
    assert (await tenant.api.patch(f"{path}/{bob}", json=page)).status_code == 200


async def test_an_answer_is_kept_after_its_things_are_gone(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    pause = f"/campaigns/{campaign}/leads/{lead}/pause"
    paused = await tenant.api.post(pause, headers={HEADER: "pause"})
    deleted = await tenant.api.delete(f"/campaigns/{campaign}", headers={HEADER: "delete"})
    assert (paused.status_code, deleted.status_code) == (200, 200)
    again = await tenant.api.delete(f"/campaigns/{campaign}", headers={HEADER: "delete"})
    assert is_replay_of(again, deleted)
    assert is_replay_of(await tenant.api.post(pause, headers={HEADER: "pause"}), paused)
    assert (await tenant.api.post(pause, headers={HEADER: "new"})).status_code == 404


async def test_what_is_done_once_is_told_once(tenant: Tenant) -> None:
    """History and audit: an effect that is not seen in the answer."""
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@example.com")
    path = f"/campaigns/{campaign}/leads/{lead}/status"
    for status in ("PAUSED", "IN_PROGRESS", "PAUSED"):
        await tenant.api.post(path, json={"status": status}, headers={HEADER: status})
    for _ in range(2):
        await tenant.api.patch("/workspace", json={"name": "Renamed"}, headers=KEY)
        await tenant.api.patch("/workspace", json={"name": "Back"})
    told = (await tenant.api.get(f"/campaigns/{campaign}/leads/{lead}/activity")).json()["events"]
    assert [one["type"] for one in told].count("status_changed") == 2
    audit = (await tenant.api.get("/audit")).json()["data"]
    assert [one["action"] for one in audit].count("workspace.updated") == 2


async def test_white_space_order_and_the_api_key_are_no_other_request(tenant: Tenant) -> None:
    typed = KEY | {"Content-Type": "application/json"}
    path = "/campaigns/create"
    first = await tenant.api.post(
        path, content=b'{"name":"Spring","client_id":7}', headers=typed, params={"a": "1"}
    )
    assert first.status_code == 200, first.text
    for content, params in (
        (b'{ "client_id": 7,\n "name": "Spring" }', {"a": "1"}),
        (b'{"name":"Spr\\u0069ng","client_id":7}', {"a": "1", "api_key": tenant.key}),
    ):
        second = await tenant.api.post(path + "/", content=content, headers=typed, params=params)
        assert is_replay_of(second, first), second.text


@pytest.mark.parametrize(
    ("method", "path", "params", "body"),
    [
        ("POST", "/campaigns/create", {}, {"name": "Summer"}),
        ("POST", "/campaigns/create", {}, None),
        ("POST", "/campaigns/create", {"a": "1"}, {"name": "Spring"}),
        ("POST", "/campaigns", {}, {"name": "Spring"}),
        ("PATCH", "/workspace", {}, {"name": "Spring"}),
    ],
)
async def test_another_request_needs_another_key(
    tenant: Tenant, method: str, path: str, params: dict[str, str], body: Any
) -> None:
    request: dict[str, Any] = {"json": {"name": "Spring"}, "headers": KEY}
    first = await tenant.api.post("/campaigns/create", **request)
    other = await tenant.api.request(method, path, params=params, json=body, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert is_replay_of(await tenant.api.post("/campaigns/create", **request), first)
    assert (await tenant.api.get("/me")).json()["workspace"]["name"] != "Spring"


@pytest.mark.parametrize("given", ["", '"abc', "a b", "x" * 256, "é"])
async def test_what_is_no_key_is_refused(tenant: Tenant, given: str) -> None:
    answer = await tenant.api.post("/campaigns/create", headers={HEADER.encode(): given.encode()})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"header/{HEADER}"]
    assert (await tenant.api.get("/campaigns")).json() == []


async def test_refusals_of_what_did_not_run_are_not_kept(
    tenant: Tenant, anonymous: httpx.AsyncClient
) -> None:
    """After each of them the request may be mended, and sent under the same key."""
    reader = await another_key(tenant, scope="read")
    domain: dict[str, Any] = {"json": {"domain_block_list": ["example.org"]}}
    path = "/leads/add-domain-block-list"
    statuses = [
        (await anonymous.post(path, headers=KEY, **domain)).status_code,
        (await tenant.api.post(path, headers=KEY | reader, **domain)).status_code,
        (await tenant.api.post(path, headers=KEY, content=b"{}")).status_code,
        (await tenant.api.post(path, headers=KEY, json={})).status_code,
        (await tenant.api.post(path, headers=KEY, json={"domain_block_list": ["@"]})).status_code,
    ]
    assert statuses == [401, 403, 415, 422, 422]
    last = await tenant.api.post(path, headers=KEY, **domain)
    assert (last.status_code, last.json()["totalDomainAdded"]) == (200, 1)
    assert REPLAYED not in last.headers


async def test_a_workspace_shares_its_keys_with_nobody_else(tenant: Tenant, other: Tenant) -> None:
    request: dict[str, Any] = {"json": {"name": "Spring"}, "headers": KEY}
    first = await tenant.api.post("/campaigns/create", **request)
    colleague = KEY | await another_key(tenant)
    theirs = await tenant.api.post("/campaigns/create", json=request["json"], headers=colleague)
    assert is_replay_of(theirs, first)
    stranger = await other.api.post("/campaigns/create", **request)
    assert stranger.status_code == 200
    assert stranger.json()["id"] != first.json()["id"]


@pytest.mark.parametrize(("hours", "replayed"), [(23.9, True), (24.1, False)])
async def test_after_a_day_it_is_forgotten(
    tenant: Tenant, resources: Resources, hours: float, *, replayed: bool
) -> None:
    first = await tenant.api.post("/campaigns/create", headers=KEY)
    await resources.database.fetch(
        "update idempotency_keys set created_at = now() - $2 * interval '1 hour'"
        " where workspace_id = $1",
        tenant.id,
        hours,
    )
    second = await tenant.api.post("/campaigns/create", headers=KEY)
    assert (second.json()["id"] == first.json()["id"]) is replayed
    third = await tenant.api.post("/campaigns/create", headers=KEY)
    assert is_replay_of(third, first if replayed else second)


async def test_a_key_that_is_shown_once_is_kept_sealed(
    tenant: Tenant, resources: Resources
) -> None:
    request: dict[str, Any] = {"json": {"name": "Zapier"}, "headers": KEY}
    first = await tenant.api.post("/keys", **request)
    assert is_replay_of(await tenant.api.post("/keys", **request), first)
    shown = first.json()["key"]
    assert shown.startswith("lg_")
    rows = await resources.database.fetch(
        "select key_hash, answer from idempotency_keys where workspace_id = $1", tenant.id
    )
    [kept] = rows
    for hidden in (shown, "Zapier", KEY[HEADER]):
        assert hidden.encode() not in kept["answer"] + kept["key_hash"]


async def test_another_secret_finds_nothing(
    tenant: Tenant, resources: Resources, settings: Settings
) -> None:
    """As after a change of the secret; the same text is no key of the API then, either."""
    await tenant.api.post("/campaigns/create", headers=KEY)
    changed = settings.model_copy(update={"secret_key": type(settings.secret_key)("x" * 16)})
    app = create_app(changed)
    async with app.router.lifespan_context(app):
        from_now_on = await key_under(app.state.resources, tenant)
        async with client(httpx.ASGITransport(app), from_now_on) as api:
            answer = await api.post("/campaigns/create", headers=KEY)
    assert answer.status_code == 200
    assert REPLAYED not in answer.headers
    assert (await rows_everywhere(resources, tenant))["idempotency_keys"] == 2


async def key_under(resources: Resources, tenant: Tenant) -> str:
    _, text = await create_key(resources, WorkspaceId(tenant.id), name="new", scope=KeyScope.WRITE)
    return text
