"""GET /imports/{id}/breakdown: who stood in the way, largest first."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import Answer, key, shown, suppress
from tests.imports.test_files import Work, imported

ELSEWHERE = "duplicate_in_other_campaign"


@pytest.fixture
async def sent(tenant: Tenant) -> Answer:
    """Six of eight stay out: three by one campaign, one by another, two by the block list."""
    here, first, second = await tenant.campaigns(3)
    await tenant.add(first, "a@acme.com", "b@acme.com", "c@beta.com", tags=["Q4", "scrape"])
    await tenant.add(second, "d@acme.com", tags=["Q4"])
    await suppress(tenant, "leads/block-list", "eve@gamma.com")
    await tenant.api.post("/leads/add-domain-block-list", json={"domain_block_list": ["rival.com"]})
    emails = ("a@acme.com", "b@acme.com", "C@Beta.com", " d@acme.com", "f@rival.com")
    return await tenant.add(here, *emails, "eve@gamma.com", "New@x.com", "no address")


async def lines(api: httpx.AsyncClient, sent: Answer, by: str, **query: Any) -> Any:
    found = await shown(api, f"/imports/{sent['import_id']}/breakdown", by=by, **query)
    assert found["by"] == by
    return found["data"]


async def test_campaigns(api: httpx.AsyncClient, sent: Answer) -> None:
    found = await shown(api, f"/imports/{sent['import_id']}/breakdown")
    first, second = (line.pop("campaign_id") for line in found["data"])
    assert first < second
    assert found == {
        "by": "campaign",
        "data": [
            {
                "campaign_name": "Campaign 2",
                "rows": 3,
                "by_code": {ELSEWHERE: 3},
                "share": 0.4286,
            },
            {
                "campaign_name": "Campaign 3",
                "rows": 1,
                "by_code": {ELSEWHERE: 1},
                "share": 0.1429,
            },
        ],
        "next_cursor": None,
    }


async def test_domains(api: httpx.AsyncClient, sent: Answer) -> None:
    assert await lines(api, sent, "domain") == [
        {"domain": "acme.com", "rows": 3, "by_code": {ELSEWHERE: 3}, "share": 0.4286},
        {"domain": "beta.com", "rows": 1, "by_code": {ELSEWHERE: 1}, "share": 0.1429},
        {"domain": "gamma.com", "rows": 1, "by_code": {"blocked": 1}, "share": 0.1429},
        {"domain": "rival.com", "rows": 1, "by_code": {"blocked": 1}, "share": 0.1429},
    ]


@pytest.mark.seed("LL-34")
async def test_source_tags(api: httpx.AsyncClient, sent: Answer) -> None:
    """Somebody with two tags counts under both."""
    assert await lines(api, sent, "source_tag") == [
        {"source_tag": "Q4", "rows": 4, "by_code": {ELSEWHERE: 4}, "share": 0.5714},
        {"source_tag": "scrape", "rows": 3, "by_code": {ELSEWHERE: 3}, "share": 0.4286},
    ]


async def test_entries(api: httpx.AsyncClient, sent: Answer) -> None:
    counted = {"rows": 1, "by_code": {"blocked": 1}, "share": 0.1429}
    assert await lines(api, sent, "entry") == [
        {"kind": "block", "entry": "eve@gamma.com", **counted},
        {"kind": "block", "entry": "rival.com", **counted},
    ]


async def test_normalisation_tells_of_those_who_got_in_too(
    api: httpx.AsyncClient, sent: Answer
) -> None:
    assert await lines(api, sent, "normalisation") == [
        {
            "normalisation": "capitals",
            "rows": 2,
            "by_code": {"added": 1, ELSEWHERE: 1},
            "share": 0.25,
        },
        {"normalisation": "spaces", "rows": 1, "by_code": {ELSEWHERE: 1}, "share": 0.125},
    ]


async def test_pages(api: httpx.AsyncClient, sent: Answer) -> None:
    path, seen, cursor = f"/imports/{sent['import_id']}/breakdown", [], None
    while True:
        query = {"by": "domain", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await shown(api, path, **query)
        seen.append([line["domain"] for line in page["data"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
        answer = await api.get(path, params={"by": "entry", "cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
    assert seen == [["acme.com", "beta.com"], ["gamma.com", "rival.com"]]


@pytest.mark.seed("DS-17")
async def test_a_finished_file_shows_its_breakdown(tenant: Tenant, work: Work) -> None:
    """Counts per reason in the import itself, and behind them who it was; of the latest run."""
    here, there = await tenant.campaigns(2)
    await tenant.add(there, "ann@acme.com", "bob@acme.com")
    text = "email\nann@acme.com\nbob@acme.com\ncy@x.com\n cy@x.com\nno address\n"
    started = await imported(tenant, here, text, dry_run=True)
    await work()
    await tenant.api.post(f"/imports/{started['id']}/start", json={"dry_run": False})
    await work()
    done = await shown(tenant.api, f"/imports/{started['id']}")
    counts = {"added": 1, ELSEWHERE: 2, "duplicate_in_batch": 1, "invalid_email": 1}
    assert done["by_code"] == counts
    [line] = await lines(tenant.api, {"import_id": started["id"]}, "campaign")
    assert (line["campaign_id"], line["rows"], line["share"]) == (there, 2, 0.5)


async def test_a_clean_import_has_nothing_to_tell(api: httpx.AsyncClient, tenant: Tenant) -> None:
    clean = await tenant.add(await tenant.campaign(), "ann@x.com")
    for by in ("campaign", "domain", "source_tag", "entry", "normalisation"):
        assert await lines(api, clean, by) == []


async def test_who_may_ask(
    api: httpx.AsyncClient, tenant: Tenant, other: Tenant, sent: Answer
) -> None:
    path = f"/imports/{sent['import_id']}/breakdown"
    assert (await api.get(path, headers=await key(tenant, scope="read"))).status_code == 200
    answer = await other.api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "import_not_found")
    assert (await api.get(path, params={"by": "weather"})).status_code == 422
