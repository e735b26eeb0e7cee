"""Every route that is not idempotent by itself takes an ``Idempotency-Key``; later ones too."""

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.kit.rate_limits import HEADERS
from app.kit.repeats import HEADER, NOT_KEPT, REPLAYED
from app.kit.resources import Resources
from tests.client import Tenant, new_tenant
from tests.imports.batches import rows_everywhere
from tests.leads.people import joined

METHODS = ("post", "patch", "delete")
NOWHERE = 999_999_999
Operation = dict[str, Any]


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, Operation]]:
    """Method, path and description of whatever changes something."""
    return [
        (method, path, one[method])
        for path, one in document["paths"].items()
        for method in METHODS
        if method in one
    ]


def example(document: dict[str, Any], operation: Operation) -> dict[str, Any]:
    """A body out of the description, as httpx takes it; JSON, if it may be that."""
    content = operation.get("requestBody", {}).get("content", {})
    for media_type, name in (("application/json", "json"), ("multipart/form-data", "files")):
        if media_type in content:
            schema = content[media_type]["schema"]["$ref"].rpartition("/")[2]
            return {name: document["components"]["schemas"][schema]["examples"][0]}
    return {}


def parameters(operation: Operation, where: str) -> list[str]:
    return [
        one["name"]
        for one in operation.get("parameters", [])
        if one["in"] == where and one["required"]
    ]


async def twice(
    tenant: Tenant, document: dict[str, Any], resources: Resources, place: tuple[str, str, Any]
) -> int:
    """Send the same request twice, under one key; gives how it was answered."""
    method, path, operation = place
    names = (*parameters(operation, "path"), *parameters(operation, "query"))
    ids: dict[str, int] = dict.fromkeys(names, NOWHERE) | await there(tenant, names)
    request = {
        "method": method.upper(),
        "url": re.sub(r"{(\w+)}", lambda found: str(ids[found[1]]), path.removeprefix("/api/v1")),
        "params": {name: ids[name] for name in parameters(operation, "query")},
        **example(document, operation),
        "headers": {HEADER: operation["operationId"]},
    }
    first = await tenant.api.request(**request)
    effects = await rows_everywhere(resources, tenant)
    second = await tenant.api.request(**request)
    assert first.status_code not in NOT_KEPT, first.text
    assert first.status_code < 500, first.text
    assert REPLAYED not in first.headers
    assert as_answered(second) == as_answered(first), operation["operationId"]
    assert second.headers[REPLAYED] == "true"
    assert await rows_everywhere(resources, tenant) == effects, operation["operationId"]
    return first.status_code


async def there(tenant: Tenant, names: tuple[str, ...]) -> dict[str, int]:
    """Ids of what is there: of a campaign always, of a lead or a draft where one is asked for."""
    if "import_id" in names:
        return {"import_id": await draft(tenant)}
    if "campaign_id" not in names:
        return {}
    campaign = await tenant.campaign()
    if not {"lead_id", "map_id"} & set(names):
        return {"campaign_id": campaign}
    [lead] = await joined(tenant, campaign, "ann@example.com")
    listed = (await tenant.api.get(f"/campaigns/{campaign}/leads")).json()["data"]
    return {
        "campaign_id": campaign,
        "lead_id": lead,
        "map_id": listed[0]["campaign_lead_map_id"],
    }


async def draft(tenant: Tenant) -> int:
    """An import of a file with the columns that examples name."""
    answer = await tenant.api.post(
        f"/campaigns/{await tenant.campaign()}/imports",
        files={"file": ("people.csv", b"E-mail,Vorname\nann@example.com,Ann\n")},
    )
    import_id: int = answer.json()["id"]
    return import_id


def as_answered(response: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """All but what tells one request from another."""
    headers = dict(response.headers)
    for own in ("X-Request-Id", "Date", REPLAYED, *HEADERS):
        headers.pop(own.lower(), None)
    return response.status_code, response.content, headers


async def test_the_second_answer_is_the_first(
    document: dict[str, Any], resources: Resources, transport: httpx.AsyncBaseTransport
) -> None:
    answered = {}
    for place in operations(document):
        tenant = await new_tenant(resources, transport)
        async with tenant.api:
            answered[place[2]["operationId"]] = await twice(tenant, document, resources, place)
    refused = {name: status for name, status in answered.items() if status >= 300}
    assert set(refused.values()) <= {404, 409}, refused
    assert len(refused) < len(answered) / 3, refused


async def test_the_description_says_so(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        [header] = [one for one in operation["parameters"] if one["name"] == HEADER]
        assert (header["in"], header["required"]) == ("header", False), path
        assert "24 hours" in header["description"]
        assert "idempotency_key_in_use" in operation["responses"]["409"]["description"]
        assert "idempotency_key_reused" in operation["responses"]["422"]["description"]
        answered = [status for status in operation["responses"] if status.startswith("2")]
        assert answered, path
        for status in answered:
            assert REPLAYED in operation["responses"][status]["headers"], path
    reads = [one["get"] for one in document["paths"].values() if "get" in one]
    assert not [one for one in reads if HEADER in str(one.get("parameters", ""))]
