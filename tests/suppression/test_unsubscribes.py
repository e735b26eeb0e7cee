"""The unsubscribe list and the do-not-contact list."""

from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from app.suppression import operations
from app.suppression.rules import Reach
from app.values import CampaignId, SuppressionKind, SuppressionSource, WorkspaceId
from tests.client import Tenant, client
from tests.suppression.entries import bare

OPT_OUTS = ["/unsubscribes", "/do-not-contact"]
BOTH = pytest.mark.parametrize("path", OPT_OUTS)
KINDS = {
    "/unsubscribes": SuppressionKind.UNSUBSCRIBE,
    "/do-not-contact": SuppressionKind.DO_NOT_CONTACT,
}


async def add(api: httpx.AsyncClient, path: str, *emails: str, **more: Any) -> dict[str, Any]:
    answer = await api.post(path, json={"emails": list(emails), **more})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def listed(api: httpx.AsyncClient, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


async def names(api: httpx.AsyncClient, path: str, **query: Any) -> list[str]:
    return [entry["entry"] for entry in await listed(api, path, **query)]


async def lift(api: httpx.AsyncClient, path: str, **body: Any) -> httpx.Response:
    return await api.request("DELETE", path, json=body)


def shown(entry: str, **other: Any) -> dict[str, Any]:
    return {
        "entry": entry,
        "campaign_id": None,
        "client_id": None,
        "source": "api",
        "protected": False,
        **other,
    }


@BOTH
async def test_bring_opt_outs_along(api: httpx.AsyncClient, path: str) -> None:
    answer = await add(api, path, "Ann <ANN@x.com>", "nobody", "bob@x.com")
    assert answer == {
        "ok": True,
        "success": True,
        "added_count": 2,
        "invalid": [
            {
                "pointer": "/emails/1",
                "index": 1,
                "entry": "nobody",
                "code": "invalid_entry",
                "reason": "Neither an email address nor a domain.",
            }
        ],
    }
    assert [bare(entry) for entry in await listed(api, path)] == [
        shown("bob@x.com"),
        shown("ann@x.com"),
    ]


@BOTH
async def test_the_same_twice(api: httpx.AsyncClient, path: str) -> None:
    await add(api, path, "ann@x.com")
    assert (await add(api, path, "ann@x.com"))["added_count"] == 0
    assert await names(api, path) == ["ann@x.com"]


@BOTH
async def test_nothing_valid_is_a_problem(api: httpx.AsyncClient, path: str) -> None:
    answer = await api.post(path, json={"emails": ["nobody"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "no_valid_entry")


@BOTH
async def test_a_form_of_its_own(api: httpx.AsyncClient, path: str) -> None:
    for body in ({}, {"emails": ["ann@x.com"], "reason": "-"}, {"emails": ["a"] * 10_001}):
        answer = await api.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_the_lists_are_apart(api: httpx.AsyncClient) -> None:
    for path in OPT_OUTS:
        await add(api, path, f"{path[1]}@x.com")
    assert [await names(api, path) for path in OPT_OUTS] == [["u@x.com"], ["d@x.com"]]


async def test_unsubscribes_of_the_workspace_a_campaign_and_a_client(tenant: Tenant) -> None:
    api, path = tenant.api, "/unsubscribes"
    campaign_id, another = await tenant.campaigns(2)
    await add(api, path, "ann@x.com", campaign_id=None, client_id="")
    await add(api, path, "ann@x.com", campaign_id=campaign_id)
    await add(api, path, "ann@x.com", client_id=7)
    assert [bare(entry) for entry in await listed(api, path)] == [
        shown("ann@x.com", client_id=7),
        shown("ann@x.com", campaign_id=campaign_id),
        shown("ann@x.com"),
    ]
    assert len(await listed(api, path, campaign_id=campaign_id)) == 1
    assert len(await listed(api, path, campaign_id=another)) == 0
    assert len(await listed(api, path, client_id=7)) == 1


async def test_do_not_contact_holds_everywhere(tenant: Tenant) -> None:
    campaign_id = await tenant.campaign()
    await add(tenant.api, "/do-not-contact", "ann@x.com", campaign_id=campaign_id, client_id=7)
    assert (await add(tenant.api, "/do-not-contact", "ann@x.com"))["added_count"] == 0
    entries = await listed(tenant.api, "/do-not-contact")
    assert [bare(entry) for entry in entries] == [shown("ann@x.com")]
    answer = await lift(
        tenant.api, "/do-not-contact", emails=["ann@x.com"], campaign_id=campaign_id
    )
    assert answer.json()["deleted_count"] == 1


@BOTH
async def test_a_campaign_that_is_not_there(tenant: Tenant, other: Tenant, path: str) -> None:
    theirs = await other.campaign()
    gone = await tenant.campaign()
    assert (await tenant.api.delete(f"/campaigns/{gone}")).status_code == 200
    for campaign_id in (theirs, gone):
        body = {"emails": ["ann@x.com"], "campaign_id": campaign_id}
        for method in ("POST", "DELETE"):
            answer = await tenant.api.request(method, path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")
    answer = await tenant.api.get("/unsubscribes", params={"campaign_id": theirs})
    assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")


@BOTH
async def test_who_is_stopped(api: httpx.AsyncClient, path: str) -> None:
    await add(api, path, "ann@x.com", "*.x.com", "y.com")
    assert set(await names(api, path, email="Ann@X.com")) == {"ann@x.com", "*.x.com"}
    assert await names(api, path, email="bob@z.com") == []
    answer = await api.get(path, params={"email": "bob@"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "pointer": "query/email",
            "code": "invalid_entry",
            "detail": "Neither an email address nor a domain.",
        }
    ]


@BOTH
async def test_pages(api: httpx.AsyncClient, path: str) -> None:
    await add(api, path, "a@x.com", "b@x.com", "c@x.com")
    first = (await api.get(path, params={"limit": 2})).json()
    await add(api, path, "d@x.com")
    second = (await api.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [entry["entry"] for entry in first["data"] + second["data"]] == [
        "c@x.com",
        "b@x.com",
        "a@x.com",
    ]
    assert second["next_cursor"] is None
    answer = await api.get(path, params={"cursor": "nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


@BOTH
async def test_lift_by_the_same_body(api: httpx.AsyncClient, path: str) -> None:
    await add(api, path, "ann@x.com", "bob@x.com", "carl@x.com")
    answer = await lift(api, path, emails=["ANN@x.com", "bob@x.com", "who@x.com", "nobody"])
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "ok": True,
            "success": True,
            "deleted_count": 2,
            "not_found": ["who@x.com", "nobody"],
        },
    )
    assert await names(api, path) == ["carl@x.com"]
    again = await lift(api, path, emails=["ANN@x.com", "bob@x.com"])
    assert (again.status_code, again.json()["code"]) == (404, "suppression_not_found")


async def test_lift_of_one_campaign_only(tenant: Tenant) -> None:
    path, campaign_id = "/unsubscribes", await tenant.campaign()
    await add(tenant.api, path, "ann@x.com")
    await add(tenant.api, path, "ann@x.com", campaign_id=campaign_id)
    answer = await lift(tenant.api, path, emails=["ann@x.com"], campaign_id=campaign_id)
    assert answer.json()["deleted_count"] == 1
    assert [bare(entry) for entry in await listed(tenant.api, path)] == [shown("ann@x.com")]


@BOTH
async def test_lift_by_ids(api: httpx.AsyncClient, path: str) -> None:
    await add(api, path, "ann@x.com", "bob@x.com")
    bob, ann = await listed(api, path)
    answer = await lift(api, path, ids=[ann["id"], 2**62])
    assert answer.json() == {
        "ok": True,
        "success": True,
        "deleted_count": 1,
        "not_found": [2**62],
    }
    assert await listed(api, path) == [bob]


@BOTH
async def test_lifting_is_audited(api: httpx.AsyncClient, path: str) -> None:
    await add(api, path, "ann@x.com")
    entry = (await listed(api, path))[0]
    await lift(api, path, ids=[entry["id"]])
    newest = (await api.get("/audit")).json()["data"][0]
    assert newest["action"] == "suppression.lifted"
    assert newest["target"] == f"suppression:{entry['id']}"
    assert newest["before"] == {
        "kind": KINDS[path],
        "entry": "ann@x.com",
        "campaign_id": None,
        "client_id": None,
        "source": "api",
    }


@BOTH
async def test_lifting_needs_one_way_of_saying_what(api: httpx.AsyncClient, path: str) -> None:
    for body in ({}, {"emails": ["ann@x.com"], "ids": [1]}, {"ids": [0]}, {"ids": [2**63]}):
        answer = await lift(api, path, **body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@BOTH
async def test_what_a_person_made_stays(tenant: Tenant, resources: Resources, path: str) -> None:
    await add(tenant.api, path, "ann@x.com", "bob@x.com")
    async with resources.database.transaction() as tx:
        added = await operations.suppress(
            tx,
            WorkspaceId(tenant.id),
            KINDS[path],
            ["ann@x.com"],
            source=SuppressionSource.LEAD,
            protected=True,
        )
    assert added == set()
    bob, ann = await listed(tenant.api, path)
    assert bare(ann) == shown("ann@x.com", source="lead", protected=True)
    answer = await lift(tenant.api, path, emails=["bob@x.com", "ann@x.com"])
    assert answer.status_code == 409
    assert answer.json()["code"] == "protected_entry"
    assert answer.json()["protected"] == [{"id": ann["id"], "entry": "ann@x.com"}]
    assert await listed(tenant.api, path) == [bob, ann]


async def test_the_person_and_the_operator_in_one_campaign(
    tenant: Tenant, resources: Resources
) -> None:
    """An opt-out from the workspace leaves the operator's entry of a campaign as it is."""
    campaign_id = await tenant.campaign()
    await add(tenant.api, "/unsubscribes", "ann@x.com", campaign_id=campaign_id)
    async with resources.database.transaction() as tx:
        for reach in (Reach(), Reach(CampaignId(campaign_id))):
            await operations.suppress(
                tx,
                WorkspaceId(tenant.id),
                SuppressionKind.UNSUBSCRIBE,
                ["ann@x.com"],
                source=SuppressionSource.LEAD,
                reach=reach,
                protected=reach.campaign_id is None,
            )
    assert [bare(entry) for entry in await listed(tenant.api, "/unsubscribes")] == [
        shown("ann@x.com", source="lead", protected=True),
        shown("ann@x.com", campaign_id=campaign_id),
    ]


@BOTH
async def test_another_workspaces_entries(tenant: Tenant, other: Tenant, path: str) -> None:
    await add(other.api, path, "ann@x.com")
    theirs = (await listed(other.api, path))[0]
    assert await listed(tenant.api, path) == []
    for body in ({"ids": [theirs["id"]]}, {"emails": ["ann@x.com"]}):
        answer = await lift(tenant.api, path, **body)
        assert (answer.status_code, answer.json()["code"]) == (404, "suppression_not_found")
    assert await listed(other.api, path) == [theirs]


@BOTH
async def test_an_entry_of_the_other_list_is_unknown(api: httpx.AsyncClient, path: str) -> None:
    other_path = next(other for other in OPT_OUTS if other != path)
    await add(api, other_path, "ann@x.com")
    entry = (await listed(api, other_path))[0]
    assert (await lift(api, path, ids=[entry["id"]])).status_code == 404


@BOTH
async def test_only_an_admin_key_lifts(
    tenant: Tenant, transport: httpx.AsyncBaseTransport, path: str
) -> None:
    answer = await tenant.api.post("/keys", json={"name": "program", "scope": "write"})
    async with client(transport, answer.json()["key"]) as writer:
        await add(writer, path, "ann@x.com")
        answer = await lift(writer, path, emails=["ann@x.com"])
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
