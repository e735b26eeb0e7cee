"""/pushes/{name}: many batches, and files, that are one thing to their sender."""

import csv
import io
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.imports.batches import key, shown, suppress
from tests.imports.test_files import Work, imported
from tests.make import people
from tests.retention.test_expired import aged

NAME = "Apollo / Nov 100%"
STRANGE = ["a/b", "a%2Fb", "ä ö?#&+", "x/rejected.csv", "1", "…" * 200]


@pytest.fixture
async def pushed(tenant: Tenant) -> int:
    """Two batches and one of another push; gives the campaign."""
    here, there = await tenant.campaigns(2)
    await tenant.add(there, "old@x.com", tags=["Q3"])
    await suppress(tenant, "leads/block-list", "bob@x.com")
    await tenant.add(here, "ann@x.com", "bob@x.com", "old@x.com", push=NAME)
    await tenant.add(here, {"email": "cy@", "custom_fields": {"n": 1}}, "old@x.com", push=NAME)
    await tenant.add(here, "eve@x.com", "bob@x.com", push="another")
    return here


def path(name: str, below: str = "") -> str:
    return f"/pushes/{quote(name, safe='')}{below}"


async def rejected(api: httpx.AsyncClient, name: str, **query: Any) -> list[list[str]]:
    answer = await api.get(path(name, "/rejected.csv"), params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="push-rejected.csv"'
    return list(csv.reader(io.StringIO(answer.text, newline="")))


@pytest.mark.usefixtures("pushed")
async def test_a_push(api: httpx.AsyncClient) -> None:
    found = await shown(api, path(NAME))
    assert found.pop("first_at") < found.pop("last_at")
    assert found == {
        "name": NAME,
        "imports": 2,
        "ledgers": 2,
        "by_state": {"completed": 2},
        "rows": 5,
        "counts": {"added": 1, "updated": 0, "unchanged": 0, "skipped": 3, "failed": 1},
        "by_code": {
            "added": 1,
            "blocked": 1,
            "duplicate_in_other_campaign": 2,
            "invalid_email": 1,
        },
        "groups": {
            "imported": 1,
            "duplicates": 2,
            "in_progress_elsewhere": 0,
            "suppressed": 1,
            "failed": 1,
        },
        "has_exclusions": True,
        "undo": None,
    }
    assert len((await shown(api, "/imports", push=NAME))["data"]) == 2
    assert (await shown(api, "/imports", push="nobody's"))["data"] == []


@pytest.mark.usefixtures("pushed")
async def test_its_breakdown(api: httpx.AsyncClient) -> None:
    counted = {"rows": 2, "by_code": {"duplicate_in_other_campaign": 2}, "share": 0.5}
    found = await shown(api, path(NAME, "/breakdown"), by="source_tag")
    assert found == {
        "by": "source_tag",
        "data": [{"source_tag": "Q3", **counted}],
        "next_cursor": None,
    }
    [line] = (await shown(api, path(NAME, "/breakdown")))["data"]
    assert line.pop("campaign_id") > 0
    assert line == {"campaign_name": "Campaign 2", **counted}


async def test_its_rejected_rows(tenant: Tenant, pushed: int, work: Work) -> None:
    """Of batches and files in one table, each with its import, and ready to be sent again."""
    started = await imported(tenant, pushed, "Mail,Note\nbob@x.com,=1\ndora@x.com,x\n", push=NAME)
    await work()
    listed = (await shown(tenant.api, "/imports", push=NAME))["data"]
    _, second, first = (one["id"] for one in listed)
    header, *rows = await rejected(tenant.api, NAME)
    assert header[0] == "email"
    assert header[16:] == ["Mail", "Note", "custom_fields.n", "code", "reason", "row", "import_id"]
    assert [[row[0], *row[16:20], *row[-2:]] for row in rows] == [
        ["bob@x.com", "", "", "", "blocked", "2", str(first)],
        ["old@x.com", "", "", "", "duplicate_in_other_campaign", "3", str(first)],
        ["cy@", "", "", "1", "invalid_email", "1", str(second)],
        ["old@x.com", "", "", "", "duplicate_in_other_campaign", "2", str(second)],
        ["", "bob@x.com", "'=1", "", "blocked", "1", str(started["id"])],
    ]
    blocked = await rejected(tenant.api, NAME, code="blocked")
    assert [row[-2] for row in blocked[1:]] == ["2", "1"]
    answer = await tenant.api.get(path(NAME, "/rejected.csv"))
    draft = await imported(tenant, pushed, answer.content, dry_run=True)
    mapping = draft["settings"]["mapping"]
    assert {mapping[name] for name in header[-4:]} == {None}


@pytest.mark.seed("SL-07")
async def test_a_larger_list_is_batched_and_still_one_thing(
    tenant: Tenant, resources: Resources
) -> None:
    """Each batch has its answer, and the push tells of all of them."""
    campaign_id = await tenant.campaign()
    leads = [*people(1_000), *people(200)]
    for start in range(0, len(leads), 400):
        await tenant.add(campaign_id, *leads[start : start + 400], push="all 1,200")
    found = await shown(tenant.api, path("all 1,200"))
    assert (found["imports"], found["rows"]) == (3, 1_200)
    assert found["by_code"] == {"added": 1_000, "duplicate_in_campaign": 200}
    header, *rows = await rejected(tenant.api, "all 1,200")
    email = header.index("email")
    assert [row[email] for row in rows] == [lead["email"] for lead in people(200)]
    [line] = (await shown(tenant.api, path("all 1,200", "/breakdown"), by="domain"))["data"]
    assert (line["domain"], line["rows"], line["share"]) == ("example.com", 200, 1.0)
    # Rows that are no longer kept are counted still, and are not in the table.
    imports = [one["id"] for one in (await shown(tenant.api, "/imports", push="all 1,200"))["data"]]
    await aged(resources, tenant, imports[0], 91)
    found = await shown(tenant.api, path("all 1,200"))
    assert (found["imports"], found["ledgers"], found["rows"]) == (3, 2, 1_200)
    assert await rejected(tenant.api, "all 1,200") == [header]
    for import_id in imports[1:]:
        await aged(resources, tenant, import_id, 91)
    for below in ("/breakdown", "/rejected.csv"):
        answer = await tenant.api.get(path("all 1,200", below))
        assert (answer.status_code, answer.json()["code"]) == (409, "ledger_expired")


async def test_what_was_only_foretold_is_no_part_of_it(tenant: Tenant, work: Work) -> None:
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, "email\nann@x.com\n", push="p", dry_run=True)
    await work()
    assert (await tenant.api.get("/pushes/p")).status_code == 404
    await tenant.api.post(f"/imports/{started['id']}/start", json={"dry_run": False})
    await work()
    assert (await shown(tenant.api, "/pushes/p"))["by_code"] == {"added": 1}


@pytest.mark.parametrize("name", STRANGE)
async def test_any_name_is_found(tenant: Tenant, name: str) -> None:
    """As one segment of the path, percent-encoded; also with a slash behind it."""
    await tenant.add(await tenant.campaign(), "ann@x.com", "ann@x.com", push=name)
    for below in ("", "/"):
        assert (await shown(tenant.api, path(name, below)))["name"] == name
    assert len(await rejected(tenant.api, name)) == 2
    assert (await shown(tenant.api, path(name, "/breakdown/"), by="domain"))["data"]


async def test_names_that_nothing_has(
    api: httpx.AsyncClient, tenant: Tenant, other: Tenant, anonymous: httpx.AsyncClient, pushed: int
) -> None:
    assert pushed
    for below in ("", "/breakdown", "/rejected.csv"):
        for client, name in ((api, "Apollo"), (api, NAME.lower()), (other.api, NAME)):
            answer = await client.get(path(name, below))
            assert (answer.status_code, answer.json()["code"]) == (404, "push_not_found")
        assert (await api.get(path("x" * 201, below))).status_code == 422
        assert (await anonymous.get(path(NAME, below))).status_code == 401
        headers = await key(tenant, scope="read")
        assert (await api.get(path(NAME, below), headers=headers)).status_code == 200
    for strange in ("/pushes", "/pushes/", "/pushes/a%00", "/pushes/a%ff", "/pushes/a/b"):
        answer = await api.get(strange)
        assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")
    answer = await api.post(path(NAME))
    assert (answer.status_code, answer.headers["allow"]) == (405, "HEAD, GET, OPTIONS")
