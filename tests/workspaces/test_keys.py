import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from app.values import KeyScope, WorkspaceId
from app.workspaces import operations
from tests.client import Tenant

DEFAULTS = {
    "mode": "create_and_update",
    "overwrite_existing": False,
    "duplicate_scope": "active",
    "on_linkedin_match": "ignore",
    "source": "Zapier",
    "tags": ["Q4", "LinkedIn"],
    "vocabulary": "lemlist",
    "unknown_fields": "custom",
    "skip_missing_email": True,
}
EVERYTHING = {
    "name": "Zapier",
    "scope": "write",
    "owner": "Ann Example",
    "language": "de-AT",
    "defaults": DEFAULTS,
    "expires_at": "2126-11-23T10:00:00Z",
    "rate_limit_per_minute": 600,
}
SILENT: dict[str, Any] = {**dict.fromkeys(DEFAULTS), "tags": []}


async def made(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await api.post("/keys", json={"name": "made", **fields})
    assert answer.status_code == 200, answer.text
    key: dict[str, Any] = answer.json()
    return key


def bearer(key: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {key['key']}"}


async def test_a_key_is_shown_once_and_works_at_once(api: httpx.AsyncClient) -> None:
    key = await made(api, **EVERYTHING)
    assert re.fullmatch("lg_[A-Za-z0-9_-]{43}", key["key"])
    assert key == EVERYTHING | {
        "id": key["id"],
        "key": key["key"],
        "prefix": key["key"][:8],
        "created_at": key["created_at"],
        "last_used_at": None,
    }
    me = (await api.get("/me", headers=bearer(key))).json()["key"]
    assert me == {
        "id": key["id"],
        **{field: value for field, value in EVERYTHING.items() if field != "expires_at"},
    }
    listed = (await api.get("/keys")).json()["data"][0]
    assert listed["last_used_at"] is not None
    assert listed == {field: value for field, value in key.items() if field != "key"} | {
        "last_used_at": listed["last_used_at"]
    }


async def test_what_is_not_said_of_a_key_is_nothing(api: httpx.AsyncClient) -> None:
    key = await made(api)
    for nothing in ({}, dict.fromkeys(EVERYTHING.keys() - {"name", "scope"})):
        same = await made(api, **nothing)
        assert {field for field in key if key[field] != same[field]} <= {
            "id",
            "key",
            "prefix",
            "created_at",
        }
    assert (key["scope"], key["defaults"]) == ("write", SILENT)
    assert (await made(api, defaults=SILENT))["defaults"] == SILENT


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": "a\x00"}, "/name"),
        ({"name": "x", "scope": "owner"}, "/scope"),
        ({"name": "x", "language": "german please"}, "/language"),
        ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"name": "x", "expires_at": "2126-01-01T00:00:00"}, "/expires_at"),
        ({"name": "x", "expires_at": "9999-12-31T23:59:59-14:00"}, "/expires_at"),
        ({"name": "x", "defaults": {"scope": "active"}}, "/defaults/scope"),
        ({"name": "x", "defaults": {"duplicate_scope": "none"}}, "/defaults/duplicate_scope"),
        ({"name": "x", "defaults": {"tags": ["a", ""]}}, "/defaults/tags/1"),
        ({"name": "x", "rate_limit_per_minute": -1}, "/rate_limit_per_minute"),
        ({"name": "x", "rate_limit_per_minute": 1_000_001}, "/rate_limit_per_minute"),
        ({"name": "x", "key": "of-my-own-and-long-enough"}, "/key"),
    ],
)
async def test_what_is_wrong_is_named(
    api: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    answer = await api.post("/keys", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_keys_are_listed_page_by_page_newest_first(
    api: httpx.AsyncClient, other: Tenant
) -> None:
    await made(other.api, name="theirs")
    ids = [(await made(api))["id"] for _ in range(4)]
    seen: list[int] = []
    cursor = None
    while cursor is not None or not seen:
        page = (await api.get("/keys", params={"limit": 2, "cursor": cursor or ""})).json()
        seen += [key["id"] for key in page["data"]]
        cursor = page["next_cursor"]
    assert seen[:4] == ids[::-1]
    assert len(seen) == 5, "and the one that asks"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("cursor=nonsense", 400, "invalid_cursor"),
        ("cursor=%00", 422, "invalid_request"),
        ("limit=0", 422, "invalid_request"),
        ("limit=1001", 422, "invalid_request"),
        ("limit=x", 422, "invalid_request"),
    ],
)
async def test_a_page_that_cannot_be_is_refused(
    api: httpx.AsyncClient, query: str, status: int, code: str
) -> None:
    answer = await api.get(f"/keys?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_revoked_key_is_nobodys_at_once(api: httpx.AsyncClient) -> None:
    key = await made(api)
    assert (await api.get("/me", headers=bearer(key))).status_code == 200
    answer = await api.delete(f"/keys/{key['id']}")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    refused = await api.get("/me", headers=bearer(key))
    assert (refused.status_code, refused.json()["message"]) == (401, "Invalid API Key")
    again = await api.delete(f"/keys/{key['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "key_not_found")
    assert key["id"] not in [listed["id"] for listed in (await api.get("/keys")).json()["data"]]


async def test_another_workspaces_key_is_not_there(api: httpx.AsyncClient, other: Tenant) -> None:
    theirs = await made(other.api)
    answer = await api.delete(f"/keys/{theirs['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "key_not_found")
    assert (await other.api.get("/me", headers=bearer(theirs))).status_code == 200


@pytest.mark.parametrize(
    ("key_id", "status"), [("0", 422), (str(2**63), 422), ("-1", 404), ("x", 404), ("9" * 30, 404)]
)
async def test_a_key_id_must_be_one(api: httpx.AsyncClient, key_id: str, status: int) -> None:
    assert (await api.delete(f"/keys/{key_id}")).status_code == status


async def test_the_last_admin_key_stays(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    await made(api, scope="write")
    me = (await api.get("/me")).json()["key"]["id"]
    await operations.create_key(
        resources,
        WorkspaceId(tenant.id),
        name="expired",
        scope=KeyScope.ADMIN,
        expires_at=datetime.now(UTC) - timedelta(seconds=1),
    )
    refused = await api.delete(f"/keys/{me}")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin_key")
    await made(api, scope="admin")
    assert (await api.delete(f"/keys/{me}")).status_code == 200
    assert (await api.get("/me")).status_code == 401


async def test_of_two_admins_who_revoke_each_other_one_is_left(api: httpx.AsyncClient) -> None:
    first, second = await made(api, scope="admin"), await made(api, scope="admin")
    own = (await api.get("/me")).json()["key"]["id"]
    await api.delete(f"/keys/{own}", headers=bearer(first))
    answers = await asyncio.gather(
        api.delete(f"/keys/{second['id']}", headers=bearer(first)),
        api.delete(f"/keys/{first['id']}", headers=bearer(second)),
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 401], [200, 409])
    left = [await api.get("/keys", headers=bearer(key)) for key in (first, second)]
    assert sorted(answer.status_code for answer in left) == [200, 401]


async def test_an_expired_key_is_nobodys(api: httpx.AsyncClient) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=0.4)
    key = await made(api, expires_at=soon.isoformat())
    assert (await api.get("/me", headers=bearer(key))).status_code == 200
    await asyncio.sleep(0.45)
    assert (await api.get("/me", headers=bearer(key))).status_code == 401


@pytest.mark.parametrize(
    ("scope", "method", "path", "allowed"),
    [
        ("read", "GET", "/me", True),
        ("read", "GET", "/workspace", True),
        ("write", "GET", "/workspace", True),
        ("write", "GET", "/keys", False),
        ("write", "POST", "/keys", False),
        ("write", "DELETE", "/keys/1", False),
        ("write", "PATCH", "/workspace", False),
        ("write", "PUT", "/workspace/preset", False),
        ("write", "GET", "/audit", False),
        ("admin", "GET", "/keys", True),
        ("admin", "GET", "/audit", True),
    ],
)
async def test_a_scope_opens_its_doors_only(
    api: httpx.AsyncClient, scope: str, method: str, path: str, allowed: bool
) -> None:
    key = await made(api, scope=scope)
    body = {"POST": {"name": "x"}, "PATCH": {}, "PUT": {"preset": "lemlist"}}.get(method)
    answer = await api.request(method, path, headers=bearer(key), json=body)
    assert answer.status_code == (200 if allowed else 403), answer.text
    assert allowed or answer.json()["code"] == "scope_missing"


async def test_a_key_is_taken_as_each_client_sends_it(
    anonymous: httpx.AsyncClient, tenant: Tenant
) -> None:
    for sent in (
        {"headers": {"Authorization": f"Bearer {tenant.key}"}},
        {"headers": {"X-API-Key": tenant.key}},
        {"params": {"api_key": tenant.key}},
    ):
        answer = await anonymous.get("/me", **sent)  # type: ignore[arg-type]
        assert answer.json()["workspace"]["id"] == tenant.id
    for sent in ({}, {"headers": {"X-API-Key": "lg_unknown"}}, {"params": {"api_key": "ä" * 9999}}):
        answer = await anonymous.get("/me", **sent)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_api_key")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_only_a_hash_of_a_key_is_kept(api: httpx.AsyncClient, resources: Resources) -> None:
    key = await made(api)
    rows = await resources.database.fetch(
        "select to_jsonb(k)::text || (select jsonb_agg(a)::text from audit_log a) as everything"
        " from api_keys k where id = $1",
        key["id"],
    )
    assert rows[0]["everything"].count(key["prefix"]) == 1
    assert key["key"][8:] not in rows[0]["everything"]
