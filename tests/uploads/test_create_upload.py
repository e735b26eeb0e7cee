"""``POST /uploads`` and ``GET /uploads/{upload_id}``."""

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.kit.resources import HEAVY_AT_ONCE, Resources
from app.uploads.rules import MAX_UPLOAD_BYTES
from tests.client import Tenant, client
from tests.files.workbook import Sheet, write_workbook
from tests.uploads.files import CSV, form, left, send, stored

BOUNDARY = "x"
TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
END = b"\r\n--x--\r\n"


async def test_a_file_is_stored_and_told_of(
    tenant: Tenant, api: httpx.AsyncClient, resources: Resources
) -> None:
    answer = await api.post("/uploads", **form())
    assert answer.status_code == 201
    body = answer.json()
    assert body == {
        "id": body["id"],
        "name": "leads.csv",
        "size_bytes": len(CSV),
        "sha256": hashlib.sha256(CSV).hexdigest(),
        "packed_as": None,
        "sheet": None,
        "other_sheets": [],
        "created_at": body["created_at"],
    }
    assert stored(resources, tenant.id, body["id"]) == CSV
    told = await api.get(f"/uploads/{body['id']}")
    assert (told.status_code, told.json()) == (200, body)


async def test_the_row_says_who_sent_it_and_how_long_its_text_is(
    tenant: Tenant, api: httpx.AsyncClient, resources: Resources
) -> None:
    packed = gzip.compress(CSV)
    body = await send(api, packed)
    [row] = await resources.database.fetch(
        "select size_bytes, text_bytes, created_by from uploads where workspace_id = $1", tenant.id
    )
    key = (await api.get("/me")).json()["key"]["id"]
    assert dict(row) == {"size_bytes": len(packed), "text_bytes": len(CSV), "created_by": key}
    assert body["size_bytes"] == len(packed)


@pytest.mark.parametrize("length", [0, 1, 3, 100, 3_000_000])
async def test_gzip_comes_off(
    tenant: Tenant, api: httpx.AsyncClient, resources: Resources, length: int
) -> None:
    text = (b"%d\r\n" * 400_000 % tuple(range(400_000)))[:length]
    packed = gzip.compress(text)
    body = await send(api, packed)
    assert (body["packed_as"], body["size_bytes"]) == ("gzip", len(packed))
    assert body["sha256"] == hashlib.sha256(packed).hexdigest()
    assert stored(resources, tenant.id, body["id"]) == text


@pytest.mark.parametrize("content", [b"", b"a", b"\r\n", b"--x--", b"\r\n--x", b"x" * 700_000])
async def test_any_content_arrives_as_it_is(
    tenant: Tenant, api: httpx.AsyncClient, resources: Resources, content: bytes
) -> None:
    body = await send(api, content)
    assert stored(resources, tenant.id, body["id"]) == content


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (b"leads.csv", "leads.csv"),
        (b"", ""),
        ("Käufer 名単.csv".encode(), "Käufer 名単.csv"),
        (b"C:\\Users\\ann\\leads.csv", "leads.csv"),
        (b"a\tb", "a\ufffdb"),
        (b"\xff.csv", "\ufffd.csv"),
        (b"x" * 300, "x" * 255),
        (b"../../etc/passwd", "../../etc/passwd"),
    ],
)
async def test_names_are_only_told(api: httpx.AsyncClient, name: bytes, told: str) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n' % name
    answer = await api.post("/uploads", content=head + CSV + END, headers=TYPE)
    assert (answer.status_code, answer.json().get("name")) == (201, told)


async def test_sent_again_with_its_key_it_is_one_upload(
    tenant: Tenant, api: httpx.AsyncClient, resources: Resources
) -> None:
    first = await api.post("/uploads", **form(), headers={"Idempotency-Key": "one"})
    again = await api.post("/uploads", **form(), headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await api.post("/uploads", **form(CSV + CSV), headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert left(resources, tenant.id) == {first.json()["id"]}


async def test_sent_at_once_with_one_key_it_is_one_upload(
    tenant: Tenant, api: httpx.AsyncClient, resources: Resources
) -> None:
    key = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(*(api.post("/uploads", **form(), headers=key) for _ in range(5)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(ids) == 1
    assert left(resources, tenant.id) == ids


async def test_without_a_key_it_is_another_upload(
    tenant: Tenant, api: httpx.AsyncClient, resources: Resources
) -> None:
    ids = {(await send(api))["id"] for _ in range(2)}
    assert len(ids) == 2
    assert left(resources, tenant.id) == ids


async def test_another_workspaces_upload_is_not_there(tenant: Tenant, other: Tenant) -> None:
    theirs = await send(other.api)
    answer = await tenant.api.get(f"/uploads/{theirs['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")


async def test_a_key_that_only_reads_sends_nothing(
    api: httpx.AsyncClient, transport: httpx.AsyncBaseTransport
) -> None:
    sent = await send(api)
    key = (await api.post("/keys", json={"name": "reads", "scope": "read"})).json()["key"]
    async with client(transport, key) as reader:
        answer = await reader.post("/uploads", **form())
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
        assert (await reader.get(f"/uploads/{sent['id']}")).status_code == 200


def part(name: str, content: bytes = b"x", more: bytes = b"") -> bytes:
    disposition = b'Content-Disposition: form-data; name="%s"\r\n' % name.encode()
    return b"--x\r\n" + disposition + more + b"\r\n" + content + b"\r\n"


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        (b"", 400, "malformed_multipart", None),
        (b"x", 400, "malformed_multipart", None),
        (b"--y\r\n", 400, "malformed_multipart", None),
        (HEAD, 400, "malformed_multipart", None),
        (HEAD + CSV, 400, "malformed_multipart", None),
        (HEAD + CSV * 100_000, 400, "malformed_multipart", None),
        (b"--x\r\nno colon\r\n\r\n" + END, 400, "malformed_multipart", None),
        (b"--x\r\n\r\nx" + END, 400, "malformed_multipart", None),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\nx" + END, 400, "malformed_multipart", None),
        (part("file", more=b"A: " + b"a" * 5000 + b"\r\n") + END, 400, "malformed_multipart", None),
        (part("file", more=b"A: a\r\n" * 20) + END, 400, "malformed_multipart", None),
        (b"--x--\r\n", 422, "invalid_request", "/file"),
        (part("settings") + END, 422, "invalid_request", "/settings"),
        (part("") + END, 422, "invalid_request", "/"),
        (part("file") + part("file") + END, 422, "invalid_request", "/file"),
        (part("file") + part("other") + END, 422, "invalid_request", "/other"),
        (
            part("file", more=b"Content-Transfer-Encoding: base64\r\n") + END,
            *(422, "invalid_request", "/file"),
        ),
        (part("file", gzip.compress(CSV, mtime=0)[:20]) + END, 422, "file_unreadable", "/file"),
        (part("file", b"\x1f\x8b\x08no gzip") + END, 422, "file_unreadable", "/file"),
        (part("file", b"PK\x03\x04no workbook") + END, 422, "file_unreadable", "/file"),
    ],
)
async def test_what_is_no_form_with_a_file_is_refused_and_leaves_nothing(
    tenant: Tenant,
    api: httpx.AsyncClient,
    resources: Resources,
    body: bytes,
    status: int,
    code: str,
    pointer: str | None,
) -> None:
    answer = await api.post("/uploads", content=body, headers=TYPE)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), told
    assert [error["pointer"] for error in told["errors"]] == ([pointer] if pointer else [])
    assert left(resources, tenant.id) == set()


@pytest.mark.parametrize(
    ("media_type", "status", "code"),
    [
        ("", 415, "unsupported_media_type"),
        ("application/json", 415, "unsupported_media_type"),
        ("application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("multipart/mixed; boundary=x", 415, "unsupported_media_type"),
        ("multipart/form-data", 400, "malformed_multipart"),
        ("multipart/form-data; boundary=", 400, "malformed_multipart"),
        (f"multipart/form-data; boundary={'x' * 300}", 400, "malformed_multipart"),
    ],
)
async def test_what_says_that_it_is_something_else_is_refused(
    api: httpx.AsyncClient, media_type: str, status: int, code: str
) -> None:
    answer = await api.post(
        "/uploads", content=HEAD + CSV + END, headers={"Content-Type": media_type}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_boundary_in_quotes_will_do(api: httpx.AsyncClient) -> None:
    headers = {"Content-Type": 'Multipart/Form-Data; charset=utf-8; boundary="x"'}
    answer = await api.post("/uploads", content=HEAD + CSV + END, headers=headers)
    assert answer.status_code == 201


async def test_more_than_the_limit_is_refused_before_it_is_read(
    tenant: Tenant, app: FastAPI
) -> None:
    """Asked in this process: over a wire the client sends it all before it looks for an answer."""
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield HEAD

    headers = TYPE | {"Content-Length": str(MAX_UPLOAD_BYTES + 1)}
    async with client(httpx.ASGITransport(app), tenant.key) as here:
        answer = await here.post("/uploads", content=body(), headers=headers)
    assert (answer.status_code, answer.json()["code"], read) == (413, "body_too_large", 0)
    assert answer.json()["detail"] == "The body is larger than 2 GiB."


async def test_a_form_that_ends_too_early_leaves_nothing(
    tenant: Tenant, api: httpx.AsyncClient, resources: Resources
) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield HEAD
        for _ in range(100):
            yield b"a,b\n" * 25_000
        yield b"--x-"  # and no more

    answer = await api.post("/uploads", content=half(), headers=TYPE)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_multipart")
    assert left(resources, tenant.id) == set()


async def test_what_stands_in_the_query_is_no_part_of_the_form(api: httpx.AsyncClient) -> None:
    files: dict[str, Any] = form()
    answer = await api.post("/uploads?name=x", **files)
    assert answer.status_code == 201


async def test_few_workbooks_are_read_at_once(
    app: FastAPI, tenant: Tenant, resources: Resources, tmp_path: Path
) -> None:
    """By a process: each takes as much memory as its sheet. Text takes none, and does not wait."""
    api = client(httpx.ASGITransport(app), tenant.key)
    book = write_workbook(tmp_path / "people.xlsx", Sheet([["Email"], ["ann@example.com"]]))
    for _ in range(HEAVY_AT_ONCE):
        await resources.heavy.acquire()
    sending = asyncio.create_task(send(api, book.read_bytes()))
    assert (await send(api))["packed_as"] is None
    await asyncio.sleep(0.3)
    assert not sending.done()
    for _ in range(HEAVY_AT_ONCE):
        resources.heavy.release()
    assert (await sending)["packed_as"] == "xlsx"
    assert not resources.heavy.locked()
