"""create_only, create_and_update, update_only; which values win."""

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import codes, counted, person, shown
from tests.leads.people import events, joined, member

ANN = "ann@x.com"
BEFORE = {
    "email": ANN,
    "first_name": "Ann",
    "city": "Berlin",
    "custom_fields": {"team": "red", "line": "Hi"},
}
GIVEN = {
    "email": ANN,
    "first_name": "Anna",
    "last_name": "Lee",
    "city": "",
    "country": None,
    "custom_fields": {"team": "blue", "score": 7, "line": None},
}
OVERWRITTEN = ("Anna", "Lee", "Berlin", {"team": "blue", "line": "Hi", "score": 7})
FILLED = ("Ann", "Lee", "Berlin", {"team": "red", "line": "Hi", "score": 7})
AS_BEFORE = ("Ann", None, "Berlin", {"team": "red", "line": "Hi"})


async def looks(tenant: Tenant) -> tuple[object, ...]:
    found = await person(tenant, ANN)
    return tuple(found[name] for name in ("first_name", "last_name", "city", "custom_fields"))


@pytest.mark.parametrize("mode", ["create_and_update", "update_only"])
@pytest.mark.parametrize(
    ("overwrite", "after"), [(None, OVERWRITTEN), (True, OVERWRITTEN), (False, FILLED)]
)
async def test_a_member_is_updated(
    tenant: Tenant, mode: str, overwrite: bool | None, after: tuple[object, ...]
) -> None:
    campaign = await tenant.campaign()
    [ann] = await joined(tenant, campaign, BEFORE)
    settings = {"mode": mode, "overwrite_existing": overwrite}
    answer = await tenant.add(campaign, GIVEN, **settings)
    assert counted(answer) == {
        "upload_count": 1,
        "updated_count": 1,
        "already_added_to_campaign": 1,
    }
    assert answer["message"] == "0 added, 1 updated, 0 skipped"
    assert await looks(tenant) == after
    here = await member(tenant.api, campaign, ann)
    assert here["lead"]["custom_fields"] == after[3]
    again = await tenant.add(campaign, GIVEN, **settings)
    assert (again["updated_count"], again["unchanged_count"]) == (0, 1)


async def test_history_names_what_changed(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """Of members and of others who are known; nothing is told of whom nothing changed."""
    first, second = await tenant.campaigns(2)
    [ann, bob] = await joined(tenant, first, BEFORE, "bob@x.com")
    answer = await tenant.add(first, "bob@x.com", GIVEN, mode="create_and_update")
    told = {
        "import_id": answer["import_id"],
        "row": 2,
        "fields": ["first_name", "last_name", "custom_fields.score", "custom_fields.team"],
    }
    updated = {"type": "updated", "source": "import", "data": told}
    assert (await events(api, first, ann))[:-1] == [updated]
    assert (await events(api, first, bob))[:-1] == []
    added = await tenant.add(
        second, {"email": ANN, "city": "Bonn"}, "new@x.com", duplicate_scope="campaign"
    )
    filled = {"import_id": added["import_id"], "row": 1, "fields": ["city"]}
    assert (await events(api, second, ann))[:-1] == [updated | {"data": filled}]
    assert (await events(api, first, ann))[:-1] == [updated]


async def test_create_only_changes_nobody(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await joined(tenant, campaign, BEFORE)
    answer = await tenant.add(campaign, GIVEN)
    assert codes(answer) == {ANN: "duplicate_in_campaign"}
    assert await looks(tenant) == AS_BEFORE


async def test_update_only_brings_nobody_in(api: httpx.AsyncClient, tenant: Tenant) -> None:
    here, elsewhere = await tenant.campaigns(2)
    await joined(tenant, elsewhere, BEFORE)
    answer = await tenant.add(here, GIVEN, "new@x.com", mode="update_only")
    assert codes(answer) == {ANN: "not_in_campaign", "new@x.com": "not_in_campaign"}
    assert counted(answer) == {"upload_count": 2, "skipped_count": 2}
    assert {row["override"] for row in answer["skipped_leads"]} == {"mode=create_and_update"}
    assert await looks(tenant) == AS_BEFORE
    assert await person(tenant, "new@x.com") == {}
    assert (await shown(api, f"/campaigns/{here}/leads"))["data"] == []


@pytest.mark.parametrize(("overwrite", "after"), [(True, OVERWRITTEN), (False, FILLED)])
async def test_a_known_person_who_is_added_is_filled_alike(
    tenant: Tenant, overwrite: bool, after: tuple[object, ...]
) -> None:
    first, second = await tenant.campaigns(2)
    [ann] = await joined(tenant, first, BEFORE)
    answer = await tenant.add(
        second, GIVEN, duplicate_scope="campaign", overwrite_existing=overwrite
    )
    assert answer["added_count"] == 1
    assert await looks(tenant) == after
    here = await member(tenant.api, first, ann)
    assert here["lead"]["custom_fields"] == {**after[3], **BEFORE["custom_fields"]}  # type: ignore[dict-item]


async def test_who_is_refused_is_never_changed(tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    await joined(tenant, first, BEFORE)
    answer = await tenant.add(second, GIVEN, mode="create_and_update")
    assert codes(answer) == {ANN: "duplicate_in_other_campaign"}
    assert await looks(tenant) == AS_BEFORE


@pytest.mark.seed("LL-11")
async def test_the_address_is_the_person(tenant: Tenant) -> None:
    """The same address with another name and company is the same lead."""
    first, second = await tenant.campaigns(2)
    [ann] = await joined(tenant, first, BEFORE | {"company_name": "Old Ltd"})
    other_name = {"email": ANN, "first_name": "Bob", "company_name": "New Ltd"}
    assert codes(await tenant.add(first, other_name)) == {ANN: "duplicate_in_campaign"}
    assert codes(await tenant.add(second, other_name)) == {ANN: "duplicate_in_other_campaign"}
    assert await joined(tenant, second, other_name) == [ann]
    assert (await person(tenant, ANN))["company_name"] == "New Ltd"


@pytest.mark.seed("LL-13")
async def test_names_are_nobody(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    name = {"first_name": "Ann", "last_name": "Lee", "company_name": "Example Ltd"}
    answer = await tenant.add(campaign, {"email": ANN, **name}, {"email": "lee@x.com", **name})
    assert answer["added_count"] == 2
