"""Who asked to be left alone, or is blocked: stopped on the way in, and again before every mail."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import codes, counted, refusal, shown, suppress
from tests.leads.people import joined, put, status_of

ANN = "ann@x.com"
LISTS = {
    "blocked": ("leads/block-list", "block", "ignore_global_block_list"),
    "unsubscribed": ("unsubscribes", "unsubscribe", "ignore_unsubscribe_list"),
    "do_not_contact": ("do-not-contact", "do_not_contact", None),
}
COUNTERS = {
    "blocked": "block_count",
    "unsubscribed": "unsubscribed_leads",
    "do_not_contact": "block_count",
}


async def sending(tenant: Tenant, campaign: int, email: str = ANN) -> list[str]:
    """What would keep a mail from being sent."""
    why = await shown(tenant.api, "/leads/why", email=email, campaign_id=campaign)
    codes = [stop["code"] for stop in why["send"]["stops"]]
    assert codes.pop() == "not_validated"
    return codes


@pytest.mark.seed("SL-27", "SL-31", "SL-32", "SL-33", "SL-35", "SL-36")
@pytest.mark.parametrize("code", LISTS)
async def test_a_list_stops_whoever_is_on_it(tenant: Tenant, code: str) -> None:
    path, kind, flag = LISTS[code]
    await suppress(tenant, path, ANN)
    answer = await tenant.add(await tenant.campaign(), ANN, "bob@x.com")
    assert counted(answer) == {
        "upload_count": 2,
        "total_leads": 1,
        "added_count": 1,
        "skipped_count": 1,
        COUNTERS[code]: 1,
    }
    row = refusal(answer)
    assert (row["code"], row["override"], row["conflict"]) == (code, flag, None)
    assert row["matched"].pop("added_at")
    assert row["matched"] == {"kind": kind, "entry": ANN, "source": "api"}


@pytest.mark.seed("SL-04", "SL-05", "SL-31", "SL-32")
@pytest.mark.parametrize("code", LISTS)
@pytest.mark.parametrize("value", [None, False, True])
async def test_each_flag_passes_over_its_own_list(
    tenant: Tenant, code: str, value: bool | None
) -> None:
    """The default is false, and nothing passes over do-not-contact."""
    path, _, own = LISTS[code]
    await suppress(tenant, path, ANN)
    campaign = await tenant.campaign()
    flags = ["ignore_global_block_list", "ignore_unsubscribe_list"]
    others: dict[str, Any] = {flag: True for flag in flags if flag != own}
    assert codes(await tenant.add(campaign, ANN, **others)) == {ANN: code}
    if own:
        answer = await tenant.add(campaign, ANN, **{own: value})
        assert codes(answer) == ({} if value else {ANN: code})


@pytest.mark.parametrize(
    ("entry", "stopped"),
    [
        ("x.com", ["ann@x.com"]),
        ("*.x.com", ["ann@x.com", "ann@mail.x.com"]),
        ("mail.x.com", ["ann@mail.x.com"]),
    ],
)
async def test_domains(tenant: Tenant, entry: str, stopped: list[str]) -> None:
    body = {"domain_block_list": [entry], "client_id": None}
    assert (await tenant.api.post("/leads/add-domain-block-list", json=body)).status_code == 200
    everybody = ["ann@x.com", "ann@mail.x.com", "ann@y.com"]
    answer = await tenant.add(await tenant.campaign(), *everybody)
    assert codes(answer) == dict.fromkeys(stopped, "blocked")
    assert {row["matched"]["entry"] for row in answer["skipped_leads"]} == {entry}


@pytest.mark.seed("SL-27", "SL-31")
async def test_a_block_that_was_passed_over_holds_for_everybody_else(tenant: Tenant) -> None:
    """It is remembered with the membership: the same block does not stop its mails."""
    campaign = await tenant.campaign(status="START")
    body = {"domain_block_list": [ANN, "x.com"]}
    await tenant.api.post("/leads/add-domain-block-list", json=body)
    assert (await tenant.add(campaign, ANN, ignore_global_block_list=True))["added_count"] == 1
    assert await sending(tenant, campaign) == []
    body = {"domain_block_list": ["*.x.com"]}
    await tenant.api.post("/leads/add-domain-block-list", json=body)
    assert await sending(tenant, campaign) == ["blocked"]
    assert codes(await tenant.add(campaign, "bob@x.com")) == {"bob@x.com": "blocked"}


async def test_no_flag_keeps_an_opt_out_from_holding_at_send(tenant: Tenant) -> None:
    campaign = await tenant.campaign(status="START")
    await suppress(tenant, "unsubscribes", ANN)
    flags = {"ignore_unsubscribe_list": True, "ignore_global_block_list": True}
    assert (await tenant.add(campaign, ANN, **flags))["added_count"] == 1
    assert await sending(tenant, campaign) == ["unsubscribed"]
    await suppress(tenant, "do-not-contact", ANN)
    assert await sending(tenant, campaign) == ["do_not_contact", "unsubscribed"]


async def test_what_was_passed_over_is_audited(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    answer = await tenant.add(
        campaign, ANN, ignore_unsubscribe_list=True, ignore_recent_contact=True
    )
    duplicates = "ignore_duplicate_leads_in_other_campaign"
    allowed = await tenant.add(campaign, "dan@x.com", **{duplicates: True})
    await tenant.add(campaign, "bob@x.com", ignore_unsubscribe_list=False, **{duplicates: False})
    await tenant.add(campaign, "eve@x.com", ignore_unsubscribe_list=True, dry_run=True)
    log = await shown(api, "/audit")
    latest, entry = [line for line in log["data"] if line["action"] == "import.checks_passed_over"]
    assert latest["target"] == f"import:{allowed['import_id']}"
    assert latest["after"]["flags"] == [duplicates]
    assert (entry["target"], entry["key_name"]) == (f"import:{answer['import_id']}", "test")
    assert entry["after"] == {
        "flags": ["ignore_unsubscribe_list", "ignore_recent_contact"],
        "campaign_id": campaign,
    }
    done = await shown(api, f"/imports/{answer['import_id']}")
    assert done["settings"]["ignore_unsubscribe_list"] is True


@pytest.mark.seed("SL-46")
async def test_who_unsubscribed_is_not_brought_back(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """What a person unsubscribes from, by a link or otherwise, is every campaign."""
    first, second, third = await tenant.campaigns(3)
    [ann] = await joined(tenant, first, ANN)
    await joined(tenant, second, ANN)
    assert (await api.post(f"/leads/{ann}/unsubscribe")).json() == {"ok": True}
    assert [await status_of(api, c, ann) for c in (first, second)] == ["UNSUBSCRIBED"] * 2
    listed = (await shown(api, "/unsubscribes"))["data"]
    assert [(entry["entry"], entry["source"]) for entry in listed] == [(ANN, "lead")]
    answer = await tenant.add(third, ANN, ignore_duplicate_leads_in_other_campaign=True)
    assert codes(answer) == {ANN: "unsubscribed"}
    assert refusal(answer)["matched"]["source"] == "lead"


async def test_unsubscribed_from_one_campaign(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """Ended there for the scopes, and stopped by the list only there: two checks, two codes."""
    first, second = await tenant.campaigns(2)
    [ann] = await joined(tenant, first, ANN)
    await api.post(f"/campaigns/{first}/leads/{ann}/unsubscribe")
    await api.delete(f"/campaigns/{first}/leads/{ann}")
    assert codes(await tenant.add(first, ANN)) == {ANN: "unsubscribed"}
    assert (await tenant.add(second, ANN, duplicate_scope="active"))["added_count"] == 1


async def test_a_retry_answers_the_same_after_an_opt_out(tenant: Tenant) -> None:
    """Correcting a member's name is no outreach."""
    campaign = await tenant.campaign()
    await joined(tenant, campaign, ANN)
    await suppress(tenant, "do-not-contact", ANN)
    assert codes(await tenant.add(campaign, ANN)) == {ANN: "duplicate_in_campaign"}
    renamed = {"email": ANN, "first_name": "Ann"}
    assert (await tenant.add(campaign, renamed, mode="create_and_update"))["updated_count"] == 1


@pytest.mark.parametrize("status", ["BOUNCED", "INVALID"])
async def test_known_undeliverable(api: httpx.AsyncClient, tenant: Tenant, status: str) -> None:
    first, second = await tenant.campaigns(2)
    [ann] = await joined(tenant, first, ANN)
    await put(api, first, ann, status)
    loose = {"duplicate_scope": "campaign"}
    assert (await tenant.add(second, ANN, **loose, dry_run=True))["added_count"] == 1
    await tenant.policy(check_undeliverable=True)
    answer = await tenant.add(second, ANN, **loose)
    assert (codes(answer), answer["bounce_count"]) == ({ANN: "known_undeliverable"}, 1)
    assert refusal(answer)["override"] == "ignore_undeliverable"
    assert (await tenant.add(second, ANN, **loose, ignore_undeliverable=True))["added_count"] == 1


async def test_contacted_recently(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    [ann] = await joined(tenant, first, ANN)
    await put(api, first, ann, "COMPLETED")
    await tenant.policy(recontact_after_days=30)
    loose = {"duplicate_scope": "campaign"}
    answer = await tenant.add(second, ANN, **loose)
    row = refusal(answer)
    assert counted(answer) == {"upload_count": 1, "skipped_count": 1}
    assert (row["code"], row["override"]) == ("contacted_recently", "ignore_recent_contact")
    assert row["conflict"]["campaign_id"] == first
    assert row["reason"] == f"Contacted recently; allowed from {row['allowed_from'][:10]}"
    [line] = (await shown(api, f"/imports/{answer['import_id']}/rows"))["data"]
    assert line["allowed_from"] == row["allowed_from"]
    await api.delete(f"/campaigns/{first}/leads/{ann}")
    assert codes(await tenant.add(second, ANN, **loose)) == {ANN: "contacted_recently"}
    assert (await tenant.add(second, ANN, **loose, ignore_recent_contact=True))["added_count"] == 1
