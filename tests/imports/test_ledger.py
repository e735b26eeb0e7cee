"""GET /imports, /imports/{id} and /imports/{id}/rows: what became of every row."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import Answer, key, shown, suppress
from tests.leads.people import joined

SENT: list[Any] = [
    {"email": "New@x.com", "first_name": "New"},
    {"email": "here@x.com", "first_name": "Here"},
    "same@x.com",
    "elsewhere@x.com",
    {"email": "blocked@x.com", "custom_fields": {"Team": "red"}},
    "no address",
    "new@x.com",
    "active@x.com",
]
CODES = [
    "added",
    "updated",
    "unchanged",
    "duplicate_in_other_campaign",
    "blocked",
    "invalid_email",
    "duplicate_in_batch",
    "duplicate_in_other_campaign",
]


@pytest.fixture
async def sent(tenant: Tenant) -> Answer:
    """A batch with something of everything."""
    here, elsewhere = await tenant.campaigns(2)
    await joined(tenant, here, "here@x.com", "same@x.com")
    await joined(tenant, elsewhere, "elsewhere@x.com", "active@x.com")
    await suppress(tenant, "leads/block-list", "blocked@x.com")
    return await tenant.add(here, *SENT, mode="create_and_update", push="All")


async def rows(api: httpx.AsyncClient, sent: Answer, **query: Any) -> list[dict[str, Any]]:
    found = await shown(api, f"/imports/{sent['import_id']}/rows", **query)
    data: list[dict[str, Any]] = found["data"]
    return data


async def test_an_import(api: httpx.AsyncClient, tenant: Tenant, sent: Answer) -> None:
    found = await shown(api, f"/imports/{sent['import_id']}")
    campaign = found.pop("campaign_id")
    assert found.pop("created_at") <= found.pop("finished_at")
    assert found.pop("started_at")
    assert found.pop("settings")["mode"] == "create_and_update"
    assert found == {
        "id": sent["import_id"],
        "source": "api",
        "state": "completed",
        "revision": 1,
        "push": "All",
        "wish": None,
        "suppresses": None,
        "upload_id": None,
        "preview": None,
        "selection": None,
        "progress": {
            "rows_total": 8,
            "rows_done": 8,
            "percent": 100.0,
            "rows_per_s": None,
            "seconds_left": None,
        },
        "counts": {"added": 1, "updated": 1, "unchanged": 1, "skipped": 4, "failed": 1},
        "by_code": {code: CODES.count(code) for code in CODES},
        "by_normalisation": {},
        "groups": {
            "imported": 3,
            "duplicates": 3,
            "in_progress_elsewhere": 0,
            "suppressed": 1,
            "failed": 1,
        },
        "has_exclusions": True,
        "warnings": [],
        "undo": None,
        "error": None,
        "ledger_removed_at": None,
    }
    clean = await tenant.add(campaign, "clean@x.com")
    assert (await shown(api, f"/imports/{clean['import_id']}"))["has_exclusions"] is False


async def test_the_ledger(api: httpx.AsyncClient, sent: Answer) -> None:
    lines = await rows(api, sent)
    assert [(line["row"], line["code"]) for line in lines] == list(enumerate(CODES, 1))
    added, updated, _, elsewhere, blocked, invalid, repeated, _ = lines
    silent = {
        "line": None,
        "reason": None,
        "conflict": None,
        "matched": None,
        "override": None,
        "allowed_from": None,
        "hint": None,
        "also": None,
        "normalised_from": None,
        "given": None,
        "undo": None,
    }
    lead_id = added["lead_id"]
    assert lead_id > 0
    assert added == silent | {
        "row": 1,
        "email": "new@x.com",
        "lead_id": lead_id,
        "outcome": "added",
        "code": "added",
        "normalised_from": "New@x.com",
    }
    assert updated["outcome"] == "updated"
    assert repeated == silent | {
        "row": 7,
        "email": "new@x.com",
        "lead_id": lead_id,
        "outcome": "skipped",
        "code": "duplicate_in_batch",
        "reason": "Repeats an earlier row of this import",
        "given": {"email": "new@x.com"},
    }
    assert invalid == silent | {
        "row": 6,
        "email": "no address",
        "lead_id": None,
        "outcome": "failed",
        "code": "invalid_email",
        "reason": "Not a valid email address",
        "given": {"email": "no address"},
    }
    for line, index in ((elsewhere, 3), (blocked, 4)):
        [answered] = [row for row in sent["skipped_leads"] if row["index"] == index]
        for name in ("email", "code", "reason", "conflict", "matched", "override"):
            assert line[name] == answered[name]
    assert blocked["given"] == SENT[4]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"code": "added"}, [1]),
        ({"code": "duplicate_in_other_campaign"}, [4, 8]),
        ({"code": "unsubscribed"}, []),
        ({"outcome": "skipped"}, [4, 5, 7, 8]),
        ({"outcome": "failed"}, [6]),
        ({"outcome": "excluded"}, [4, 5, 6, 7, 8]),
        ({"outcome": "excluded", "code": "invalid_email"}, [6]),
        ({"outcome": "added", "code": "invalid_email"}, []),
    ],
)
async def test_rows_of_a_kind(
    api: httpx.AsyncClient, sent: Answer, query: dict[str, str], found: list[int]
) -> None:
    assert [line["row"] for line in await rows(api, sent, **query)] == found


async def test_pages_of_the_ledger(api: httpx.AsyncClient, sent: Answer) -> None:
    path, seen, cursor = f"/imports/{sent['import_id']}/rows", [], None
    while True:
        query = {"limit": 2, "outcome": "excluded"} | ({"cursor": cursor} if cursor else {})
        page = await shown(api, path, **query)
        seen.append([line["row"] for line in page["data"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [[4, 5], [6, 7], [8]]


async def test_imports_newest_first(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    ids = [(await tenant.add(c, f"{n}@x.com"))["import_id"] for n, c in enumerate([first] * 2)]
    ids.append((await tenant.add(second, "2@x.com"))["import_id"])

    async def listed(**query: Any) -> list[int]:
        return [found["id"] for found in (await shown(api, "/imports", **query))["data"]]

    assert await listed() == ids[::-1]
    assert await listed(campaign_id=first) == [ids[1], ids[0]]
    assert await listed(state="completed") == ids[::-1]
    assert await listed(state="running") == []
    page = await shown(api, "/imports", limit=2)
    rest = await shown(api, "/imports", limit=2, cursor=page["next_cursor"])
    assert [found["id"] for found in page["data"] + rest["data"]] == ids[::-1]
    assert rest["next_cursor"] is None


async def test_imports_of_another_workspace(api: httpx.AsyncClient, other: Tenant) -> None:
    theirs = await other.campaign()
    import_id = (await other.add(theirs, "ann@x.com"))["import_id"]
    for path in (f"/imports/{import_id}", f"/imports/{import_id}/rows"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "import_not_found")
    answer = await api.get("/imports", params={"campaign_id": theirs})
    assert (answer.status_code, answer.json()["code"]) == (404, "campaign_not_found")
    assert (await shown(api, "/imports"))["data"] == []


async def test_what_is_no_import(api: httpx.AsyncClient, sent: Answer) -> None:
    for path, query in (
        ("/imports/0", {}),
        ("/imports", {"state": "done"}),
        ("/imports", {"limit": 1001}),
        (f"/imports/{sent['import_id']}/rows", {"code": "strange"}),
        (f"/imports/{sent['import_id']}/rows", {"outcome": "strange"}),
    ):
        assert (await api.get(path, params=query)).status_code == 422, path
    answer = await api.get("/imports", params={"cursor": "AAAAAAAAAAAA"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_every_key_may_read(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, tenant: Tenant, sent: Answer
) -> None:
    headers = await key(tenant, scope="read")
    for path in ("/imports", f"/imports/{sent['import_id']}", f"/imports/{sent['import_id']}/rows"):
        assert (await api.get(path, headers=headers)).status_code == 200
        assert (await anonymous.get(path)).status_code == 401
