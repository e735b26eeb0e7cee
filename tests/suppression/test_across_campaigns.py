"""What an entry stops when leads come in."""

from typing import Any

import pytest

from tests.client import Tenant


def codes(answer: dict[str, Any]) -> dict[str, str]:
    return {row["email"]: row["code"] for row in answer["skipped_leads"]}


@pytest.mark.seed("SL-26", "SL-28")
async def test_a_block_holds_in_every_campaign(tenant: Tenant) -> None:
    """Those that were there before the block, and those that were made after it."""
    before = await tenant.campaign()
    entries = {"emails": ["Ann@x.com"], "domains": ["y.com", "*.z.com"]}
    assert (await tenant.api.post("/leads/block-list", json=entries)).status_code == 200
    after = await tenant.campaign()
    people = ["ann@x.com", "ann@y.com", "ann@b.z.com"]
    for campaign_id in (before, after):
        answer = await tenant.add(campaign_id, *people)
        assert codes(answer) == dict.fromkeys(people, "blocked")
        assert answer["added_count"] == 0
        answer = await tenant.add(campaign_id, f"free{campaign_id}@x.com", f"{campaign_id}@b.y.com")
        assert answer["added_count"] == 2


async def test_an_unsubscribe_of_one_campaign_holds_there_only(tenant: Tenant) -> None:
    left, other = await tenant.campaigns(2)
    body = {"emails": ["ann@x.com"], "campaign_id": left}
    assert (await tenant.api.post("/unsubscribes", json=body)).status_code == 200
    assert codes(await tenant.add(left, "ann@x.com")) == {"ann@x.com": "unsubscribed"}
    assert (await tenant.add(other, "ann@x.com"))["added_count"] == 1


@pytest.mark.parametrize(
    ("path", "code"), [("/unsubscribes", "unsubscribed"), ("/do-not-contact", "do_not_contact")]
)
async def test_a_lifted_opt_out_stops_nobody(tenant: Tenant, path: str, code: str) -> None:
    campaign_id = await tenant.campaign()
    body = {"emails": ["ann@x.com"]}
    assert (await tenant.api.post(path, json=body)).status_code == 200
    assert codes(await tenant.add(campaign_id, "ann@x.com")) == {"ann@x.com": code}
    assert (await tenant.api.request("DELETE", path, json=body)).status_code == 200
    assert (await tenant.add(campaign_id, "ann@x.com"))["added_count"] == 1


@pytest.mark.parametrize("boundary", ["workspace", "client"])
async def test_entries_of_one_client(tenant: Tenant, boundary: str) -> None:
    """With the boundary "client" they hold for that client; do-not-contact always does."""
    await tenant.policy(boundary=boundary)
    theirs = await tenant.campaign(client_id=7)
    others = await tenant.campaign(client_id=8)
    lists = {"blocked": "/leads/block-list", "unsubscribed": "/unsubscribes"}
    lists["do_not_contact"] = "/do-not-contact"
    for code, path in lists.items():
        body = {"emails": [f"{code}@x.com"], "client_id": 7}
        assert (await tenant.api.post(path, json=body)).status_code == 200
    stopped = {f"{code}@x.com": code for code in lists}
    assert codes(await tenant.add(theirs, *stopped)) == stopped
    everywhere = stopped if boundary == "workspace" else {"do_not_contact@x.com": "do_not_contact"}
    assert codes(await tenant.add(others, *stopped)) == everywhere
