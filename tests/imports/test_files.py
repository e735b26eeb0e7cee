"""Files in: looked into, decided, run, and told of."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from app.imports.sources.chunk import ROWS
from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown

Work = Callable[[], Awaitable[int]]
PEOPLE = """E-Mail,Vorname,Nachname,Firma,Branche,Icebreaker
ann@example.com,Ann,Lee,"Example, Ltd",Tools,Saw your talk
 Bob@Example.com ,Bob,Ray,"Two
lines",Tools,
cy@,Cy,,,,
ann@example.com,Anna,,,,
,Dora,,,,
eve@example.com,Eve,Fox,Acme,Law,too,many
"""


async def sent(
    tenant: Tenant, campaign_id: int, text: str | bytes, **settings: Any
) -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    return await tenant.api.post(
        f"/campaigns/{campaign_id}/imports",
        files={"file": ("leads.csv", content)},
        data={"settings": json.dumps(settings)} if settings else None,
    )


async def imported(
    tenant: Tenant, campaign_id: int, text: str | bytes, **settings: Any
) -> dict[str, Any]:
    """Sent and started."""
    answer = await sent(tenant, campaign_id, text, start=True, **settings)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.seed("LL-14", "LL-19", "LL-20", "LL-21", "LL-31", "LL-32", "LL-33", "LL-35", "LL-36")
@pytest.mark.seed("LL-71", "LL-74", "DS-21", "AA-02")
async def test_a_file_is_looked_into_decided_and_run(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    """From the upload to the ledger, as a person goes through it."""
    campaign_id = await tenant.campaign()
    answer = await sent(tenant, campaign_id, PEOPLE)
    assert answer.status_code == 201, answer.text
    draft = answer.json()
    assert draft["state"] == "draft"
    assert draft["source"] == "file"
    preview = draft["preview"]
    assert preview["format"] == {
        "kind": "csv",
        "delimiter": ",",
        "encoding": "utf-8",
        "header_line": 1,
    }
    assert preview["headers"] == PEOPLE.splitlines()[0].split(",")
    assert preview["rows"][0][:3] == ["ann@example.com", "Ann", "Lee"]
    assert {one["column"]: one["target"] for one in preview["mapping"]} == {
        "E-Mail": "email",
        "Vorname": "first_name",
        "Nachname": "last_name",
        "Firma": "company_name",
        "Branche": "industry",
        "Icebreaker": "custom_fields.Icebreaker",
    }
    assert all(one["reason"] for one in preview["mapping"])
    assert preview["normalised"] == {"spaces": 1, "capitals": 1}

    mapping = {**draft["settings"]["mapping"], "Icebreaker": "custom_fields.icebreaker"}
    answer = await tenant.api.patch(
        f"/imports/{draft['id']}", json={"settings": {"mapping": mapping, "tags": ["Q4 scrape"]}}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["settings"]["tags"] == ["Q4 scrape"]
    answer = await tenant.api.post(f"/imports/{draft['id']}/start")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    await work()

    done = await shown(tenant.api, f"/imports/{draft['id']}")
    assert done["state"] == "completed"
    assert done["by_code"] == {
        "added": 2,
        "invalid_email": 1,
        "duplicate_in_batch": 1,
        "missing_email": 1,
        "unreadable_row": 1,
    }
    assert done["groups"] == {
        "imported": 2,
        "duplicates": 1,
        "in_progress_elsewhere": 0,
        "suppressed": 0,
        "failed": 3,
    }
    assert done["has_exclusions"] is True
    assert done["progress"]["percent"] == 100.0
    assert done["progress"]["rows_total"] == done["progress"]["rows_done"] == 6
    rows = (await shown(tenant.api, f"/imports/{draft['id']}/rows"))["data"]
    assert [(row["row"], row["line"], row["code"]) for row in rows] == [
        (1, 2, "added"),
        (2, 3, "added"),
        (3, 5, "invalid_email"),
        (4, 6, "duplicate_in_batch"),
        (5, 7, "missing_email"),
        (6, 8, "unreadable_row"),
    ]
    assert rows[2]["given"]["Vorname"] == "Cy"
    assert rows[5]["reason"] == "The row has 7 cells, the header has 6"
    members = (await shown(tenant.api, f"/campaigns/{campaign_id}/leads"))["data"]
    ann = next(one for one in members if one["lead"]["email"] == "ann@example.com")
    assert ann["tags"] == ["Q4 scrape"]
    assert ann["import_id"] == draft["id"]
    assert ann["lead"]["company_name"] == "Example, Ltd"
    assert ann["lead"]["custom_fields"] == {"icebreaker": "Saw your talk"}
    assert not await offenders(resources, tenant.id)


@pytest.mark.parametrize("mode", ["create_only", "create_and_update"])
async def test_a_row_repeats_one_of_an_earlier_chunk(
    tenant: Tenant, resources: Resources, work: Work, mode: str
) -> None:
    """The same verdicts, wherever the chunks end; by address and by profile."""
    campaign_id = await tenant.campaign()
    await tenant.add(campaign_id, {"email": "old@example.com", "first_name": "Old"})
    rows = [
        "old@example.com,New,",
        "ann@example.com,Ann,linkedin.com/in/ann",
        *(f"person{n}@example.com,P{n}," for n in range(ROWS)),
        "ann@example.com,Again,",
        "anna@example.com,Anna,linkedin.com/in/ann",
        "old@example.com,Newer,",
    ]
    text = "\n".join(["email,first_name,linkedin", *rows])
    for dry_run in (True, False):
        started = await imported(tenant, campaign_id, text, mode=mode, dry_run=dry_run)
        await work()
        done = await shown(tenant.api, f"/imports/{started['id']}")
        twice = {"duplicate_in_campaign": 2} if mode == "create_only" else {"updated": 1}
        repeated = 2 if mode == "create_only" else 3
        assert done["by_code"] == {"added": ROWS + 1, "duplicate_in_batch": repeated, **twice}
    assert not await offenders(resources, tenant.id)


@pytest.mark.seed("LL-37", "LL-73")
async def test_a_dry_run_writes_no_lead_and_can_be_made_real(tenant: Tenant, work: Work) -> None:
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, PEOPLE, dry_run=True)
    await work()
    foretold = await shown(tenant.api, f"/imports/{started['id']}")
    assert (foretold["state"], foretold["counts"]["added"]) == ("completed", 2)
    assert (await shown(tenant.api, f"/campaigns/{campaign_id}/leads"))["total_leads"] == "0"
    rows = await shown(tenant.api, f"/imports/{started['id']}/rows", outcome="excluded")
    assert len(rows["data"]) == 4
    answer = await tenant.api.post(f"/imports/{started['id']}/start", json={"dry_run": False})
    assert answer.status_code == 202, answer.text
    assert answer.json()["progress"]["rows_done"] == 0
    assert answer.json()["revision"] > foretold["revision"]
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    assert done["by_code"] == foretold["by_code"]
    assert (await shown(tenant.api, f"/campaigns/{campaign_id}/leads"))["total_leads"] == "2"


async def test_the_states_and_who_asks_for_them(tenant: Tenant, work: Work) -> None:
    campaign_id = await tenant.campaign()
    started = await imported(tenant, campaign_id, PEOPLE)

    async def ask(action: str, status: int = 202) -> dict[str, Any]:
        answer = await tenant.api.post(f"/imports/{started['id']}/{action}")
        assert answer.status_code == status, answer.text
        body: dict[str, Any] = answer.json()
        return body

    assert (await ask("pause"))["state"] == "paused"
    assert (await ask("pause", 200))["state"] == "paused"
    assert await work() == 0
    assert (await ask("retry", 409))["code"] == "import_state"
    assert (await ask("resume"))["state"] == "queued"
    assert (await ask("start", 200))["state"] == "queued"
    assert (await ask("cancel"))["state"] == "cancelled"
    assert (await ask("cancel", 200))["state"] == "cancelled"
    assert (await ask("resume", 409))["state"] == "cancelled"
    await work()
    assert (await shown(tenant.api, f"/campaigns/{campaign_id}/leads"))["total_leads"] == "0"


async def test_a_mapping_that_cannot_work_is_refused_with_what_is_wrong(tenant: Tenant) -> None:
    campaign_id = await tenant.campaign()
    mapping = {"E-Mail": "emial", "Vorname": "first_name", "Nachname": "first_name", "X": "city"}
    answer = await sent(tenant, campaign_id, PEOPLE, mapping=mapping)
    assert (answer.status_code, answer.json()["code"]) == (422, "mapping_refused")
    assert {(one["pointer"], one["code"]) for one in answer.json()["errors"]} >= {
        ("/settings/mapping/E-Mail", "unknown_field"),
        ("/settings/mapping/Nachname", "mapped_twice"),
        ("/settings/mapping/X", "unknown_column"),
        ("/settings/mapping", "email_missing"),
    }
    answer = await sent(tenant, campaign_id, "a,b\n1,2\n", start=True)
    assert (answer.status_code, answer.json()["code"]) == (422, "mapping_refused")


@pytest.mark.seed("LL-62", "AA-16")
async def test_an_uploaded_file_can_be_imported_again_on_other_terms(
    tenant: Tenant, work: Work
) -> None:
    """In another scope, from the same file."""
    first, second = await tenant.campaigns(2)
    done = await imported(tenant, first, PEOPLE)
    await work()
    body = {"upload_id": done["upload_id"], "settings": {"start": True}}
    refused = await tenant.api.post(f"/campaigns/{second}/imports", json=body)
    assert refused.status_code == 202, refused.text
    await work()
    strict = await shown(tenant.api, f"/imports/{refused.json()['id']}")
    assert strict["counts"]["added"] == 0
    assert strict["by_code"]["duplicate_in_other_campaign"] == 3
    body["settings"] = {"start": True, "duplicate_scope": "campaign"}
    loose = await tenant.api.post(f"/campaigns/{second}/imports", json=body)
    await work()
    assert (await shown(tenant.api, f"/imports/{loose.json()['id']}"))["counts"]["added"] == 2


@pytest.mark.seed("LL-15", "LL-16", "LL-17", "LL-18")
@pytest.mark.parametrize(
    ("mode", "by_code"),
    [
        ("create_only", {"duplicate_in_campaign": 1, "added": 1}),
        ("create_and_update", {"updated": 1, "added": 1}),
        ("update_only", {"updated": 1, "not_in_campaign": 1}),
    ],
)
async def test_what_a_file_may_do_to_people(
    tenant: Tenant, work: Work, mode: str, by_code: dict[str, int]
) -> None:
    campaign_id = await tenant.campaign()
    await tenant.add(campaign_id, {"email": "ann@example.com", "first_name": "Ann"})
    text = "email,first_name\nann@example.com,Anna\nbob@example.com,Bob"
    started = await imported(tenant, campaign_id, text, mode=mode)
    await work()
    assert (await shown(tenant.api, f"/imports/{started['id']}"))["by_code"] == by_code
    found = await shown(tenant.api, "/leads", email="ann@example.com")
    assert found["first_name"] == ("Ann" if mode == "create_only" else "Anna")


@pytest.mark.seed("LL-22")
@pytest.mark.parametrize(("overwrite", "first_name"), [(True, "Anna"), (False, "Ann")])
async def test_whether_values_are_overwritten(
    tenant: Tenant, work: Work, overwrite: bool, first_name: str
) -> None:
    campaign_id = await tenant.campaign()
    await tenant.add(campaign_id, {"email": "ann@example.com", "first_name": "Ann"})
    text = "email,first_name,city\nann@example.com,Anna,Oslo"
    terms: dict[str, Any] = {"mode": "create_and_update", "overwrite_existing": overwrite}
    await imported(tenant, campaign_id, text, **terms)
    await work()
    found = await shown(tenant.api, "/leads", email="ann@example.com")
    assert (found["first_name"], found["city"]) == (first_name, "Oslo")


@pytest.mark.seed("LL-01", "LL-34", "LL-38", "LL-75")
async def test_who_stands_in_the_way_is_named_with_their_tags(tenant: Tenant, work: Work) -> None:
    """Active elsewhere is told of on its own; who has ended there comes in."""
    first, second = await tenant.campaigns(2)
    emails = ["ann@example.com", "bob@example.com"]
    await tenant.add(first, *emails, tags=["Q4 scrape"])
    for email, status in zip(emails, ("IN_PROGRESS", "COMPLETED"), strict=True):
        lead = await shown(tenant.api, "/leads", email=email)
        path = f"/campaigns/{first}/leads/{lead['id']}/status"
        answer = await tenant.api.post(path, json={"status": status})
        assert answer.is_success, answer.text
    text = "email\n" + "\n".join(emails)
    started = await imported(tenant, second, text, duplicate_scope="active")
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    assert done["groups"]["imported"] == done["groups"]["in_progress_elsewhere"] == 1
    [row] = (await shown(tenant.api, f"/imports/{started['id']}/rows", outcome="excluded"))["data"]
    assert row["code"] == "in_progress_in_other_campaign"
    assert row["conflict"] == {
        "campaign_id": first,
        "campaign_name": "Campaign 1",
        "status": "IN_PROGRESS",
        "lead_id": row["lead_id"],
        "tags": ["Q4 scrape"],
        "others": 0,
    }
