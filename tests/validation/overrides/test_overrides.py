"""GET, PUT and DELETE /validation/overrides: what a workspace knows better."""

from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.imports.batches import key

PATH = "/validation/overrides"


def override(of_list: str, entry: str, *, listed: bool = True) -> dict[str, Any]:
    return {"list": of_list, "entry": entry, "listed": listed}


async def put(api: httpx.AsyncClient, *overrides: dict[str, Any]) -> int:
    answer = await api.put(PATH, json={"overrides": list(overrides)})
    assert answer.status_code == 200, answer.text
    changed: int = answer.json()["changed_count"]
    assert answer.json() == {"ok": True, "changed_count": changed}
    return changed


async def remove(api: httpx.AsyncClient, *places: tuple[str, str]) -> int:
    body = {"overrides": [{"list": of_list, "entry": entry} for of_list, entry in places]}
    answer = await api.request("DELETE", PATH, json=body)
    assert answer.status_code == 200, answer.text
    changed: int = answer.json()["changed_count"]
    return changed


async def shown(api: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    assert all(one.pop("updated_at") for one in found)
    return found


async def jobs(resources: Resources, tenant: Tenant) -> int:
    [row] = await resources.database.fetch(
        "select count(*) n from jobs where workspace_id = $1 and kind = 'judge_again'", tenant.id
    )
    count: int = row["n"]
    return count


async def test_put_list_and_remove(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    wanted = [
        override("disposable", "Mailinator.com.", listed=False),
        override("disposable", "bücher.example"),
        override("role", " Vertrieb "),
    ]
    assert await put(api, *wanted) == 3
    assert await jobs(resources, tenant) == 1
    everything = [
        override("disposable", "mailinator.com", listed=False),
        override("disposable", "xn--bcher-kva.example"),
        override("role", "vertrieb"),
    ]
    assert await shown(api) == everything
    assert await shown(api, list="role") == everything[2:]
    assert await put(api, *wanted) == 0
    assert await put(api, override("role", "vertrieb", listed=False)) == 1
    places = [("role", "VERTRIEB"), ("free", "vertrieb.com"), ("role", "vertrieb")]
    assert await remove(api, *places) == 1
    assert await remove(api, *places) == 0
    assert await shown(api) == everything[:2]


async def test_pages(api: httpx.AsyncClient) -> None:
    await put(api, *(override("free", f"{name}.com") for name in "cab"))
    first = (await api.get(PATH, params={"limit": 2})).json()
    rest = (await api.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    entries = [one["entry"] for page in (first, rest) for one in page["data"]]
    assert (entries, rest["next_cursor"]) == (["a.com", "b.com", "c.com"], None)
    wrong = await api.get(PATH, params={"cursor": "nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_cursor")


async def test_each_workspace_has_its_own(api: httpx.AsyncClient, other: Tenant) -> None:
    await put(api, override("free", "a.com"))
    assert await shown(other.api) == []
    assert await remove(other.api, ("free", "a.com")) == 0
    assert await shown(api) == [override("free", "a.com")]


async def test_what_was_changed_is_audited(api: httpx.AsyncClient) -> None:
    await put(api, override("free", "a.com"))
    await remove(api, ("free", "a.com"))
    lines = (await api.get("/audit")).json()["data"][:2]
    assert [(line["action"], line["target"], line["before"], line["after"]) for line in lines] == [
        ("override.removed", "override:free:a.com", {"listed": True}, None),
        ("override.put", "override:free:a.com", None, {"listed": True}),
    ]


@pytest.mark.parametrize(
    ("entry", "pointer", "code"),
    [
        (override("free", "no domain"), "/overrides/0", "invalid_entry"),
        (override("free", "ann@x.com"), "/overrides/0", "invalid_entry"),
        (override("free", "*.x.com"), "/overrides/0", "invalid_entry"),
        (override("free", ""), "/overrides/0", "invalid_entry"),
        (override("role", "info@x.com"), "/overrides/0", "invalid_entry"),
        (override("role", "in+fo"), "/overrides/0", "invalid_entry"),
        (override("role", ""), "/overrides/0", "invalid_entry"),
        (override("blue", "x.com"), "/overrides/0/list", "enum"),
        ({"list": "free", "entry": "x.com"}, "/overrides/0/listed", "missing"),
        (override("free", "x.com") | {"why": 1}, "/overrides/0/why", "extra_forbidden"),
    ],
)
async def test_what_is_no_override(
    api: httpx.AsyncClient, entry: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await api.put(PATH, json={"overrides": [entry]})
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert await shown(api) == []


async def test_an_end(api: httpx.AsyncClient) -> None:
    for size in (0, 1_001):
        many = [override("free", f"x{n}.com") for n in range(size)]
        assert (await api.put(PATH, json={"overrides": many})).status_code == 422
    for first in range(0, 10_000, 1_000):
        await put(api, *(override("free", f"x{first + n}.com") for n in range(1_000)))
    answer = await api.put(PATH, json={"overrides": [override("free", "one-more.com")]})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_overrides")
    assert await shown(api, cursor=None, limit=1) == [override("free", "x0.com")]
    assert await put(api, override("free", "x0.com", listed=False)) == 1


async def test_an_admin_changes_them(api: httpx.AsyncClient, tenant: Tenant) -> None:
    headers = await key(tenant, scope="write")
    body = {"overrides": [override("free", "a.com")]}
    for method in ("PUT", "DELETE"):
        answer = await api.request(method, PATH, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert (await api.get(PATH, headers=headers)).status_code == 200
