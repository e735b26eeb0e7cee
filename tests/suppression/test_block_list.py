"""SmartLead's block list: add, list, delete."""

import asyncio
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from app.suppression import operations
from app.values import SuppressionKind, SuppressionSource, WorkspaceId
from tests.client import Tenant, client
from tests.suppression.entries import bare

LIST = "/leads/get-domain-block-list"
ADD = "/leads/add-domain-block-list"
DELETE = "/leads/delete-domain-block-list"


async def listed(api: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await api.get(LIST, params=query)
    assert answer.status_code == 200, answer.text
    return [entry["email_or_domain"] for entry in answer.json()]


async def block(api: httpx.AsyncClient, *entries: str, **more: Any) -> dict[str, Any]:
    answer = await api.post(ADD, json={"domain_block_list": list(entries), **more})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.seed("SL-26")
async def test_block_addresses_and_domains(api: httpx.AsyncClient) -> None:
    answer = await block(api, " Ann@X.com", "y.com", "*.Z.com", "@w.com", client_id=None)
    assert answer == {"success": True, "uploadCount": 4, "totalDomainAdded": 4}
    entries = (await api.get(LIST)).json()
    assert [bare(entry) for entry in entries] == [
        {"email_or_domain": entry, "source": "api", "client_id": None, "protected": False}
        for entry in ("y.com", "w.com", "ann@x.com", "*.z.com")
    ]


async def test_blocking_twice_adds_once(api: httpx.AsyncClient) -> None:
    await block(api, "ann@x.com")
    again = await block(api, "ANN@x.com", "ann@x.com ", "bob@x.com")
    assert (again["uploadCount"], again["totalDomainAdded"]) == (3, 1)
    assert await listed(api) == ["bob@x.com", "ann@x.com"]


async def test_what_is_no_entry_is_named_and_the_rest_goes_in(api: httpx.AsyncClient) -> None:
    answer = await block(api, "x.com", "ann@", "com", "y.com")
    reason = "Neither an email address nor a domain."
    assert answer == {
        "success": True,
        "uploadCount": 4,
        "totalDomainAdded": 2,
        "invalid": [
            {
                "pointer": f"/domain_block_list/{index}",
                "index": index,
                "entry": entry,
                "code": "invalid_entry",
                "reason": reason,
            }
            for index, entry in ((1, "ann@"), (2, "com"))
        ],
    }


async def test_nothing_valid_is_a_problem(api: httpx.AsyncClient) -> None:
    answer = await api.post(ADD, json={"domain_block_list": ["ann@", "com"]})
    assert answer.status_code == 422
    assert answer.json()["code"] == "no_valid_entry"
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/domain_block_list/0",
        "/domain_block_list/1",
    ]
    assert await listed(api) == []


async def test_an_empty_list_adds_nothing(api: httpx.AsyncClient) -> None:
    assert (await block(api))["totalDomainAdded"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"domain_block_list": None},
        {"domain_block_list": "x.com"},
        {"domain_block_list": [1]},
        {"domain_block_list": ["x.com"], "surprise": True},
        {"domain_block_list": ["x.com"], "client_id": "seven"},
        {"domain_block_list": ["x.com"], "client_id": 2**63},
        {"domain_block_list": ["x\x00.com"]},
        {"domain_block_list": ["x" * 1001]},
        {"domain_block_list": ["x.com"] * 10_001},
    ],
    ids=lambda body: str(body)[:60],
)
async def test_bodies_of_another_form(api: httpx.AsyncClient, body: Any) -> None:
    answer = await api.post(ADD, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_ten_thousand_entries_in_one_call(api: httpx.AsyncClient) -> None:
    answer = await block(api, *(f"p{n}@x.com" for n in range(10_000)))
    assert answer["totalDomainAdded"] == 10_000


@pytest.mark.parametrize("client_id", [7, "7"])
async def test_an_entry_of_a_client(api: httpx.AsyncClient, client_id: Any) -> None:
    await block(api, "x.com")
    await block(api, "x.com", "y.com", client_id=client_id)
    await block(api, "x.com", client_id="")
    assert await listed(api) == ["y.com", "x.com", "x.com"]
    assert await listed(api, filter_client_id=7) == ["y.com", "x.com"]
    assert await listed(api, filter_client_id=8) == []
    assert await listed(api, filter_client_id="") == ["y.com", "x.com", "x.com"]


@pytest.mark.seed("SL-26")
async def test_block_people_and_their_domains(api: httpx.AsyncClient) -> None:
    body = {"emails": ["Ann <ann@x.com>", "bob@"], "domains": ["y.com"]}
    answer = await api.post("/leads/block-list", json=body)
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "success": True,
        "added_count": 2,
        "invalid": [
            {
                "pointer": "/emails/1",
                "index": 1,
                "entry": "bob@",
                "code": "invalid_entry",
                "reason": "Neither an email address nor a domain.",
            }
        ],
    }
    again = await api.post("/leads/block-list", json={**body, "domains": None, "client_id": ""})
    assert again.json()["added_count"] == 0
    assert await listed(api) == ["y.com", "ann@x.com"]


async def test_block_nobody(api: httpx.AsyncClient) -> None:
    answer = await api.post("/leads/block-list", json={"emails": None})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_filters(api: httpx.AsyncClient) -> None:
    await block(api, "ann@b.x.com", "b.x.com", "*.x.com", "xx.com", "ann@münchen.de")
    assert await listed(api, filter_email_or_domain="ANN@") == [
        "ann@xn--mnchen-3ya.de",
        "ann@b.x.com",
    ]
    assert await listed(api, filter_email_or_domain="München.de") == ["ann@xn--mnchen-3ya.de"]
    assert await listed(api, filter_email_or_domain="%") == []
    stopping = {"*.x.com", "ann@b.x.com", "b.x.com"}
    assert set(await listed(api, filter_email_with_domain="Ann@b.x.com")) == stopping
    assert set(await listed(api, filter_email_with_domain="b.x.com")) == stopping - {"ann@b.x.com"}
    assert await listed(api, filter_email_with_domain="ann@x.com") == ["*.x.com"]
    answer = await api.get(LIST, params={"filter_email_with_domain": "ann@"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "query/filter_email_with_domain"


async def test_pages_stay_right_while_entries_arrive(api: httpx.AsyncClient) -> None:
    await block(api, *(f"{letter}.com" for letter in ("aa", "bb", "cc", "dd", "ee")))
    first = await api.get(LIST, params={"limit": 2})
    assert [entry["email_or_domain"] for entry in first.json()] == ["ee.com", "dd.com"]
    await block(api, "ff.com")
    second = await api.get(first.links["next"]["url"])
    assert [entry["email_or_domain"] for entry in second.json()] == ["cc.com", "bb.com"]
    third = await api.get(LIST, params={"limit": 2, "cursor": second.headers["X-Next-Cursor"]})
    assert [entry["email_or_domain"] for entry in third.json()] == ["aa.com"]
    assert "X-Next-Cursor" not in third.headers
    assert "Link" not in third.headers


async def test_offset_pages(api: httpx.AsyncClient) -> None:
    await block(api, "aa.com", "bb.com", "cc.com")
    assert await listed(api, offset=1, limit=1) == ["bb.com"]
    assert await listed(api, offset=2**62) == []


@pytest.mark.parametrize(
    "query", [{"limit": 1001}, {"limit": 0}, {"offset": -1}, {"offset": 2**63}, {"limit": "many"}]
)
async def test_pages_out_of_bounds(api: httpx.AsyncClient, query: dict[str, Any]) -> None:
    assert (await api.get(LIST, params=query)).status_code == 422


async def test_a_cursor_of_another_list(api: httpx.AsyncClient) -> None:
    await api.post("/unsubscribes", json={"emails": ["ann@x.com", "bob@x.com"]})
    page = (await api.get("/unsubscribes", params={"limit": 1})).json()
    answer = await api.get(LIST, params={"cursor": page["next_cursor"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_delete_an_entry(api: httpx.AsyncClient) -> None:
    await block(api, "aa.com", "bb.com")
    newest = (await api.get(LIST)).json()[0]
    answer = await api.delete(DELETE, params={"id": newest["id"]})
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert await listed(api) == ["aa.com"]
    again = await api.delete(DELETE, params={"id": newest["id"]})
    assert (again.status_code, again.json()["code"]) == (404, "suppression_not_found")


async def test_deletions_are_audited(api: httpx.AsyncClient) -> None:
    await block(api, "aa.com", client_id=7)
    entry = (await api.get(LIST)).json()[0]
    await api.delete(DELETE, params={"id": entry["id"]})
    newest = (await api.get("/audit")).json()["data"][0]
    assert newest["action"] == "suppression.lifted"
    assert newest["target"] == f"suppression:{entry['id']}"
    assert newest["before"] == {
        "kind": "block",
        "entry": "aa.com",
        "campaign_id": None,
        "client_id": 7,
        "source": "api",
    }
    assert newest["after"] is None


async def test_another_workspaces_list(tenant: Tenant, other: Tenant) -> None:
    await block(other.api, "aa.com")
    theirs = (await other.api.get(LIST)).json()[0]
    assert await listed(tenant.api) == []
    answer = await tenant.api.delete(DELETE, params={"id": theirs["id"]})
    assert (answer.status_code, answer.json()["code"]) == (404, "suppression_not_found")
    assert await listed(other.api) == ["aa.com"]


async def test_an_id_of_another_list_is_unknown(api: httpx.AsyncClient) -> None:
    await api.post("/unsubscribes", json={"emails": ["ann@x.com"]})
    entry = (await api.get("/unsubscribes")).json()["data"][0]
    assert (await api.delete(DELETE, params={"id": entry["id"]})).status_code == 404


@pytest.mark.parametrize("id_", ["", "seven", "0", str(2**63)])
async def test_no_id_at_all(api: httpx.AsyncClient, id_: str) -> None:
    assert (await api.delete(DELETE, params={"id": id_})).status_code == 422


async def test_what_a_person_made_stays(tenant: Tenant, resources: Resources) -> None:
    await block(tenant.api, "ann@x.com")
    async with resources.database.transaction() as tx:
        added = await operations.suppress(
            tx,
            WorkspaceId(tenant.id),
            SuppressionKind.BLOCK,
            ["ann@x.com", "bob@x.com"],
            source=SuppressionSource.COMPLAINT,
            protected=True,
        )
    assert added == {"bob@x.com"}
    entries = (await tenant.api.get(LIST)).json()
    assert [bare(entry) for entry in entries] == [
        {"email_or_domain": who, "source": "complaint", "client_id": None, "protected": True}
        for who in ("bob@x.com", "ann@x.com")
    ]
    answer = await tenant.api.delete(DELETE, params={"id": entries[1]["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "protected_entry")
    await block(tenant.api, "ann@x.com")
    assert (await tenant.api.get(LIST)).json() == entries


async def test_scopes(tenant: Tenant, transport: httpx.AsyncBaseTransport) -> None:
    """Reading shows, writing blocks, and only an admin key lifts."""
    keys = {
        scope: (await tenant.api.post("/keys", json={"name": scope, "scope": scope})).json()["key"]
        for scope in ("read", "write")
    }
    async with (
        client(transport, keys["read"]) as reader,
        client(transport, keys["write"]) as writer,
    ):
        assert (await reader.post(ADD, json={"domain_block_list": ["aa.com"]})).status_code == 403
        await block(writer, "aa.com")
        entry = (await reader.get(LIST)).json()[0]
        answer = await writer.delete(DELETE, params={"id": entry["id"]})
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_calls_with_the_same_entries_wait_for_each_other(api: httpx.AsyncClient) -> None:
    people = [f"p{n}@x.com" for n in range(1000)]
    calls = [people, people[::-1], people[500:] + people[:500]]
    answers = await asyncio.gather(*(block(api, *entries) for entries in calls))
    assert sum(answer["totalDomainAdded"] for answer in answers) == 1000
