"""Every route, walked with a lesser key and with the ids of another workspace; later ones, too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.kit.resources import Resources
from app.models import Base
from tests.client import Tenant, client

THEIRS = "theirs-7c1f"
READS = {
    "check_leads",
    "create_import_ticket",
    "create_validation_ticket",
    "validate_addresses",
}
"""That take a body, and write nothing."""
OF_ADMINS = {
    "choose_preset",
    "create_key",
    "delete_domain_block_list",
    "lift_do_not_contact",
    "lift_unsubscribes",
    "list_audit_entries",
    "list_keys",
    "put_overrides",
    "remove_overrides",
    "revoke_key",
    "update_workspace",
}
NO_REFERENCES = {
    "client_id",  # the agency's own numbers
    "filter_client_id",
    "category_id",  # the same for everybody
    "lead_category_id",
    "lastSeenLeadId",  # a place in a list
    "listId",  # there are no lists
    "return_lead_ids",  # a flag
}
AN_ID = re.compile(r"(^|_)ids?$|Ids?$")


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    parameters: list[dict[str, Any]]
    body: dict[str, Any]
    """The schema; empty without one."""

    def names(self, place: str) -> set[str]:
        return {one["name"] for one in self.parameters if one["in"] == place}

    def example(self, name: str) -> Any:
        return next((e for e in self.body.get("examples", []) if name in e), None)


@pytest.fixture(scope="module")
def operations(app: FastAPI) -> list[Operation]:
    document = app.openapi()
    schemas = document["components"]["schemas"]

    def body(operation: dict[str, Any]) -> dict[str, Any]:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        found: dict[str, Any] = schemas[content["schema"]["$ref"].split("/")[-1]] if content else {}
        return found

    return [
        Operation(one["operationId"], method, path, one.get("parameters", []), body(one))
        for path, methods in document["paths"].items()
        if path.startswith("/api/v1/")
        for method, one in methods.items()
    ]


@pytest.fixture
async def theirs(other: Tenant) -> dict[str, Any]:
    """One of everything that has an id, in the other workspace, by the names that ids have."""
    campaign = await other.campaign(THEIRS)
    ann = {"email": f"ann@{THEIRS}.com", "first_name": THEIRS, "custom_fields": {THEIRS: THEIRS}}
    added = await other.add(campaign, ann, return_lead_ids=True, push=THEIRS)
    [member] = (await other.api.get(f"/campaigns/{campaign}/leads")).json()["data"]
    domain = f"blocked.{THEIRS}.com"
    await other.api.post("/leads/block-list", json={"domains": [domain]})
    await other.api.post("/unsubscribes", json={"emails": [f"bob@{THEIRS}.com"]})
    [blocked] = (await other.api.get("/leads/get-domain-block-list")).json()
    [unsubscribed] = (await other.api.get("/unsubscribes")).json()["data"]
    uploaded = await other.api.post("/uploads", files={"file": (f"{THEIRS}.csv", b"email")})
    removed = await other.campaign(f"removed {THEIRS}")
    asked = await other.api.post("/validate", json={"emails": [f"ann@{THEIRS}.org"]})
    return {
        "campaign_id": campaign,
        "campaignId": campaign,
        "lead_id": added["lead_ids"][0],
        "map_id": member["campaign_lead_map_id"],
        "import_id": added["import_id"],
        "upload_id": uploaded.json()["id"],
        "key_id": (await other.api.get("/me")).json()["key"]["id"],
        "job_id": (await other.api.delete(f"/campaigns/{removed}")).json()["job_id"],
        "id": blocked["id"],
        "ids": [unsubscribed["id"]],
        "push_name": THEIRS,
        "validation_id": asked.json()["id"],
    }


def test_every_id_is_known_to_the_walk(operations: list[Operation], theirs: dict[str, Any]) -> None:
    unknown = {
        f"{one.name}: {name}"
        for one in operations
        for name in one.names("path") | one.names("query") | one.body.get("properties", {}).keys()
        if AN_ID.search(name) and name not in theirs.keys() | NO_REFERENCES
    }
    assert unknown == set(), (
        "Make one of these in the fixture `theirs`, or say in NO_REFERENCES that they name nothing."
    )


@pytest.mark.parametrize(("scope", "may"), [("read", set()), ("write", None)])
async def test_a_lesser_key_is_refused(
    tenant: Tenant,
    transport: httpx.AsyncBaseTransport,
    operations: list[Operation],
    scope: str,
    may: set[str] | None,
) -> None:
    """Before anything else: a reading key writes nowhere, a writing one is no admin."""
    issued = await tenant.api.post("/keys", json={"name": scope, "scope": scope})
    refused = {
        one.name
        for one in operations
        if one.name in OF_ADMINS or (may is not None and one.method != "get")
    } - READS
    async with client(transport, issued.json()["key"]) as lesser:
        for one in operations:
            path = re.sub(r"{\w+}", "1", one.path.removeprefix("/api/v1"))
            answer = await lesser.request(one.method, path)
            forbidden = answer.status_code == 403 and answer.json()["code"] == "scope_missing"
            assert forbidden == (one.name in refused), (one.name, answer.text)


async def test_ids_of_another_workspace_are_not_found(
    tenant: Tenant,
    other: Tenant,
    theirs: dict[str, Any],
    operations: list[Operation],
    resources: Resources,
) -> None:
    own = await tenant.campaign("Ours")
    before = await contents(resources, other.id)
    asked = set[str]()
    for one in operations:
        for path, query, body in foreign_requests(one, theirs, own):
            asked.add(one.name)
            answer = await tenant.api.request(one.method, path, params=query, json=body)
            assert answer.status_code == 404, (one.name, path, query, body, answer.text)
            assert THEIRS not in answer.text, one.name
    assert asked >= {one.name for one in operations if "{" in one.path}
    assert await contents(resources, other.id) == before


@pytest.mark.usefixtures("theirs")
async def test_no_list_shows_another_workspace(tenant: Tenant, operations: list[Operation]) -> None:
    lists = [one for one in operations if one.method == "get" and "{" not in one.path]
    for one in lists:
        required = {p["name"]: p for p in one.parameters if p["required"]}
        email = f"ann@{THEIRS}.com"
        asked: dict[str, Any] = {"email": email, "campaign_id": await tenant.campaign()}
        answer = await tenant.api.get(
            one.path.removeprefix("/api/v1"), params={name: asked[name] for name in required}
        )
        assert answer.status_code == 200, answer.text
        found = answer.text.replace(email, "")  # "why?" repeats who was asked for
        assert THEIRS not in found, one.name


def foreign_requests(
    one: Operation, theirs: dict[str, Any], own: int
) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Path, query and body of each request that names something of theirs."""
    bare = one.path.removeprefix("/api/v1")
    body = next(iter(one.body.get("examples", [])), None)
    if "{" in bare:
        yield bare.format(**theirs), {}, body
        if one.names("path") > {"campaign_id"}:
            yield bare.format(**theirs | {"campaign_id": own}), {}, body
        return
    needed = {p["name"]: "ann@example.com" for p in one.parameters if p["required"]}
    for name in one.names("query") & theirs.keys():
        yield bare, needed | {name: theirs[name]}, body
    for name in one.body.get("properties", {}).keys() & theirs.keys():
        example = one.example(name) or (None if name == "ids" else body)
        if example:
            yield bare, {}, example | {name: theirs[name]}


async def contents(resources: Resources, workspace_id: int) -> dict[str, Any]:
    """How many rows each table has of a workspace, and what is in them together."""
    ignored = {"api_keys", "jobs", "counter_deltas", "counters"}  # used, run and folded meanwhile
    tables = [t for t in Base.metadata.sorted_tables if "workspace_id" in t.c]
    async with resources.database.transaction() as tx:
        return {
            table.name: (
                await tx.execute(
                    text(
                        f"select count(*), sum(hashtext(t::text)::bigint) from {table.name} t"  # noqa: S608
                        " where workspace_id = :workspace"
                    ),
                    {"workspace": workspace_id},
                )
            ).one()
            for table in tables
            if table.name not in ignored
        }
