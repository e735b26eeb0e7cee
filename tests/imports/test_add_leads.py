"""POST /campaigns/{c}/leads: the answer, the counters, who may send it."""

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import codes, counted, key, shown, suppress
from tests.leads.people import joined, put
from tests.make import batch, people


@pytest.mark.seed("SL-33", "SL-34", "SL-35", "SL-36", "SL-37", "SL-40", "SL-42", "SL-43")
async def test_the_whole_answer(api: httpx.AsyncClient, tenant: Tenant) -> None:
    here, elsewhere = await tenant.campaigns(2)
    [member] = await joined(tenant, here, "here@x.com")
    [away] = await joined(tenant, elsewhere, "elsewhere@x.com")
    await suppress(tenant, "leads/block-list", "blocked@x.com")
    await suppress(tenant, "unsubscribes", "gone@x.com")
    sent = ["new@x.com", "here@x.com", "elsewhere@x.com", "blocked@x.com", "gone@x.com", "x@"]
    answer = await api.post(f"/campaigns/{here}/leads", json=batch(*sent, "New@x.com", "b@x.com"))
    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("import_id") > 0
    times = [row["matched"].pop("added_at") for row in body["skipped_leads"] if row["matched"]]
    assert len(times) == 2
    nothing = {"conflict": None, "matched": None, "override": None}
    assert body == {
        "ok": True,
        "success": True,
        "message": "2 added, 6 skipped",
        "upload_count": 8,
        "total_leads": 2,
        "added_count": 2,
        "updated_count": 0,
        "unchanged_count": 0,
        "skipped_count": 6,
        "already_added_to_campaign": 1,
        "duplicate_count": 2,
        "block_count": 1,
        "unsubscribed_leads": 1,
        "invalid_email_count": 1,
        "invalid_emails": ["x@"],
        "bounce_count": 0,
        "is_lead_limit_exhausted": False,
        "lead_import_stopped_count": 0,
        "applied_scope": "workspace",
        "dry_run": False,
        "warnings": [],
        "skipped_leads": [
            nothing
            | {
                "index": 1,
                "email": "here@x.com",
                "code": "duplicate_in_campaign",
                "reason": "Already exists in this campaign",
                "conflict": {
                    "campaign_id": here,
                    "campaign_name": "Campaign 1",
                    "status": "NOT_CONTACTED",
                    "lead_id": member,
                    "tags": [],
                    "others": 0,
                },
                "override": "mode=create_and_update",
            },
            nothing
            | {
                "index": 2,
                "email": "elsewhere@x.com",
                "code": "duplicate_in_other_campaign",
                "reason": "Already exists in another campaign",
                "conflict": {
                    "campaign_id": elsewhere,
                    "campaign_name": "Campaign 2",
                    "status": "NOT_CONTACTED",
                    "lead_id": away,
                    "tags": [],
                    "others": 0,
                },
                "override": "ignore_duplicate_leads_in_other_campaign",
                "hint": "Not in progress there: duplicate_scope=active lets them in",
            },
            nothing
            | {
                "index": 3,
                "email": "blocked@x.com",
                "code": "blocked",
                "reason": "On global block list",
                "matched": {"kind": "block", "entry": "blocked@x.com", "source": "api"},
                "override": "ignore_global_block_list",
            },
            nothing
            | {
                "index": 4,
                "email": "gone@x.com",
                "code": "unsubscribed",
                "reason": "Previously unsubscribed",
                "matched": {"kind": "unsubscribe", "entry": "gone@x.com", "source": "api"},
                "override": "ignore_unsubscribe_list",
            },
            nothing
            | {
                "index": 5,
                "email": "x@",
                "code": "invalid_email",
                "reason": "Not a valid email address",
            },
            nothing
            | {
                "index": 6,
                "email": "New@x.com",
                "code": "duplicate_in_batch",
                "reason": "Repeats an earlier row of this import",
            },
        ],
    }


@pytest.mark.seed("SL-29", "SL-34", "SL-40", "DS-16")
async def test_the_same_batch_twice(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    first = await tenant.add(campaign, *people(3))
    assert counted(first) == {"upload_count": 3, "total_leads": 3, "added_count": 3}
    again = await tenant.add(
        campaign,
        *people(3),
        ignore_duplicate_leads_in_same_campaign=True,
        ignore_duplicate_leads_in_other_campaign=True,
    )
    assert counted(again) == {
        "upload_count": 3,
        "skipped_count": 3,
        "already_added_to_campaign": 3,
    }
    assert set(codes(again).values()) == {"duplicate_in_campaign"}
    assert (await shown(api, f"/campaigns/{campaign}/leads"))["total_leads"] == "3"


@pytest.mark.seed("SL-01", "SL-08", "SL-09", "SL-44", "SL-47")
async def test_bring_in_enrich_follow_and_manage(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    sent = {
        "email": "ann@example.com",
        "first_name": "Ann",
        "last_name": "Lee",
        "company_name": "Example Ltd",
        "location": "Berlin",
        "custom_fields": {
            "job_title": "CTO",
            "industry": "Software",
            "company_size": "11-50",
            "linkedin_url": "https://linkedin.com/in/annlee",
        },
    }
    [lead] = await joined(tenant, first, sent)
    row = await shown(api, f"/campaigns/{first}/leads/{lead}")
    assert {name: row["lead"][name] for name in sent} == sent
    await put(api, first, lead, "INTERESTED")
    listed = await shown(api, f"/campaigns/{first}/leads", status="INTERESTED")
    assert [row["lead"]["id"] for row in listed["data"]] == [lead]
    assert await joined(tenant, second, "ann@example.com") == [lead]
    there = await shown(api, f"/leads/{lead}/campaigns")
    assert [campaign["id"] for campaign in there] == [first, second]


async def test_ids_are_returned_when_asked_for(tenant: Tenant) -> None:
    here, elsewhere = await tenant.campaigns(2)
    [member] = await joined(tenant, here, "here@x.com")
    [away] = await joined(tenant, elsewhere, "elsewhere@x.com")
    answer = await tenant.add(
        here, "B@x.com", "here@x.com", "elsewhere@x.com", "a@x.com", "no", return_lead_ids=True
    )
    second, first = answer["lead_ids"]
    assert first != second
    assert answer["emailToLeadIdMap"] == {
        "newlyAddedLeads": {"B@x.com": str(second), "a@x.com": str(first)},
        "existingLeads": {"here@x.com": str(member)},
        "existingLeadsInOtherCampaigns": {"elsewhere@x.com": str(away)},
    }
    plain = await tenant.add(here, "c@x.com")
    assert not {"lead_ids", "emailToLeadIdMap"} & plain.keys()


async def test_ids_of_an_update(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [ann, bob] = await joined(tenant, campaign, "ann@x.com", "bob@x.com")
    answer = await tenant.add(
        campaign,
        {"email": "ann@x.com", "first_name": "Ann"},
        "bob@x.com",
        mode="create_and_update",
        return_lead_ids=True,
    )
    assert answer["lead_ids"] == []
    assert answer["emailToLeadIdMap"] == {
        "newlyAddedLeads": {},
        "existingLeads": {"ann@x.com": str(ann), "bob@x.com": str(bob)},
        "existingLeadsInOtherCampaigns": {},
    }
    assert counted(answer) == {
        "upload_count": 2,
        "updated_count": 1,
        "unchanged_count": 1,
        "already_added_to_campaign": 2,
    }
    assert answer["message"] == "0 added, 1 updated, 1 unchanged, 0 skipped"


async def test_campaigns_that_are_not_there(
    api: httpx.AsyncClient, tenant: Tenant, other: Tenant
) -> None:
    deleted = await tenant.campaign()
    assert (await api.delete(f"/campaigns/{deleted}")).status_code == 200
    for campaign in (await other.campaign(), deleted, 2**62):
        answer = await api.post(f"/campaigns/{campaign}/leads", json=batch("ann@x.com"))
        assert answer.status_code == 404
        body = answer.json()
        assert body["code"] == "campaign_not_found"
        assert body["error"] == body["message"] == "Campaign not found - Invalid campaign_id."
    assert (await shown(api, "/imports"))["data"] == []


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("write", 200), ("admin", 200)])
async def test_which_keys_may_add(
    api: httpx.AsyncClient, tenant: Tenant, scope: str, status: int
) -> None:
    campaign = await tenant.campaign()
    headers = await key(tenant, scope=scope)
    answer = await api.post(
        f"/campaigns/{campaign}/leads", json=batch("ann@x.com"), headers=headers
    )
    assert answer.status_code == status


async def test_without_a_key(anonymous: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    answer = await anonymous.post(f"/campaigns/{campaign}/leads", json=batch("ann@x.com"))
    assert (answer.status_code, answer.json()["message"]) == (401, "Invalid API Key")
    for path in (f"/campaigns/{campaign}/leads/", f"/campaigns/{campaign}/leads"):
        answer = await anonymous.post(
            path, params={"api_key": tenant.key}, json=batch(f"{len(path)}@x.com")
        )
        assert (answer.status_code, answer.json()["added_count"]) == (200, 1)
