"""Rows in the request itself."""

from collections.abc import Awaitable, Callable

import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import shown
from tests.imports.sources import drafted, members

Work = Callable[[], Awaitable[int]]


@pytest.fixture(autouse=True)
async def no_jobs(resources: Resources) -> None:
    await resources.database.fetch("delete from jobs")


async def test_rows_of_the_request_are_read_like_a_file(
    tenant: Tenant, resources: Resources, work: Work
) -> None:
    campaign_id = await tenant.campaign()
    rows = [
        {"E-Mail": "ann@example.com", "Vorname": "Ann", "Punkte": 12},
        {"E-Mail": "cy@", "Vorname": "Cy", "Mehr": [1, None]},
        {},
    ]
    draft = await drafted(tenant, campaign_id, rows=rows)
    assert (draft["source"], draft["state"], draft["selection"]) == ("rows", "draft", None)
    assert draft["preview"]["format"] == {
        "kind": "ndjson",
        "delimiter": None,
        "encoding": "utf-8",
        "header_line": None,
    }
    assert draft["settings"]["mapping"]["E-Mail"] == "email"
    mapping = {**draft["settings"]["mapping"], "Punkte": "custom_fields.score", "Mehr": None}
    patched = {"settings": {"mapping": mapping, "start": True}}
    assert (await tenant.api.patch(f"/imports/{draft['id']}", json=patched)).is_success
    await work()
    done = await shown(tenant.api, f"/imports/{draft['id']}")
    assert done["by_code"] == {"added": 1, "invalid_email": 1, "missing_email": 1}
    ledger = (await shown(tenant.api, f"/imports/{draft['id']}/rows"))["data"]
    assert [(row["row"], row["line"]) for row in ledger] == [(1, 1), (2, 2), (3, 3)]
    assert ledger[1]["given"] == {
        "E-Mail": "cy@",
        "Vorname": "Cy",
        "Punkte": "",
        "Mehr": "[1,null]",
    }
    [ann] = await members(tenant, campaign_id)
    assert ann["lead"]["custom_fields"] == {"score": "12"}
    again = await drafted(tenant, campaign_id, {"dry_run": True}, upload_id=draft["upload_id"])
    assert again["source"] == "file"
    assert not await offenders(resources, tenant.id)


async def test_a_request_with_rows_is_sent_again(tenant: Tenant, resources: Resources) -> None:
    campaign_id = await tenant.campaign()
    body = {"rows": [{"email": "ann@example.com"}]}
    answers = [
        await tenant.api.post(
            f"/campaigns/{campaign_id}/imports", json=body, headers={"Idempotency-Key": "once"}
        )
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    files = resources.settings.data_dir / "uploads" / str(tenant.id)
    assert len(list(files.iterdir())) == 1
