"""What holds for every route, also for those that are added later."""

import re
from collections import Counter
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from app.deps import KeyedRoute
from app.kit.guard import Route

API = "/api/v1"
METRICS = "/metrics"
IDS = ("1", "0", "-1", "x", "%00", "9" * 19, "9" * 30)
BODIES = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"text"',
    b"7",
    b"1e30",
    b'{"a": NaN}',
    b'{"name": "\\ud800"}',
    b"[" * 10_000 + b"]" * 10_000,
)
QUERIES = ("limit=9999999999999999999&offset=9999999999999999999", "cursor=x", "limit=&offset=")


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of each operation."""
    return [
        (method, context.path)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in sorted(context.original_route.methods or ())
        if context.path
    ]


def below_api(path: str, an_id: str = "1") -> str:
    return re.sub(r"{\w+(:\w+)?}", an_id, path.removeprefix(API))


def test_every_route_is_guarded(app: FastAPI) -> None:
    unguarded = [
        context.path
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        and not isinstance(context.original_route, Route)
    ]
    assert unguarded == []


def test_every_route_of_the_api_asks_for_a_key_first(app: FastAPI) -> None:
    without = [
        context.path
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        and isinstance(context.original_route, KeyedRoute) != (context.path or "").startswith(API)
    ]
    assert without == []


def test_every_operation_has_a_name_of_its_own(app: FastAPI) -> None:
    operations: list[dict[str, Any]] = [
        operation for path in app.openapi()["paths"].values() for operation in path.values()
    ]
    # Prometheus needs no description of its own format.
    described = [path for _, path in routes(app) if path != METRICS]
    assert len(operations) == len(described)
    names = Counter(operation["operationId"] for operation in operations)
    assert [name for name, times in names.items() if times > 1] == []
    assert [o["operationId"] for o in operations if not (o.get("tags") and o.get("summary"))] == []


async def test_every_route_asks_for_a_key(app: FastAPI, anonymous: httpx.AsyncClient) -> None:
    for method, path in routes(app):
        if path.startswith(API):
            answer = await anonymous.request(method, below_api(path))
            assert (answer.status_code, answer.json()["code"]) == (401, "invalid_api_key"), path


@pytest.mark.parametrize("an_id", IDS)
async def test_no_id_is_answered_500(app: FastAPI, api: httpx.AsyncClient, an_id: str) -> None:
    for method, path in routes(app):
        if path.startswith(API) and "{" in path:
            answer = await api.request(method, below_api(path, an_id))
            assert answer.status_code < 500, f"{method} {path}: {answer.text}"


async def test_a_word_is_no_id(app: FastAPI, api: httpx.AsyncClient) -> None:
    for method, path in routes(app):
        if path.startswith(API) and ":id}" in path:
            answer = await api.request(method, below_api(path, "push-to-campaign"))
            assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found"), path


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:24].decode())
async def test_no_body_is_answered_500(app: FastAPI, api: httpx.AsyncClient, body: bytes) -> None:
    for method, path in routes(app):
        if path.startswith(API) and method != "GET" and path != f"{API}/keys/{{key_id}}":
            answer = await api.request(
                method, below_api(path), content=body, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code < 500, f"{method} {path}: {answer.text}"


@pytest.mark.parametrize("query", QUERIES)
async def test_no_query_is_answered_500(app: FastAPI, api: httpx.AsyncClient, query: str) -> None:
    for method, path in routes(app):
        if path.startswith(API) and method == "GET":
            answer = await api.get(f"{below_api(path)}?{query}")
            assert answer.status_code < 500, f"{path}: {answer.text}"
