"""Clients send again: after a 429, a time-out, a connection that broke. Nobody comes in twice."""

import asyncio
from contextlib import suppress

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.imports.batches import codes, counted, rows_everywhere, shown
from tests.leads.people import joined
from tests.make import batch, people


@pytest.mark.parametrize("after_s", [0.001, 0.003, 0.006, 0.01, 0.015, 0.02, 0.03, 0.05])
async def test_a_request_that_broke_off_is_sent_again(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, after_s: float
) -> None:
    """Wherever it broke off: all of the batch is there, or nothing."""
    campaign = await tenant.campaign()
    empty = await rows_everywhere(resources, tenant)
    sent = batch(*people(100), "x@x.com")
    request = asyncio.create_task(api.post(f"/campaigns/{campaign}/leads", json=sent))
    await asyncio.sleep(after_s)
    request.cancel()
    with suppress(asyncio.CancelledError):
        await request
    # In this order: another process may go on with it, though nobody waits.
    left = await rows_everywhere(resources, tenant)
    imports = (await shown(api, "/imports"))["data"]
    assert [done["counts"]["added"] for done in imports] in ([], [101])
    assert imports or left == empty
    again = await tenant.add(campaign, *people(100), "x@x.com")
    assert again["added_count"] + again["already_added_to_campaign"] == 101
    assert again["added_count"] in ([0] if imports else [0, 101])
    assert (await shown(api, f"/campaigns/{campaign}/leads"))["total_leads"] == "101"
    whole = await rows_everywhere(resources, tenant)
    assert (whole["leads"], whole["campaign_leads"]) == (101, 101)


async def test_the_same_request_many_times_at_once(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    """As when a client times out, and the first request is still on its way."""
    campaign = await tenant.campaign()
    sent = [
        {**lead, "linkedin_profile": f"linkedin.com/in/p{n}"} for n, lead in enumerate(people(40))
    ]
    answers = await asyncio.gather(*(tenant.add(campaign, *sent) for _ in range(6)))
    assert sorted(answer["added_count"] for answer in answers) == [0, 0, 0, 0, 0, 40]
    for answer in answers:
        assert set(codes(answer).values()) <= {"duplicate_in_campaign"}
    rows = await rows_everywhere(resources, tenant)
    assert [rows[name] for name in ("leads", "campaign_leads", "lead_linkedin")] == [40, 40, 40]
    assert (rows["imports"], rows["import_rows"]) == (6, 240)
    assert (await shown(api, f"/campaigns/{campaign}/leads"))["total_leads"] == "40"


async def test_an_update_sent_again_changes_nothing(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@x.com")
    sent = {"email": "ann@x.com", "first_name": "Ann", "custom_fields": {"a": 1.0, "b": "x"}}
    first = await tenant.add(campaign, sent, mode="create_and_update")
    again = await tenant.add(campaign, sent, mode="create_and_update")
    assert (first["updated_count"], again["unchanged_count"]) == (1, 1)
    assert counted(again) == {
        "upload_count": 1,
        "unchanged_count": 1,
        "already_added_to_campaign": 1,
    }
