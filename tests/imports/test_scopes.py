"""The three duplicate scopes, as lemlist's help tells of them."""

import httpx
import pytest

from tests.client import Tenant
from tests.gate.cells import MEMBER, SCOPES, cells
from tests.imports.batches import campaigns_of, codes, counted, refusal, shown
from tests.leads.people import joined, put

IN_PROGRESS, ELSEWHERE = "in_progress_in_other_campaign", "duplicate_in_other_campaign"
X = "x@example.com"


async def become(tenant: Tenant, campaign: int, word: str, email: str = X) -> int:
    """Bring somebody into a campaign, at a status in lemlist's word."""
    [lead] = await joined(tenant, campaign, email)
    answer = await tenant.api.post(
        f"/campaigns/{campaign}/leads/{lead}/status",
        params={"vocabulary": "lemlist"},
        json={"status": word},
    )
    assert answer.status_code == 200, answer.text
    return lead


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("mode", ["create_only", "create_and_update", "update_only"])
async def test_the_cells_of_a_mode_and_a_scope(tenant: Tenant, mode: str, scope: str) -> None:
    here, elsewhere = await tenant.campaigns(2)
    await joined(tenant, here, "here@x.com", "same@x.com")
    await joined(tenant, elsewhere, "active@x.com", "ended@x.com")
    for word, name in (("inProgress", "active"), ("done", "ended")):
        lead = (await shown(tenant.api, "/leads", email=f"{name}@x.com"))["id"]
        path = f"/campaigns/{elsewhere}/leads/{lead}/status"
        await tenant.api.post(path, params={"vocabulary": "lemlist"}, json={"status": word})
    people = ("unknown", "here", "active elsewhere", "ended elsewhere")
    sent = {f"{name.split()[0]}@x.com": name for name in people}
    rows = [{"email": email, "first_name": "New"} for email in sent]
    answer = await tenant.add(here, *rows, "same@x.com", mode=mode, duplicate_scope=scope)
    expected = {
        cell.person: cell.outcome for cell in cells() if cell[0] == mode and cell[2] == scope
    }
    refused = codes(answer)
    here_again = refused.pop("same@x.com", "unchanged")
    assert here_again == ("duplicate_in_campaign" if mode == "create_only" else "unchanged")
    accepted = {"added", MEMBER}
    assert refused == {
        email: expected[name] for email, name in sent.items() if expected[name] not in accepted
    }
    outcomes = list(expected.values())
    assert answer["added_count"] == outcomes.count("added")
    assert answer["updated_count"] == outcomes.count(MEMBER)
    assert answer["applied_scope"] == scope


@pytest.mark.seed("LL-02", "LL-03", "LL-04", "LL-40", "LL-41", "LL-42")
async def test_campaign_level(tenant: Tenant) -> None:
    cold = await tenant.campaign("Cold Outreach", status="START")
    again = await tenant.campaign("Re-engagement")
    await become(tenant, cold, "inProgress")
    assert counted(await tenant.add(again, X, duplicate_scope="campaign"))["added_count"] == 1
    assert await campaigns_of(tenant, X) == [cold, again]
    skipped = await tenant.add(again, X, duplicate_scope="campaign")
    assert codes(skipped) == {X: "duplicate_in_campaign"}


@pytest.mark.seed("LL-05", "LL-06", "LL-43", "LL-60", "LL-64")
@pytest.mark.parametrize("word", ["inProgress", "paused", "reviewed", "scheduled"])
async def test_active_level_skips_who_is_active(tenant: Tenant, word: str) -> None:
    first = await tenant.campaign("Q4 Outreach")
    second = await tenant.campaign()
    lead = await become(tenant, first, word)
    found = await tenant.add(second, X, duplicate_scope="active")
    row = refusal(found)
    assert (row["code"], row["reason"]) == (
        IN_PROGRESS,
        "Currently in progress in another campaign",
    )
    status = "IN_PROGRESS" if word == "inProgress" else word.upper()
    assert row["conflict"] == {
        "campaign_id": first,
        "campaign_name": "Q4 Outreach",
        "status": status,
        "lead_id": lead,
        "tags": [],
        "others": 0,
    }
    assert found["applied_scope"] == "active"


@pytest.mark.seed("LL-05", "LL-07", "LL-08", "LL-44", "LL-45", "LL-69")
@pytest.mark.parametrize("word", ["done", "interested", "notInterested", "unsubscribed"])
async def test_active_level_brings_back_with_whom_it_ended(tenant: Tenant, word: str) -> None:
    """Re-engaging somebody takes the active level."""
    old = await tenant.campaign("Old", status="START")
    again = await tenant.campaign("Re-engagement")
    await become(tenant, old, word)
    assert (await tenant.add(again, X, duplicate_scope="active"))["added_count"] == 1
    assert await campaigns_of(tenant, X) == [old, again]


@pytest.mark.seed("LL-09", "LL-10", "LL-46", "LL-47", "LL-70")
@pytest.mark.parametrize(
    "word",
    ["inProgress", "paused", "reviewed", "scheduled", "done", "interested", "notInterested"],
)
@pytest.mark.parametrize("campaign_status", ["START", "STOPPED", "COMPLETED"])
async def test_workspace_level_skips_whoever_is_anywhere(
    tenant: Tenant, word: str, campaign_status: str
) -> None:
    """Never writing to anybody twice takes the workspace level."""
    first = await tenant.campaign("A", status=campaign_status)
    second = await tenant.campaign("B")
    await become(tenant, first, word)
    assert codes(await tenant.add(second, X, duplicate_scope="workspace")) == {X: ELSEWHERE}
    assert codes(await tenant.add(first, X, duplicate_scope="workspace")) == {
        X: "duplicate_in_campaign"
    }
    assert await campaigns_of(tenant, X) == [first]


@pytest.mark.seed("LL-30")
async def test_one_of_the_three(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    for scope in (["campaign", "active"], "team", 3):
        answer = await api.post(
            f"/campaigns/{campaign}/leads",
            json={"lead_list": [{"email": X}], "settings": {"duplicate_scope": scope}},
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/settings/duplicate_scope"


@pytest.mark.seed("LL-63")
async def test_the_rule_that_stopped_somebody_from_a_completed_campaign(tenant: Tenant) -> None:
    old = await tenant.campaign("Old", status="COMPLETED")
    new = await tenant.campaign()
    await become(tenant, old, "done")
    answer = await tenant.add(new, X)
    row = refusal(answer)
    assert (row["code"], row["conflict"]["campaign_name"]) == (ELSEWHERE, "Old")
    assert answer["applied_scope"] == "workspace"
    assert answer["warnings"] == [
        {
            "code": "scope_refused_most",
            "detail": "1 of 1 leads were refused by the scope 'workspace'"
            ' (the default of the workspace), most often by "Old".'
            " 1 is not in progress there: duplicate_scope=active lets them in.",
            "campaign_id": old,
            "campaign_name": "Old",
            "send_instead": "ignore_duplicate_leads_in_other_campaign",
        }
    ]
    assert (await tenant.add(new, X, duplicate_scope="active"))["added_count"] == 1


@pytest.mark.seed("LL-65")
@pytest.mark.parametrize("fix", ["wait", "remove"])
async def test_wait_or_remove_them_there(tenant: Tenant, fix: str) -> None:
    first = await tenant.campaign(status="START")
    second = await tenant.campaign()
    lead = await become(tenant, first, "inProgress")
    assert codes(await tenant.add(second, X, duplicate_scope="active")) == {X: IN_PROGRESS}
    if fix == "wait":
        await put(tenant.api, first, lead, "COMPLETED")
    else:
        answer = await tenant.api.delete(f"/campaigns/{first}/leads/{lead}")
        assert answer.status_code == 200
    assert (await tenant.add(second, X, duplicate_scope="active"))["added_count"] == 1


@pytest.mark.parametrize(
    ("campaign", "active", "anywhere"),
    [
        ({}, True, False),
        ({"status": "START"}, False, False),
        ({"status": "PAUSED"}, False, False),
        ({"status": "STOPPED"}, True, False),
        ({"holding": True}, True, True),
    ],
    ids=["drafted", "active", "paused", "stopped", "holding"],
)
async def test_somebody_new_in_a_campaign(
    tenant: Tenant, campaign: dict[str, str], active: bool, anywhere: bool
) -> None:
    """Who was not written to is active while the campaign sends."""
    first = await tenant.campaign("A", **campaign)
    second, third = await tenant.campaigns(2)
    await joined(tenant, first, X)
    by_active = await tenant.add(second, X, duplicate_scope="active", dry_run=True)
    by_workspace = await tenant.add(third, X, duplicate_scope="workspace", dry_run=True)
    assert (by_active["added_count"], by_workspace["added_count"]) == (active, anywhere)


async def test_archived_and_deleted_campaigns(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    await become(tenant, first, "inProgress")
    await api.post(f"/campaigns/{first}/archive")
    dry = {"dry_run": True}
    assert (await tenant.add(second, X, duplicate_scope="active", **dry))["added_count"] == 1
    assert codes(await tenant.add(second, X, **dry)) == {X: ELSEWHERE}
    await api.delete(f"/campaigns/{first}")
    assert (await tenant.add(second, X))["added_count"] == 1


@pytest.mark.seed("SL-06", "SL-30", "SL-37", "SL-41")
async def test_smartleads_flag(tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    await joined(tenant, first, X)
    flag = "ignore_duplicate_leads_in_other_campaign"
    for settings in ({}, {flag: False}, {flag: None}):
        row = refusal(await tenant.add(second, X, **settings))
        assert (row["code"], row["reason"]) == (ELSEWHERE, "Already exists in another campaign")
        assert row["override"] == flag
    allowed = await tenant.add(second, X, **{flag: True})
    assert (allowed["added_count"], allowed["applied_scope"]) == (1, "campaign")
    assert await campaigns_of(tenant, X) == [first, second]


async def test_what_the_flag_really_did(tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    await joined(tenant, first, X)
    await tenant.policy(duplicate_flag_meaning="legacy")
    flag = "ignore_duplicate_leads_in_other_campaign"
    assert codes(await tenant.add(second, X, **{flag: True})) == {X: ELSEWHERE}
    assert (await tenant.add(second, X, dry_run=True))["applied_scope"] == "campaign"
    assert (await tenant.add(second, X, **{flag: False}))["added_count"] == 1


async def test_the_warning_counts_half_of_the_batch(tenant: Tenant) -> None:
    first, second, third = await tenant.campaigns(3)
    await joined(tenant, first, "a@x.com")
    await joined(tenant, second, "b@x.com", "c@x.com")
    most = ["a@x.com", "b@x.com", "c@x.com", "1@x.com", "2@x.com", "3@x.com"]
    answer = await tenant.add(third, *most, dry_run=True, duplicate_scope="workspace")
    [warning] = answer["warnings"]
    assert (warning["campaign_id"], warning["send_instead"]) == (second, "duplicate_scope=campaign")
    assert "3 of 6" in warning["detail"]
    assert "asked for in the settings" in warning["detail"]
    assert (await tenant.add(third, *most, "4@x.com", dry_run=True))["warnings"] == []
