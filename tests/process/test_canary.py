"""No refusal repeats a value that a client sent: it may be somebody's address, or a secret."""

import secrets
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from fastapi import FastAPI

from tests.client import Tenant
from tests.process.test_routes import API, below_api

CANARY = "kanarienvogel"
REFUSED = range(400, 500)
AS_SMARTLEAD = "invalid_schedule"
"""SmartLead's "Invalid timezone - x", which its clients know."""
Document = dict[str, Any]


def operations(app: FastAPI) -> Iterator[tuple[str, str, Document]]:
    for path, methods in app.openapi()["paths"].items():
        if path.startswith(API):
            for method, operation in methods.items():
                yield method.upper(), path, operation


def examples(app: FastAPI, operation: Document) -> list[Any]:
    """Bodies that the operation takes, as its description shows them."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    named = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    shown: list[Any] = app.openapi()["components"]["schemas"].get(named, {}).get("examples", [])
    return shown


def sung(value: Any) -> Iterator[Any]:
    """The document as often as it has leaves, with one of them changed."""
    if isinstance(value, dict | list):
        for place, member in value.items() if isinstance(value, dict) else enumerate(value):
            for changed in sung(member):
                copy = deepcopy(value)
                copy[place] = changed
                yield copy
        yield [CANARY] if isinstance(value, dict) else {"canary": CANARY}
    else:
        yield CANARY if isinstance(value, str) else [CANARY]
        yield CANARY * 1000


async def some(tenant: Tenant) -> dict[str, Any]:
    """A new campaign, a lead in it, and the import that brought the lead, which is a push too."""
    campaign_id = await tenant.campaign()
    push = secrets.token_hex(4)
    added = await tenant.add(campaign_id, f"{push}@example.com", push=push)
    leads = (await tenant.api.get(f"/campaigns/{campaign_id}/leads")).json()["data"]
    return {
        "campaign_id": campaign_id,
        "lead_id": leads[0]["lead"]["id"],
        "import_id": added["import_id"],
        "push_name": push,
    }


def at(path: str, ids: dict[str, Any]) -> str:
    for name, an_id in ids.items():
        path = path.replace(f"{{{name}}}", str(an_id))
    return below_api(path, "999999")


def streams(operation: Document) -> bool:
    """An answer without an end, unless it is a refusal."""
    return "text/event-stream" in operation["responses"].get("200", {}).get("content", {})


async def test_no_body_is_repeated(app: FastAPI, tenant: Tenant) -> None:
    refused = 0
    for method, path, operation in operations(app):
        there = at(path, await some(tenant))
        for example in examples(app, operation):
            for body in sung(example):
                answer = await tenant.api.request(method, there, json=body)
                assert answer.status_code < 500, f"{method} {path}: {body}"
                if answer.status_code in REFUSED and answer.json()["code"] != AS_SMARTLEAD:
                    refused += 1
                    assert CANARY not in answer.text, f"{method} {path}: {answer.text}"
    assert refused > 100


@pytest.mark.parametrize("value", [CANARY, CANARY * 1000])
async def test_no_query_is_repeated(app: FastAPI, tenant: Tenant, value: str) -> None:
    refused, ids = 0, await some(tenant)
    for method, path, operation in operations(app):
        there = at(path, {} if streams(operation) else ids)
        for parameter in operation.get("parameters", []):
            if parameter["in"] in ("query", "header"):
                where = "params" if parameter["in"] == "query" else "headers"
                given: Document = {where: {parameter["name"]: value}}
                answer = await tenant.api.request(method, there, **given)
                assert answer.status_code < 500, f"{method} {path}: {parameter['name']}"
                if answer.status_code in REFUSED:
                    refused += 1
                    assert CANARY not in answer.text, f"{method} {path}: {answer.text}"
    assert refused > 10
