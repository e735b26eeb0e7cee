from typing import Any

import pytest

from tests.client import Tenant

FIRST = {
    "id": None,
    "seq_number": "1",
    "seq_delay_details": {"delay_in_days": 0},
    "subject": "Hello {{first_name}}",
    "email_body": "<p>Hi</p>",
    "seq_variants": [{"subject": "A", "variant_label": "A"}],
}
SECOND = {"seq_number": 2, "seq_delay_details": {"delayInDays": "3"}, "subject": None}


async def write(tenant: Tenant, campaign: int, *steps: dict[str, Any]) -> None:
    answer = await tenant.api.post(f"/campaigns/{campaign}/sequences", json={"sequences": steps})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


async def read(tenant: Tenant, campaign: int) -> list[dict[str, Any]]:
    answer = await tenant.api.get(f"/campaigns/{campaign}/sequences")
    assert answer.status_code == 200
    steps: list[dict[str, Any]] = answer.json()
    return steps


async def test_steps_are_kept_and_echoed(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await write(tenant, campaign, SECOND, FIRST)
    first, second = await read(tenant, campaign)
    assert first == {
        "id": first["id"],
        "created_at": first["created_at"],
        "updated_at": first["updated_at"],
        "email_campaign_id": campaign,
        "seq_number": 1,
        "seq_delay_details": {"delay_in_days": 0, "delayInDays": 0},
        "subject": "Hello {{first_name}}",
        "email_body": "<p>Hi</p>",
        "seq_variants": [{"subject": "A", "variant_label": "A"}],
    }
    assert second["seq_delay_details"] == {"delay_in_days": 3, "delayInDays": 3}
    assert (second["subject"], second["email_body"]) == ("", "")


async def test_the_whole_list_is_replaced_and_known_steps_keep_their_ids(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await write(tenant, campaign, FIRST, SECOND)
    first, second = await read(tenant, campaign)
    await write(tenant, campaign, SECOND | {"subject": "Again"}, SECOND | {"seq_number": 3})
    again, third = await read(tenant, campaign)
    assert (again["id"], again["seq_number"], again["subject"]) == (second["id"], 2, "Again")
    assert third["id"] not in {first["id"], second["id"]}
    await write(tenant, campaign)
    assert await read(tenant, campaign) == []


async def test_a_sequence_that_was_read_may_be_sent_back(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await write(
        tenant, campaign, FIRST, SECOND | {"seq_delay_details": {"delay_in_days": 2, "at": "9"}}
    )
    before = await read(tenant, campaign)
    await write(tenant, campaign, *before)
    after = await read(tenant, campaign)
    for step in (*before, *after):
        del step["updated_at"]
    assert after == before
    assert after[1]["seq_delay_details"] == {"delay_in_days": 2, "delayInDays": 2, "at": "9"}


async def test_other_campaigns_keep_their_steps(tenant: Tenant) -> None:
    one, two = await tenant.campaigns(2)
    await write(tenant, one, FIRST)
    await write(tenant, two, SECOND)
    assert [step["seq_number"] for step in await read(tenant, one)] == [1]


@pytest.mark.parametrize(
    "steps",
    [
        [FIRST, FIRST],
        [{"subject": "Without a number"}],
        [{"seq_number": 0}],
        [{"seq_number": 1, "seq_delay_details": {"delay_in_days": -1}}],
        [{"seq_number": 1, "subject": "x" * 1001}],
        [{"seq_number": n} for n in range(1, 102)],
    ],
)
async def test_a_sequence_that_cannot_be_is_refused_whole(
    tenant: Tenant, steps: list[dict[str, Any]]
) -> None:
    campaign = await tenant.campaign()
    await write(tenant, campaign, SECOND)
    answer = await tenant.api.post(f"/campaigns/{campaign}/sequences", json={"sequences": steps})
    assert answer.status_code == 422
    assert [step["seq_number"] for step in await read(tenant, campaign)] == [2]


async def test_another_workspaces_campaign(tenant: Tenant, other: Tenant) -> None:
    campaign = await tenant.campaign()
    path = f"/campaigns/{campaign}/sequences"
    assert (await other.api.get(path)).status_code == 404
    assert (await other.api.post(path, json={"sequences": [FIRST]})).status_code == 404
    assert await read(tenant, campaign) == []
