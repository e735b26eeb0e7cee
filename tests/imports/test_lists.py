"""Suppression lists that come as files."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown

Work = Callable[[], Awaitable[int]]
LIST = """Company,Domain,Since
Acme,*.acme.com,2024
Mail,Ann@Example.COM ,2024
Twice,@acme.org,2024
Again,acme.org,2025
Nobody,,2025
Nonsense,all of them,2025
"""
TWO = ("Domain", "Since")


async def sent(tenant: Tenant, text: str | bytes, **settings: Any) -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    return await tenant.api.post(
        "/suppressions/imports",
        files={"file": ("list.csv", content)},
        data={"settings": json.dumps(settings)},
    )


async def filled(tenant: Tenant, work: Work, text: str, **settings: Any) -> dict[str, Any]:
    answer = await sent(tenant, text, start=True, **settings)
    assert answer.status_code == 202, answer.text
    await work()
    found: dict[str, Any] = await shown(tenant.api, f"/imports/{answer.json()['id']}")
    return found


async def blocked(tenant: Tenant) -> set[str]:
    page = await shown(tenant.api, "/leads/get-domain-block-list")
    return {entry["email_or_domain"] for entry in page}


async def test_a_list_is_looked_into_decided_and_filled(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    await tenant.api.post("/leads/add-domain-block-list", json={"domain_block_list": ["acme.org"]})
    draft = (await sent(tenant, LIST, kind="block")).json()
    assert (draft["state"], draft["campaign_id"], draft["suppresses"]) == ("draft", None, "block")
    assert draft["settings"] == {
        "kind": "block",
        "client_id": None,
        "dry_run": False,
        "push": None,
        "mapping": {"Company": None, "Domain": "entry", "Since": None},
    }
    [column] = [one for one in draft["preview"]["mapping"] if one["target"]]
    assert column == {
        "column": "Domain",
        "target": "entry",
        "confidence": 0.8,
        "reason": "80% of its values are addresses or domains",
    }
    path = f"/imports/{draft['id']}"
    assert (await tenant.api.post(f"{path}/start")).status_code == 202
    await work()
    found = await shown(tenant.api, path)
    assert (found["state"], found["by_code"]) == (
        "completed",
        {
            "added": 2,
            "unchanged": 1,
            "duplicate_in_batch": 1,
            "missing_email": 1,
            "invalid_email": 1,
        },
    )
    rows = (await shown(tenant.api, f"{path}/rows"))["data"]
    assert [(row["row"], row["line"], row["email"], row["code"]) for row in rows] == [
        (1, 2, "*.acme.com", "added"),
        (2, 3, "ann@example.com", "added"),
        (3, 4, "acme.org", "unchanged"),
        (4, 5, "acme.org", "duplicate_in_batch"),
        (5, 6, None, "missing_email"),
        (6, 7, None, "invalid_email"),
    ]
    assert rows[-1]["reason"] == "Neither an email address nor a domain."
    assert rows[-1]["given"] == {"Company": "Nonsense", "Domain": "all of them", "Since": "2025"}
    assert await blocked(tenant) == {"*.acme.com", "ann@example.com", "acme.org"}
    added = await tenant.add(await tenant.campaign(), "x@mail.acme.com", "bob@example.com")
    assert (added["added_count"], added["block_count"]) == (1, 1)
    assert not await offenders(resources, tenant.id)


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("acme.com\nfoo.org\n", {"acme.com", "foo.org"}),
        ("Email;Website\na@x.com;x.com\nb@y.com;y.com\n", {"a@x.com", "b@y.com"}),
        ('{"domain": "acme.com"}\n{"domain": "*.foo.org"}\n', {"acme.com", "*.foo.org"}),
    ],
)
async def test_the_column_is_found(
    tenant: Tenant, work: Work, text: str, entries: set[str]
) -> None:
    """Without a header, beside another one, in objects."""
    found = await filled(tenant, work, text, kind="block")
    assert found["by_code"] == {"added": len(entries)}
    assert await blocked(tenant) == entries


async def test_a_dry_run_adds_nothing_and_is_made_real(tenant: Tenant, work: Work) -> None:
    await tenant.api.post("/leads/add-domain-block-list", json={"domain_block_list": ["a.com"]})
    dry = await filled(tenant, work, "a.com\nb.com\n", kind="block", dry_run=True)
    assert dry["by_code"] == {"added": 1, "unchanged": 1}
    assert await blocked(tenant) == {"a.com"}
    path = f"/imports/{dry['id']}"
    assert (await tenant.api.post(f"{path}/start", json={"dry_run": False})).status_code == 202
    await work()
    assert (await shown(tenant.api, path))["by_code"] == {"added": 1, "unchanged": 1}
    assert await blocked(tenant) == {"a.com", "b.com"}
    again = await filled(tenant, work, "a.com\nb.com\n", kind="block")
    assert again["by_code"] == {"unchanged": 2}


async def test_rows_are_known_again_in_a_later_chunk(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    text = "entry\n" + "".join(f"p{n % 2500}@example.com\n" for n in range(5000))
    found = await filled(tenant, work, text, kind="do_not_contact")
    assert found["by_code"] == {"added": 2500, "duplicate_in_batch": 2500}
    [row] = await resources.database.fetch(
        "select count(*) from suppressions where workspace_id = $1", tenant.id
    )
    assert row["count"] == 2500


async def test_unsubscribes_of_one_campaign(tenant: Tenant, work: Work) -> None:
    first, second = await tenant.campaigns(2)
    found = await filled(tenant, work, "ann@example.com\n", kind="unsubscribe", campaign_id=first)
    assert found["campaign_id"] == first
    assert (await tenant.add(first, "ann@example.com"))["unsubscribed_leads"] == 1
    assert (await tenant.add(second, "ann@example.com"))["added_count"] == 1
    listed = await shown(tenant.api, f"/imports?campaign_id={first}")
    assert found["id"] in [one["id"] for one in listed["data"]]


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({}, 422, "invalid_request"),
        ({"kind": "grey"}, 422, "invalid_request"),
        ({"kind": "block", "campaign_id": 1}, 422, "invalid_request"),
        ({"kind": "do_not_contact", "client_id": 1}, 422, "invalid_request"),
        ({"kind": "block", "mode": "create_only"}, 422, "invalid_request"),
        ({"kind": "unsubscribe", "campaign_id": 10**9}, 404, "campaign_not_found"),
        ({"kind": "block", "mapping": {"Domain": "email"}}, 422, "mapping_refused"),
        ({"kind": "block", "mapping": {"Nowhere": "entry"}}, 422, "mapping_refused"),
        (
            {"kind": "block", "mapping": {"Domain": "entry", "Since": "entry"}},
            422,
            "mapping_refused",
        ),
        ({"kind": "block", "mapping": {}}, 422, "mapping_refused"),
    ],
)
async def test_what_is_refused(
    tenant: Tenant, resources: Resources, given: dict[str, Any], status: int, code: str
) -> None:
    answer = await sent(tenant, LIST, **given)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    rows = await resources.database.fetch("select from uploads where workspace_id = $1", tenant.id)
    assert not rows


async def test_a_file_without_entries_cannot_start(tenant: Tenant) -> None:
    draft = (await sent(tenant, "name\nAnn\nBob\n", kind="block")).json()
    assert draft["settings"]["mapping"] == {"name": None}
    answer = await tenant.api.post(f"/imports/{draft['id']}/start")
    assert (answer.status_code, answer.json()["code"]) == (422, "mapping_refused")
    assert answer.json()["errors"][0]["code"] == "entry_missing"


async def test_a_draft_is_decided(tenant: Tenant, other: Tenant) -> None:
    draft = (await sent(tenant, LIST, kind="block")).json()
    path = f"/imports/{draft['id']}"
    decided = {"mapping": {"Company": "entry"}, "dry_run": True}
    answer = await tenant.api.patch(path, json={"settings": decided})
    assert answer.status_code == 200
    assert answer.json()["settings"]["mapping"]["Company"] == "entry"
    assert answer.json()["settings"]["dry_run"] is True
    for refused in ({"mode": "create_only"}, {"tags": ["a"]}):
        answer = await tenant.api.patch(path, json={"settings": refused})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert (await other.api.patch(path, json={"settings": decided})).status_code == 404


async def test_the_same_file_by_its_upload(tenant: Tenant, other: Tenant, work: Work) -> None:
    found = await filled(tenant, work, "a.com\n", kind="block")
    body = {"upload_id": found["upload_id"], "settings": {"kind": "unsubscribe", "start": True}}
    answer = await tenant.api.post("/suppressions/imports", json=body)
    assert (answer.status_code, answer.headers["Location"]) == (
        202,
        f"/api/v1/imports/{answer.json()['id']}",
    )
    await work()
    assert (await shown(tenant.api, f"/imports/{answer.json()['id']}"))["by_code"] == {"added": 1}
    answer = await other.api.post("/suppressions/imports", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")
