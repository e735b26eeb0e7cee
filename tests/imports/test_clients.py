"""Agencies: with the boundary at the client, one client's leads are none of another's business."""

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import campaigns_of, codes, refusal
from tests.leads.people import joined, put

ANN = "ann@x.com"


@pytest.mark.parametrize("scope", ["active", "workspace"])
@pytest.mark.parametrize("boundary", ["workspace", "client"])
async def test_elsewhere_ends_at_the_boundary(
    api: httpx.AsyncClient, tenant: Tenant, boundary: str, scope: str
) -> None:
    await tenant.policy(boundary=boundary)
    theirs = await tenant.campaign("Theirs", client_id=6)
    nobodys = await tenant.campaign("Nobody's")
    ours, ours_too = [await tenant.campaign(name, client_id=5) for name in ("Ours", "Ours too")]
    for campaign in (theirs, nobodys):
        [ann] = await joined(tenant, campaign, ANN)
        await put(api, campaign, ann, "IN_PROGRESS")
    answer = await tenant.add(ours, ANN, duplicate_scope=scope)
    if boundary == "workspace":
        assert refusal(answer)["conflict"]["others"] == 1
        return
    assert answer["added_count"] == 1
    await put(api, ours, ann, "IN_PROGRESS")
    conflict = refusal(await tenant.add(ours_too, ANN, duplicate_scope=scope))["conflict"]
    assert (conflict["campaign_name"], conflict["others"]) == ("Ours", 0)
    assert await campaigns_of(tenant, ANN) == [theirs, nobodys, ours]


async def test_the_lock_holds_within_a_client(api: httpx.AsyncClient, tenant: Tenant) -> None:
    await tenant.policy(boundary="client", floor="workspace")
    gone = await tenant.campaign("Theirs", client_id=6)
    ours, ours_too = [await tenant.campaign(name, client_id=5) for name in ("Ours", "Ours too")]
    [ann] = await joined(tenant, gone, ANN)
    await put(api, gone, ann, "IN_PROGRESS")
    await api.delete(f"/campaigns/{gone}/leads/{ann}")
    assert (await tenant.add(ours, ANN))["added_count"] == 1
    assert codes(await tenant.add(ours_too, ANN)) == {ANN: "duplicate_in_other_campaign"}
