"""Somebody was deleted, and is sent again by hand: a person may change their mind."""

import httpx
import pytest

from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import campaigns_of, codes, rows_everywhere, shown
from tests.leads.people import joined, member, put

ANN = "ann@x.com"


async def deleted(api: httpx.AsyncClient, campaign: int, lead: int) -> None:
    answer = await api.delete(f"/campaigns/{campaign}/leads/{lead}")
    assert answer.status_code == 200, answer.text


@pytest.mark.seed("LL-65")
async def test_added_again_after_a_deletion(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    """As the same person and a new member; the memory of the deletion ends."""
    campaign = await tenant.campaign()
    fields = {"email": ANN, "first_name": "Ann", "custom_fields": {"line": "old"}}
    [ann] = await joined(tenant, campaign, fields)
    await deleted(api, campaign, ann)
    assert (await rows_everywhere(resources, tenant))["tombstones"] == 1
    dry = await tenant.add(campaign, ANN, dry_run=True)
    assert dry["added_count"] == 1
    assert (await rows_everywhere(resources, tenant))["tombstones"] == 1
    assert await joined(tenant, campaign, ANN) == [ann]
    assert (await rows_everywhere(resources, tenant))["tombstones"] == 0
    here = await member(api, campaign, ann)
    assert (here["lead"]["first_name"], here["status"]) == ("Ann", "NOT_CONTACTED")


async def test_deleted_in_one_campaign_added_to_another(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    first, second = await tenant.campaigns(2)
    [ann] = await joined(tenant, first, ANN)
    await deleted(api, first, ann)
    assert (await tenant.add(second, ANN))["added_count"] == 1
    assert await campaigns_of(tenant, ANN) == [second]
    assert (await rows_everywhere(resources, tenant))["tombstones"] == 1


async def test_a_deletion_goes_with_the_person(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    """To their new address, and back again; whoever has the old one was never contacted."""
    first, second, third = await tenant.campaigns(3)
    [ann] = await joined(tenant, first, ANN)
    await joined(tenant, second, ANN)
    await put(api, first, ann, "REPLIED")
    await deleted(api, first, ann)
    await tenant.policy(preset="ai_acquisition", protect_replied_days=30)
    for address in ("new@x.com", ANN, "new@x.com"):
        answer = await api.patch(f"/campaigns/{second}/leads/{ann}", json={"email": address})
        assert answer.status_code == 200, answer.text
        assert await offenders(resources, tenant.id) == []
    await deleted(api, second, ann)
    refused = await tenant.add(third, ANN, "new@x.com", ignore_recent_contact=True)
    assert codes(refused) == {"new@x.com": "duplicate_in_other_campaign"}
    why = (await shown(api, "/leads/why", email="new@x.com", campaign_id=third))["add"]
    assert (why["code"], why["conflict"]["campaign_id"]) == ("contacted_recently", first)


async def test_contact_is_counted_beyond_a_deletion(api: httpx.AsyncClient, tenant: Tenant) -> None:
    first, second = await tenant.campaigns(2)
    [ann] = await joined(tenant, first, ANN)
    await api.post(f"/campaigns/{first}/leads/{ann}/status", json={"status": "REPLIED"})
    await deleted(api, first, ann)
    await tenant.policy(protect_replied_days=30)
    for campaign in (first, second):
        why = (await shown(api, "/leads/why", email=ANN, campaign_id=campaign))["add"]
        assert (why["code"], why["conflict"]["campaign_id"]) == ("contacted_recently", first)
