"""Every kind of value in every member of every body, and in every query parameter.

What the document forbids is answered 4xx; what it allows may be refused, too, but as it says.
"""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import httpx
from fastapi import FastAPI
from openapi_schema_validator import OAS31Validator

from tests.client import Tenant

JSON = {"Content-Type": "application/json"}
MISSING = object()
VALUES: tuple[Any, ...] = (
    *(MISSING, None, True, False, 0, 1, -1, 1.5, 7.0, 2**31, 2**63 - 1, 2**63, -(2**63), 1e300),
    *(
        "",
        " ",
        "true",
        "yes",
        "7",
        "7_0",
        "7.0",
        " 7 ",
        "\u0667",
        "null",
        "nan",
        "inf",
        "x" * 11_000,
    ),
    *("2026-02-30", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1700000000"),
    *("\u0000", "\u202eabc", "e\u0301" * 20, "👩‍👩‍👧‍👦", "\ufeff", "\u200b", "\u017ftart"),
    *([], [None], [[]], {}, {"x": None}, {"": ""}, {"a": {"b": [1]}}),
)
WITHIN: tuple[Any, ...] = (
    *(MISSING, None, True, -1, 1.5, 2**63, "", "7_0", "x" * 11_000, "\u0000", [], {"x": None}),
)
TEXTS = [value for value in VALUES if isinstance(value, str)] + ["-1", str(2**63), "1e3", "+5"]


async def test_bodies(tenant: Tenant, app: FastAPI) -> None:
    document = app.openapi()
    await lift_limit(tenant)
    seen = list[Any]()
    for path, method, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if not content or content["schema"] in seen:
            continue
        seen.append(content["schema"])
        paths = await known_paths(tenant)  # of its own: the one before may have deleted them
        allowed = validator(document, content["schema"])
        for body in bodies(document, content["schema"]):
            answer = await tenant.api.request(
                method, path.format_map(paths), content=json.dumps(body), headers=JSON
            )
            check(document, operation, answer, body)
            if not allowed.is_valid(body):
                assert 400 <= answer.status_code < 500, (
                    operation["operationId"],
                    repr(body)[:500],
                )


async def test_query_parameters(tenant: Tenant, app: FastAPI) -> None:
    document = app.openapi()
    await lift_limit(tenant)
    paths = await known_paths(tenant)
    seen = list[Any]()  # `limit` is the same everywhere
    for path, method, operation in operations(document):
        if method != "get":
            continue
        needed = {"email": "ann@example.com", "campaign_id": paths["campaign_id"]}
        parameters = [one for one in operation.get("parameters", []) if one["in"] == "query"]
        required = {one["name"]: needed[one["name"]] for one in parameters if one["required"]}
        for parameter in (one for one in parameters if one not in seen):
            seen.append(parameter)
            for text in TEXTS:
                query = required | {parameter["name"]: text}
                answer = await tenant.api.get(path.format_map(paths), params=query)
                check(document, operation, answer, query)
                if text and not reads_as(document, parameter["schema"], text):
                    assert answer.status_code >= 400, (operation["operationId"], query)


async def lift_limit(tenant: Tenant) -> None:
    body = {"name": "no limit", "scope": "admin", "rate_limit_per_minute": 0}
    issued = await tenant.api.post("/keys", json=body)
    tenant.api.headers["Authorization"] = f"Bearer {issued.json()['key']}"


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/api/v1/") and operation["operationId"] != "revoke_key":
                yield path.removeprefix("/api/v1"), method, operation


async def known_paths(tenant: Tenant) -> dict[str, Any]:
    """Of a new campaign and its lead."""
    await tenant.policy(floor="campaign")
    campaign = await tenant.campaign()
    email, push = f"{secrets.token_hex(8)}@example.com", "p"
    added = await tenant.add(campaign, email, return_lead_ids=True, mode="create_only", push=push)
    [member] = (await tenant.api.get(f"/campaigns/{campaign}/leads")).json()["data"]
    return {
        "campaign_id": campaign,
        "lead_id": added["lead_ids"][0],
        "map_id": member["campaign_lead_map_id"],
        "import_id": added["import_id"],
        "push_name": push,
        "job_id": 1,
    }


def bodies(document: dict[str, Any], reference: dict[str, Any]) -> Iterator[Any]:
    """The first example with one member changed, of the body and of the first object in it."""
    schema = resolved(document, reference)
    example = schema["examples"][0]
    yield from (value for value in VALUES if value is not MISSING)
    yield example | {"a member that nobody knows": 1}
    for name, member in kinds(schema).items():
        for value in VALUES:
            yield changed(example, name, value)
        yield from inner(document, example, name, member)


def inner(
    document: dict[str, Any], example: dict[str, Any], name: str, member: dict[str, Any]
) -> Iterator[Any]:
    for option in member.get("anyOf", [member]):
        items = option.get("items")
        nested = resolved(document, items or option)
        for field in kinds(nested):
            for value in WITHIN:
                given = example.get(name)
                first = given[0] if items and given else given if isinstance(given, dict) else {}
                object_ = changed(first, field, value)
                yield changed(example, name, [object_] if items else object_)


def kinds(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Of members that are described alike, one."""
    alike = {
        json.dumps(member | {"description": "", "examples": []}, sort_keys=True): name
        for name, member in schema.get("properties", {}).items()
    }
    return {name: schema["properties"][name] for name in alike.values()}


def changed(body: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    rest = {key: kept for key, kept in body.items() if key != name}
    return rest if value is MISSING else rest | {name: value}


def check(
    document: dict[str, Any], operation: dict[str, Any], answer: httpx.Response, given: Any
) -> None:
    """The answer is one that the document has."""
    said = (operation["operationId"], repr(given)[:300], answer.status_code, answer.text[:300])
    described = operation["responses"].get(str(answer.status_code))
    assert described, said
    schema = described["content"][answer.headers["content-type"]]["schema"]
    assert validator(document, schema).is_valid(answer.json()), said


VALIDATORS: dict[str, Any] = {}


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Made once for each schema: a registry of the whole document goes with it."""
    key = json.dumps(schema, sort_keys=True)
    if key not in VALIDATORS:
        VALIDATORS[key] = OAS31Validator({"components": document["components"]} | schema)
    return VALIDATORS[key]


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].split("/")[-1]]
        return found
    return schema


def reads_as(document: dict[str, Any], schema: dict[str, Any], text: str) -> bool:
    """May the parameter be this text, once it is read as what it is?"""
    readings: list[Any] = [text, [text]]
    if text.lower() in ("true", "false"):
        readings.append(text.lower() == "true")
    if text.strip("+-").isascii() and text.strip("+-").isdecimal():
        readings.append(int(text))
    return any(validator(document, schema).is_valid(reading) for reading in readings)
