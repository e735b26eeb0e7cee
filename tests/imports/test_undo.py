"""POST /imports/{id}/undo: what an import did is taken back, except of whom it is too late for."""

from typing import Any

import pytest

from app.imports.sources.chunk import ROWS
from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.test_files import imported
from tests.imports.undoing import Work, everything, rows, totals, undone, undone_at_once
from tests.leads.people import events, joined, put

ANN = "ann@x.com"
PAGE = "https://www.linkedin.com/in/"
LINE = {"custom_fields": {"line": "new", "extra": 1}}


@pytest.fixture
async def here(tenant: Tenant) -> int:
    return await tenant.campaign("Here")


@pytest.fixture
async def there(tenant: Tenant) -> int:
    return await tenant.campaign("There")


KNOWN: dict[str, Any] = {
    "email": ANN,
    "first_name": "Ann",
    "city": "Oslo",
    "linkedin_profile": f"{PAGE}ann",
    "custom_fields": {"line": "old", "big": 1e20},
}
MERGE = {"mode": "create_and_update"}
CASES: dict[str, tuple[dict[str, Any] | None, bool, dict[str, Any], dict[str, Any], str]] = {
    # what is known of Ann, is she here, what comes, on which terms, what becomes of it
    "nobody knew her": (None, False, KNOWN, {}, "lead_removed"),
    "updated": (KNOWN, True, {"first_name": "Anna", "last_name": "Lee"}, MERGE, "restored"),
    "filled": (
        KNOWN,
        True,
        {"first_name": "Anna", "last_name": "Lee"} | LINE,
        MERGE | {"overwrite_existing": False},
        "restored",
    ),
    "merged": (KNOWN, True, LINE, MERGE, "restored"),
    "another page": (KNOWN, True, {"linkedin_profile": f"{PAGE}anna"}, MERGE, "restored"),
    "a page that is none": (KNOWN, True, {"linkedin_profile": "none"}, MERGE, "restored"),
    "her first page": ({}, True, {"linkedin_profile": f"{PAGE}ann"}, MERGE, "restored"),
    "added, as she was": (KNOWN, False, {}, {}, "member_removed"),
    "added and filled": (KNOWN, False, KNOWN | LINE | {"city": "Rome"}, {}, "member_removed"),
    "added with a page": ({}, False, {"linkedin_profile": f"{PAGE}ann"}, {}, "member_removed"),
    "tagged": (None, False, {}, {"tags": ["a", "b"], "source": "fair"}, "lead_removed"),
}


@pytest.mark.parametrize("case", CASES)
async def test_everything_is_as_before(
    tenant: Tenant, resources: Resources, work: Work, here: int, there: int, case: str
) -> None:
    known, is_here, comes, terms, code = CASES[case]
    if known is not None:
        await joined(tenant, here if is_here else there, known | {"email": ANN})
    before = await everything(resources, tenant)
    sent = await tenant.add(
        here, comes | {"email": ANN}, "no address", duplicate_scope="campaign", **terms
    )
    found = await undone(tenant, work, sent["import_id"])
    after = await everything(resources, tenant)
    told = await resources.database.fetch(
        "select data ->> 'import_id' import_id from lead_events where workspace_id = $1", tenant.id
    )
    assert {line["import_id"] for line in told} <= {str(sent["import_id"])}
    assert len(told) in (0, 2)  # that she was changed, and that she is as before
    before.pop("lead_events"), after.pop("lead_events")
    assert after == before
    [line, refused] = await rows(tenant.api, sent["import_id"])
    assert (line["undo"]["code"], refused["undo"]) == (code, None)
    assert found["undo"]["rows_done"] == 2
    assert not await offenders(resources, tenant.id)


async def test_a_deletion_is_remembered_again(
    tenant: Tenant, resources: Resources, work: Work, here: int
) -> None:
    """The import had ended its memory; the undoing leaves none of its own."""
    [ann] = await joined(tenant, here, ANN)
    await put(tenant.api, here, ann, "REPLIED")
    assert (await tenant.api.delete(f"/campaigns/{here}/leads/{ann}")).is_success
    before = await everything(resources, tenant)
    assert len(before["tombstones"]) == 1
    sent = await tenant.add(here, ANN, "bob@x.com")
    assert (await everything(resources, tenant))["tombstones"] == []
    await undone(tenant, work, sent["import_id"])
    assert await everything(resources, tenant) == before


async def test_the_newest_first(
    tenant: Tenant, resources: Resources, work: Work, here: int, there: int
) -> None:
    """An undone import is as if it had not been, also for those before it."""
    before = await everything(resources, tenant)
    first = await tenant.add(here, {"email": ANN, "first_name": "Ann"} | LINE)
    second = await tenant.add(here, {"email": ANN, "first_name": "Anna"}, **MERGE)
    third = await tenant.add(
        there,
        {"email": ANN, "city": "Oslo", "linkedin_profile": f"{PAGE}a"},
        duplicate_scope="campaign",
    )
    found = [await undone(tenant, work, one["import_id"]) for one in (third, second, first)]
    assert [totals(one) for one in found] == [
        {"removed": 1},
        {"restored": 1},
        {"removed": 1, "leads_removed": 1},
    ]
    assert await everything(resources, tenant) == before
    assert not await offenders(resources, tenant.id)


async def test_a_profile_that_somebody_else_has_by_now(
    tenant: Tenant, resources: Resources, work: Work, here: int
) -> None:
    await joined(tenant, here, {"email": ANN, "linkedin_profile": f"{PAGE}ann"})
    sent = await tenant.add(here, {"email": ANN, "linkedin_profile": f"{PAGE}anna"}, **MERGE)
    taken = await tenant.add(here, {"email": "bob@x.com", "linkedin_profile": f"{PAGE}ann"})
    assert totals(await undone(tenant, work, sent["import_id"])) == {
        "kept": 1,
        "by_reason": {"profile_taken": 1},
    }
    assert not await offenders(resources, tenant.id)
    assert (await undone(tenant, work, taken["import_id"]))["undo"]["leads_removed"] == 1


async def test_a_profile_that_went_from_one_to_the_next(
    tenant: Tenant, resources: Resources, work: Work, here: int
) -> None:
    """Within one import: it goes the same way back."""
    await joined(tenant, here, {"email": ANN, "linkedin_profile": f"{PAGE}ann"})
    before = await everything(resources, tenant)
    lines = [f"{ANN},{PAGE}anna", *(f"p{n}@x.com," for n in range(ROWS)), f"bob@x.com,{PAGE}ann"]
    started = await imported(tenant, here, "\n".join(["email,linkedin_profile", *lines]), **MERGE)
    await work()
    found = await undone_at_once(tenant, work, started["id"])
    assert totals(found) == {"removed": ROWS + 1, "leads_removed": ROWS + 1, "restored": 1}
    assert found["undo"]["rows_done"] == ROWS + 2
    after = await everything(resources, tenant)
    before.pop("lead_events"), after.pop("lead_events")
    assert after == before


async def test_what_her_history_shows(tenant: Tenant, work: Work, here: int) -> None:
    [ann] = await joined(tenant, here, {"email": ANN, "first_name": "Ann"})
    sent = await tenant.add(here, {"email": ANN, "first_name": "Anna", "city": "Oslo"}, **MERGE)
    await undone(tenant, work, sent["import_id"])
    told = {"import_id": sent["import_id"], "row": 1, "fields": ["first_name", "city"]}
    shown_now = (await events(tenant.api, here, ann))[:2]
    assert shown_now == [
        {"type": "updated", "source": source, "data": told} for source in ("undo", "import")
    ]


async def test_rows_by_what_became_of_them(
    tenant: Tenant, work: Work, here: int, there: int
) -> None:
    await joined(tenant, here, "updated@x.com", "unchanged@x.com")
    people: list[Any] = [
        {"email": "updated@x.com", "city": "Rome"},
        "unchanged@x.com",
        "new@x.com",
        ANN,
    ]
    sent = await tenant.add(here, *people, "no address", **MERGE)
    await joined(tenant, there, ANN)
    await undone(tenant, work, sent["import_id"])
    found = {
        outcome: await rows(tenant.api, sent["import_id"], undo=outcome)
        for outcome in ("restored", "removed", "kept")
    }
    assert {name: [row["row"] for row in found[name]] for name in found} == {
        "restored": [1],
        "removed": [3],
        "kept": [4],
    }
    assert found["kept"][0]["undo"] == {
        "outcome": "kept",
        "code": "entered_elsewhere",
        "reason": "Entered another campaign since",
    }
    assert found["removed"][0]["undo"] == {
        "outcome": "removed",
        "code": "lead_removed",
        "reason": None,
    }
    assert await rows(tenant.api, sent["import_id"], undo="kept", outcome="updated") == []
