"""Files that nobody means well with: an answer or a ledger line, never a 500."""

import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.files.workbook import Sheet, write_workbook
from tests.imports.batches import shown
from tests.imports.test_files import imported, sent

Work = Callable[[], Awaitable[int]]
REFUSED = {
    "nothing": (b"", "file_empty"),
    "blank lines": (b"\n\n  \n", "file_empty"),
    "a header and no more": (b"email,name\n", "header_only"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(2000), "file_not_a_table"),
    "NULs": (b"email\0,name\n" * 200, "file_not_a_table"),
    "a page": (b"<!doctype html><table><tr><td>email", "file_not_a_table"),
    "an array": (b'[{"email": "a@example.com"}]', "json_array"),
    "half a gzip": (gzip.compress(b"email\na@example.com\n" * 99)[:-20], "file_damaged"),
    "half a workbook": (b"PK\x03\x04" + bytes(200), "file_damaged"),
    "a hundred thousand columns": (b"c," * 100_000 + b"\n" + b"1," * 100_000, "too_many_columns"),
    "a million columns": (b"c," * 1_000_000 + b"\n", "too_many_columns"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_list(tenant: Tenant, name: str) -> None:
    content, code = REFUSED[name]
    answer = await sent(tenant, await tenant.campaign(), content)
    assert (answer.status_code, answer.json()["code"]) == (422, "file_unreadable"), answer.text
    assert [one["code"] for one in answer.json()["errors"]] == [code]
    assert answer.json()["detail"].endswith(".")
    assert (await shown(tenant.api, "/imports"))["data"] == []


MANY = b"".join(b"p%d@example.com,1\n" % n for n in range(1_000))
"""More than is looked at before a file is taken for text."""
DEEP = b"[" * 2000 + b"]" * 2000
ROWS: dict[str, tuple[bytes, dict[str, int]]] = {
    "NUL in a row": (
        b"email,n\n" + MANY + b"b\0@example.com,2\n",
        {"added": 1_000, "unreadable_row": 1},
    ),
    "no UTF-8 in a row": (
        b"email,n\n"
        + "ä@example.com,ö\n".encode() * 9
        + b"a@example.com,1\nb@example.com,\xff\xfe\n",
        {"added": 2, "duplicate_in_batch": 8, "unreadable_row": 1},
    ),
    "escaped NUL": (
        b'{"email":"a@example.com","x":"\\u0000"}\n{"email":"b@example.com","\\u0000":1}\n'
        b'{"email":"c@example.com"}\n',
        {"added": 1, "unreadable_row": 2},
    ),
    "half a pair": (
        b'{"email":"a@example.com","x":"\\ud800"}\n{"email":"b@example.com"}\n',
        {"added": 1, "unreadable_row": 1},
    ),
    "deep": (
        b'{"email":"b@example.com"}\n{"email":"a@example.com","x":'
        + b"[" * 2000
        + b"]" * 2000
        + b"}\n",
        {"added": 1, "unreadable_row": 1},
    ),
    "long cells": (
        b"email,city,x\na@example.com,"
        + b"c" * 1001
        + b",\nb@example.com,,"
        + b"x" * 10_001
        + b"\n"
        + b"y" * 5000
        + b"@example.com,,\nc@example.com,Oslo,\n",
        {"added": 1, "invalid_field": 3},
    ),
    "a quote that is never closed": (
        b'email,n\na@example.com,"1\n' + b"".join(b"p%d@example.com,1\n" % n for n in range(99)),
        {"added": 99, "unreadable_row": 1},
    ),
    "headers twice": (
        b"email,n\na@example.com,1\nemail,n\nb@example.com,2\n",
        {"added": 2, "unreadable_row": 1},
    ),
    "the separators of arrays": (b"email,n\na@example.com,\x1f\x1e\x1d\x01\n", {"added": 1}),
}


@pytest.mark.parametrize("name", ROWS)
async def test_rows_that_are_broken(tenant: Tenant, work: Work, name: str) -> None:
    content, by_code = ROWS[name]
    started = await imported(tenant, await tenant.campaign(), content)
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    assert (done["state"], done["error"]) == ("completed", None)
    assert done["by_code"] == by_code
    rows = (await shown(tenant.api, f"/imports/{started['id']}/rows", outcome="failed"))["data"]
    assert all(row["reason"] and row["line"] for row in rows)


async def test_a_refused_object_is_kept_as_it_was_given(tenant: Tenant, work: Work) -> None:
    """Also what none of the first objects has."""
    first = b'{"email":"p@example.com","x":"' + b"x" * 1000 + b'"}\n'
    content = first * 1_100 + b'{"email":"cy@","late":"1"}\n'
    started = await imported(tenant, await tenant.campaign(), content)
    assert started["preview"]["headers"] == ["email", "x"]
    await work()
    rows = await shown(tenant.api, f"/imports/{started['id']}/rows", outcome="failed")
    assert [row["given"] for row in rows["data"]] == [{"email": "cy@", "x": "", "late": "1"}]


async def test_a_workbook(tenant: Tenant, work: Work, tmp_path: Path) -> None:
    sheet = Sheet([["E-Mail", "Vorname"], ["ann@example.com", "Ann"]])
    content = write_workbook(tmp_path / "people.xlsx", sheet).read_bytes()
    started = await imported(tenant, await tenant.campaign(), content)
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    assert done["by_code"] == {"added": 1}
    assert done["preview"]["warnings"] == []


async def test_another_sheet_of_a_workbook(tenant: Tenant, tmp_path: Path) -> None:
    first, second = (Sheet([["Email"], [f"{name}@example.com"]]) for name in ("ann", "bob"))
    content = write_workbook(tmp_path / "people.xlsx", first, second).read_bytes()
    campaign_id = await tenant.campaign()
    path = f"/campaigns/{campaign_id}/imports"

    async def send(path: str, content: bytes, **query: str) -> httpx.Response:
        return await tenant.api.post(path, files={"file": content}, params=query)

    drafted = (await send(path, content)).json()
    assert drafted["preview"]["rows"] == [["ann@example.com"]]
    assert drafted["preview"]["format"] == {
        "kind": "xlsx",
        "delimiter": None,
        "encoding": None,
        "header_line": 1,
    }
    [warning] = drafted["preview"]["warnings"]
    assert (warning["code"], "has others: `Sheet2`" in warning["detail"]) == ("other_sheets", True)
    chosen = (await send(path, content, sheet="Sheet2")).json()
    assert chosen["preview"]["rows"] == [["bob@example.com"]]
    told = await shown(tenant.api, f"/uploads/{chosen['upload_id']}")
    assert (told["sheet"], told["other_sheets"]) == ("Sheet2", ["Sheet1"])
    sent_before = {"upload_id": chosen["upload_id"]}
    again = await tenant.api.post(path, json=sent_before)
    assert again.json()["preview"]["rows"] == [["bob@example.com"]]
    other = await tenant.api.post(path, json=sent_before, params={"sheet": "Sheet1"})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "query/sheet")
    for file in (content, b"email\nann@example.com\n"):
        refused = await send("/uploads", file, sheet="Sheet3")
        [error] = refused.json()["errors"]
        assert (refused.status_code, error["code"]) == (422, "sheet_not_found")


async def test_a_preview_shows_the_whole_of_a_small_file_and_no_long_cells(tenant: Tenant) -> None:
    campaign_id = await tenant.campaign()
    answer = await sent(tenant, campaign_id, "email,n\na@example.com,1\nb@example.com," + "x" * 999)
    rows = answer.json()["preview"]["rows"]
    assert rows == [["a@example.com", "1"], ["b@example.com", "x" * 200]]
    [listed] = (await shown(tenant.api, "/imports"))["data"]
    assert listed["preview"] is None


@pytest.mark.seed("DS-23")
async def test_variables_that_the_file_does_not_bring_as_they_are_written(tenant: Tenant) -> None:
    campaign_id = await tenant.campaign()
    step = {
        "seq_number": 1,
        "seq_delay_details": {"delay_in_days": 0},
        "subject": "Hi {{first_name}}",
        "email_body": "{{icebreaker}} {{company_name}} {{nowhere}}",
    }
    made = await tenant.api.post(f"/campaigns/{campaign_id}/sequences", json={"sequences": [step]})
    assert made.is_success, made.text
    text = "email,Vorname,Icebreaker,Firma\nann@example.com,Ann,Saw your talk,Example"
    preview = (await sent(tenant, campaign_id, text)).json()["preview"]
    assert {(one["code"], one["column"]) for one in preview["warnings"]} == {
        ("variable_case_differs", "Icebreaker"),
        ("variable_missing", None),
    }
    targets = [one["target"] for one in preview["mapping"]]
    assert targets == ["email", "first_name", "custom_fields.icebreaker", "company_name"]


async def test_warnings_are_those_of_the_mapping_that_was_decided(tenant: Tenant) -> None:
    campaign_id = await tenant.campaign()
    step = {"seq_number": 1, "seq_delay_details": {"delay_in_days": 0}, "email_body": "{{hook}}"}
    made = await tenant.api.post(f"/campaigns/{campaign_id}/sequences", json={"sequences": [step]})
    assert made.is_success, made.text
    text = "Who,Opener\nann at example.com,Saw your talk"
    draft = (await sent(tenant, campaign_id, text)).json()

    def codes(document: dict[str, Any]) -> list[str]:
        return [one["code"] for one in document["preview"]["warnings"]]

    assert codes(draft) == ["no_email_column", "variable_missing"]
    mapping = {"Who": "email", "Opener": "custom_fields.hook"}
    decided = {"settings": {"mapping": mapping}}
    patched = await tenant.api.patch(f"/imports/{draft['id']}", json=decided)
    assert codes(patched.json()) == []
    assert patched.json()["preview"]["mapping"] == draft["preview"]["mapping"]
    decided = {"settings": {"mapping": {"Who": "email"}}}
    patched = await tenant.api.patch(f"/imports/{draft['id']}", json=decided)
    assert codes(patched.json()) == ["variable_missing"]
    at_once = await tenant.api.post(
        f"/campaigns/{campaign_id}/imports",
        json={"upload_id": draft["upload_id"], "settings": {"mapping": mapping}},
    )
    assert codes(at_once.json()) == []


async def test_a_form_that_is_sent_again_makes_one_import(tenant: Tenant) -> None:
    campaign_id = await tenant.campaign()

    async def send(content: bytes) -> httpx.Response:
        return await tenant.api.post(
            f"/campaigns/{campaign_id}/imports",
            files={"file": ("people.csv", content)},
            headers={"Idempotency-Key": "one"},
        )

    first, second = await send(b"email\na@example.com\n"), await send(b"email\na@example.com\n")
    assert (first.status_code, second.content) == (201, first.content)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (await send(b"email\nb@example.com\n")).json()["code"] == "idempotency_key_reused"
    assert len((await shown(tenant.api, "/imports"))["data"]) == 1


async def test_without_a_campaign_no_file_is_read(tenant: Tenant, other: Tenant) -> None:
    """Of this one would be said that it is a picture."""
    for campaign_id in (await other.campaign(), 999_999_999):
        answer = await sent(tenant, campaign_id, b"\x89PNG\r\n\x1a\n" + bytes(2000))
        assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")


SETTINGS: dict[str, tuple[str, int, str, str]] = {
    "no JSON": ("{", 400, "malformed_json", "/settings"),
    "NaN": ('{"start": NaN}', 400, "malformed_json", "/settings"),
    "deep": ("[" * 70 + "]" * 70, 422, "invalid_request", "/settings"),
    "no object": ("[]", 422, "invalid_request", "/settings"),
    "twice": ('{"start": true, "start": false}', 400, "malformed_json", "/settings/start"),
    "NUL": ('{"push": "\\u0000"}', 422, "invalid_request", "/settings/push"),
    "unknown": ('{"mood": 1}', 422, "invalid_request", "/settings/mood"),
    "wrong": ('{"mapping": 7}', 422, "invalid_request", "/settings/mapping"),
}


@pytest.mark.parametrize("name", SETTINGS)
async def test_settings_that_cannot_be_meant(tenant: Tenant, name: str) -> None:
    text, status, code, pointer = SETTINGS[name]
    answer = await tenant.api.post(
        f"/campaigns/{await tenant.campaign()}/imports",
        files={"file": ("people.csv", b"email\na@example.com\n")},
        data={"settings": text},
    )
    found: dict[str, Any] = answer.json()
    assert (answer.status_code, found["code"]) == (status, code), answer.text
    assert [error["pointer"] for error in found["errors"]] == [pointer]


async def test_a_file_that_is_the_whole_body(tenant: Tenant) -> None:
    path = f"/campaigns/{await tenant.campaign()}/imports"
    csv = {"content": b"email\nann@example.com\n", "headers": {"Content-Type": "text/csv"}}
    answer = await tenant.api.post(path, **csv)  # type: ignore[arg-type]
    assert answer.status_code == 415
    assert "a form with a file (multipart/form-data), or JSON" in answer.json()["detail"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8", "windows-1252"])
async def test_the_encoding_is_that_of_the_file(tenant: Tenant, encoding: str) -> None:
    path = f"/campaigns/{await tenant.campaign()}/imports"
    content = "E-Mail,Vorname\njuergen@example.com,Jürgen\n".encode(encoding)
    preview = (await tenant.api.post(path, files={"file": content})).json()["preview"]
    assert (preview["format"]["kind"], preview["format"]["encoding"]) == ("csv", encoding)
    assert preview["rows"] == [["juergen@example.com", "Jürgen"]]
