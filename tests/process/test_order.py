"""What is refused first: who may not ask, then what they send; nobody's body is read before."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.kit.guard import MAX_BODY_BYTES
from tests.client import Tenant, client

WRONG = [
    (400, b"{", "application/json"),
    (413, b" " * (MAX_BODY_BYTES + 1), "application/json"),
    (415, b"{}", "text/plain"),
    (422, b"{}", "application/json"),
    (422, b'{"name": "\\u0000"}', "application/json"),
]


@pytest.mark.parametrize(("status", "body", "content_type"), WRONG)
async def test_the_key_comes_before_what_is_sent(
    api: httpx.AsyncClient,
    anonymous: httpx.AsyncClient,
    status: int,
    body: bytes,
    content_type: str,
) -> None:
    writer = (await api.post("/keys", json={"name": "Zapier", "scope": "write"})).json()["key"]
    answers = [
        await client.post("/keys", content=body, headers={"Content-Type": content_type} | key)
        for client, key in ((anonymous, {}), (anonymous, {"X-API-Key": writer}), (api, {}))
    ]
    assert [answer.status_code for answer in answers] == [401, 403, status]


async def test_an_address_that_is_no_text_comes_before_the_key(
    anonymous: httpx.AsyncClient,
) -> None:
    assert (await anonymous.get("/me?q=%00")).status_code == 422


@pytest.mark.parametrize(("scope", "status"), [(None, 401), ("read", 403)])
async def test_a_body_is_not_read_for_who_may_not_send_it(
    tenant: Tenant, app: FastAPI, scope: str | None, status: int
) -> None:
    """Asked in this process: over a wire the client sends it all before it looks for an answer."""
    headers = {"Content-Type": "application/json"}
    if scope:
        made = await tenant.api.post("/keys", json={"name": "Zapier", "scope": scope})
        headers["X-API-Key"] = made.json()["key"]
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(MAX_BODY_BYTES // 2**20):
            read += 1
            yield b" " * 2**20

    async with client(httpx.ASGITransport(app)) as here:
        answer = await here.post("/campaigns/create", content=body(), headers=headers)
    assert (answer.status_code, read) == (status, 0)
