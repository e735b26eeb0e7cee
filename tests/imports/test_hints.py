"""Who has ended elsewhere may come in under a narrower scope, and is told so."""

import pytest

from tests.client import Tenant
from tests.imports.batches import codes, shown
from tests.imports.test_files import Work, imported
from tests.leads.people import joined, put


@pytest.mark.seed("LL-39")
async def test_who_has_ended_elsewhere_may_be_imported_under_scope_active(
    tenant: Tenant, work: Work
) -> None:
    """The row says so, the answer, the import, its ledger and "why?"; and it is true."""
    old, new, floored = await tenant.campaigns(3)
    emails = ["done@x.com", "replied@x.com", "busy@x.com"]
    leads = await joined(tenant, old, *emails)
    for lead, status in zip(leads, ("COMPLETED", "REPLIED", "IN_PROGRESS"), strict=True):
        await put(tenant.api, old, lead, status)
    hint = "Not in progress there: duplicate_scope=active lets them in"
    answer = await tenant.add(new, *emails)
    assert [row.get("hint") for row in answer["skipped_leads"]] == [hint, hint, None]
    [warning] = answer["warnings"]
    assert warning["detail"].endswith(
        'most often by "Campaign 1". 2 are not in progress there: duplicate_scope=active lets them'
        " in."
    )
    started = await imported(tenant, new, "email\n" + "\n".join(emails))
    await work()
    for import_id in (answer["import_id"], started["id"]):
        assert (await shown(tenant.api, f"/imports/{import_id}"))["warnings"] == [warning]
        ledger = (await shown(tenant.api, f"/imports/{import_id}/rows"))["data"]
        assert [row["hint"] for row in ledger] == [hint, hint, None]
    why = await shown(tenant.api, "/leads/why", email=emails[0], campaign_id=new)
    assert why["add"]["hint"] == hint
    answer = await tenant.add(new, *emails, duplicate_scope="active")
    assert codes(answer) == {"busy@x.com": "in_progress_in_other_campaign"}
    # Where the floor lets nobody in twice, there is nothing to hint at.
    await tenant.policy(floor="workspace")
    answer = await tenant.add(floored, *emails)
    assert [row.get("hint") for row in answer["skipped_leads"]] == [None, None, None]
    assert "duplicate_scope=active" not in answer["warnings"][0]["detail"]
