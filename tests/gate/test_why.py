"""GET /leads/why: every rule that says no, for an add and for a send, and what was seen."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import key, shown, suppress
from tests.leads.people import joined, put

ANN = "ann@x.com"


@pytest.mark.seed("LL-61", "LL-63", "LL-64")
async def test_everything_that_is_known(api: httpx.AsyncClient, tenant: Tenant) -> None:
    here = await tenant.campaign("Here", status="START")
    old = await tenant.campaign("Old", status="COMPLETED")
    busy = await tenant.campaign("Busy", status="START")
    await tenant.add(old, ANN, tags=["Q4"])
    [ann] = await joined(tenant, busy, ANN)
    await put(api, busy, ann, "IN_PROGRESS")
    await suppress(tenant, "unsubscribes", ANN)
    found = await shown(api, "/leads/why", email=" Ann@X.com", campaign_id=here)
    for entry in (found["add"]["matched"], *found["facts"]["suppressions"]):
        assert entry.pop("added_at")
    contacted = [there.pop("contacted_at") for there in found["facts"]["memberships"]]
    assert [moment is not None for moment in contacted] == [False, True]
    entry = {"kind": "unsubscribe", "entry": ANN, "source": "api"}
    sending = {"archived": False, "holding": False, "replied_at": None}
    assert found == {
        "email": ANN,
        "campaign_id": here,
        "add": {
            "allowed": False,
            "code": "unsubscribed",
            "reason": "Previously unsubscribed",
            "conflict": None,
            "matched": entry,
            "override": "ignore_unsubscribe_list",
            "allowed_from": None,
            "hint": None,
            "also": [
                {
                    "code": "duplicate_in_other_campaign",
                    "reason": "Already exists in another campaign",
                    "conflict": {
                        "campaign_id": busy,
                        "campaign_name": "Busy",
                        "status": "IN_PROGRESS",
                        "lead_id": ann,
                        "tags": [],
                        "others": 1,
                    },
                    "matched": None,
                    "override": "ignore_duplicate_leads_in_other_campaign",
                    "allowed_from": None,
                    "hint": None,
                }
            ],
            "applied_scope": "workspace",
            "scope_from": "workspace",
        },
        "send": {
            "allowed": False,
            "stops": [
                {"code": "not_in_campaign", "reason": "Not in this campaign", "matched": None}
            ],
            "monitor_bounces": False,
        },
        "facts": {
            "lead_id": ann,
            "validation": None,
            "memberships": [
                sending
                | {
                    "campaign_id": old,
                    "campaign_name": "Old",
                    "campaign_status": "COMPLETED",
                    "status": "NOT_CONTACTED",
                    "active": False,
                    "tags": ["Q4"],
                },
                sending
                | {
                    "campaign_id": busy,
                    "campaign_name": "Busy",
                    "campaign_status": "ACTIVE",
                    "status": "IN_PROGRESS",
                    "active": True,
                    "tags": [],
                },
            ],
            "suppressions": [entry],
            "deletions": [],
        },
    }


async def test_somebody_new(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    headers = await key(tenant, scope="read", defaults={"duplicate_scope": "active"})
    answer = await api.get(
        "/leads/why", params={"email": ANN, "campaign_id": campaign}, headers=headers
    )
    assert answer.status_code == 200
    found = answer.json()
    assert (found["add"]["allowed"], found["add"]["code"], found["add"]["also"]) == (
        True,
        "added",
        [],
    )
    assert (found["add"]["applied_scope"], found["add"]["scope_from"]) == ("active", "key")
    assert found["facts"] == {
        "lead_id": None,
        "validation": None,
        "memberships": [],
        "suppressions": [],
        "deletions": [],
    }


async def test_a_member(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign(status="START")
    [ann] = await joined(tenant, campaign, ANN)
    found = await shown(api, "/leads/why", email=ANN, campaign_id=campaign)
    unchecked = {"code": "not_validated", "reason": "The address was not checked yet"}
    assert (found["add"]["code"], found["send"]) == (
        "duplicate_in_campaign",
        {"allowed": False, "stops": [unchecked | {"matched": None}], "monitor_bounces": False},
    )
    await put(api, campaign, ann, "PAUSED")
    await api.post(f"/campaigns/{campaign}/archive")
    found = await shown(api, "/leads/why", email=ANN, campaign_id=campaign)
    assert [stop["reason"] for stop in found["send"]["stops"]] == [
        "The status is PAUSED",
        "The campaign is not sending (archived)",
        "The address was not checked yet",
    ]


async def test_other_clients_campaigns_are_not_shown(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    await tenant.policy(boundary="client", recontact_after_days=30)
    ours = await tenant.campaign("Ours", client_id=5)
    theirs, gone = [await tenant.campaign(name, client_id=6) for name in ("Theirs", "Gone")]
    [ann] = await joined(tenant, gone, ANN)
    await joined(tenant, theirs, ANN)
    await put(api, theirs, ann, "COMPLETED")
    await put(api, gone, ann, "COMPLETED")
    await api.delete(f"/campaigns/{gone}/leads/{ann}")
    found = await shown(api, "/leads/why", email=ANN, campaign_id=ours)
    assert found["add"]["allowed"] is True
    assert (found["facts"]["memberships"], found["facts"]["deletions"]) == ([], [])
    theirs_too = await shown(api, "/leads/why", email=ANN, campaign_id=theirs)
    assert [there["campaign_name"] for there in theirs_too["facts"]["deletions"]] == ["Gone"]


async def test_questions_that_cannot_be_answered(
    api: httpx.AsyncClient, anonymous: httpx.AsyncClient, tenant: Tenant, other: Tenant
) -> None:
    campaign, theirs = await tenant.campaign(), await other.campaign()
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"email": ANN, "campaign_id": theirs}, 404, "campaign_not_found"),
        ({"email": "no address", "campaign_id": campaign}, 422, "invalid_email"),
        ({"email": "", "campaign_id": campaign}, 422, "invalid_email"),
        ({"email": ANN}, 422, "invalid_request"),
        ({"campaign_id": campaign}, 422, "invalid_request"),
        ({"email": ANN, "campaign_id": 0}, 422, "invalid_request"),
        ({"email": "a\x00@x.com", "campaign_id": campaign}, 422, "invalid_request"),
    ]
    for query, status, code in cases:
        answer = await api.get("/leads/why", params=query)
        assert (answer.status_code, answer.json()["code"]) == (status, code), query
    assert (await anonymous.get("/leads/why", params=cases[0][0])).status_code == 401


async def test_another_workspaces_people_are_unknown(
    api: httpx.AsyncClient, tenant: Tenant, other: Tenant
) -> None:
    await joined(other, await other.campaign(), ANN)
    await suppress(other, "do-not-contact", ANN)
    found = await shown(api, "/leads/why", email=ANN, campaign_id=await tenant.campaign())
    assert (found["add"]["allowed"], found["facts"]["lead_id"]) == (True, None)


async def test_a_deletion_is_shown_also_where_it_stands_in_nobodys_way(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    campaign = await tenant.campaign("Spring")
    [ann] = await joined(tenant, campaign, ANN)
    await api.delete(f"/campaigns/{campaign}/leads/{ann}")
    found = await shown(api, "/leads/why", email=ANN, campaign_id=campaign)
    assert found["add"]["allowed"] is True
    assert found["facts"]["deletions"] == [
        {"campaign_id": campaign, "campaign_name": "Spring", "contacted_at": None}
    ]
