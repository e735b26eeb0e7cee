from typing import Any

import pytest

from app.campaigns.schemas.campaigns import CampaignOut
from app.campaigns.schemas.settings import NOT_SETTINGS, CampaignSettingsIn
from tests.client import Tenant

SETTINGS = {
    "name": None,
    "track_settings": ["DONT_TRACK_EMAIL_OPEN", "DONT_LINK_CLICK"],
    "stop_lead_settings": "CLICK_ON_A_LINK",
    "unsubscribe_text": "No more",
    "send_as_plain_text": "true",
    "follow_up_percentage": "40",
    "client_id": None,
    "bounce_autopause_threshold": "10",
    "add_unsubscribe_tag": True,
    "out_of_office_detection_settings": {"ignoreOOOasReply": False},
}


async def test_settings_are_kept_and_echoed(tenant: Tenant) -> None:
    campaign = await tenant.campaign("Spring", client_id=7)
    answer = await tenant.api.post(f"/campaigns/{campaign}/settings", json=SETTINGS)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert (
        shown.items()
        >= {
            "name": "Spring",
            "client_id": 7,
            "track_settings": ["DONT_TRACK_EMAIL_OPEN", "DONT_TRACK_LINK_CLICK"],
            "stop_lead_settings": "CLICK_ON_A_LINK",
            "unsubscribe_text": "No more",
            "send_as_plain_text": True,
            "follow_up_percentage": 40,
            "bounce_autopause_threshold": "10",
            "add_unsubscribe_tag": True,
            "out_of_office_detection_settings": {"ignoreOOOasReply": False},
        }.items()
    )


async def test_a_name_and_a_client_are_the_campaigns_own(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await tenant.api.post(
        f"/campaigns/{campaign}/settings", json={"name": "Autumn", "client_id": "9"}
    )
    shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert (shown["name"], shown["client_id"]) == ("Autumn", 9)


async def test_what_is_not_named_stays_and_null_is_the_default(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    path = f"/campaigns/{campaign}/settings"
    await tenant.api.post(path, json=SETTINGS)
    await tenant.api.post(path, json={"track_settings": "DONT_TRACK_LINK_CLICK"})
    await tenant.api.post(path, json={"stop_lead_settings": None, "unsubscribe_text": ""})
    shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert shown["track_settings"] == ["DONT_TRACK_LINK_CLICK"]
    assert shown["stop_lead_settings"] == "REPLY_TO_AN_EMAIL"
    assert shown["unsubscribe_text"] is None
    assert shown["follow_up_percentage"] == 40


async def test_a_campaign_that_was_read_may_be_sent_back(tenant: Tenant) -> None:
    campaign = await tenant.campaign(client_id=7)
    await tenant.api.post(f"/campaigns/{campaign}/settings", json=SETTINGS)
    read = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    answer = await tenant.api.post(f"/campaigns/{campaign}/settings", json=read | {"id": 5})
    assert answer.json() == {"ok": True}
    again = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    del read["updated_at"], again["updated_at"]
    assert again == read


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"track_settings": ["EVERYTHING"]}, "/track_settings/0"),
        ({"stop_lead_settings": "NEVER"}, "/stop_lead_settings"),
        ({"follow_up_percentage": 101}, "/follow_up_percentage"),
        ({"send_as_plain_text": "perhaps"}, "/send_as_plain_text"),
        ({"name": 5}, "/name"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    tenant: Tenant, body: dict[str, Any], pointer: str
) -> None:
    campaign = await tenant.campaign()
    answer = await tenant.api.post(f"/campaigns/{campaign}/settings", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("threshold", [101, -1, "often", "nan", [], 1e308, "0" * 31])
async def test_a_threshold_is_a_percentage(tenant: Tenant, threshold: Any) -> None:
    campaign = await tenant.campaign()
    answer = await tenant.api.post(
        f"/campaigns/{campaign}/settings", json={"bounce_autopause_threshold": threshold}
    )
    assert answer.status_code == 422


async def test_settings_have_a_limit_together(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    path = f"/campaigns/{campaign}/settings"
    sizes = [("a", 60_000, 200), ("b", 60_000, 422), ("b", 39_000, 200), ("a", 60_001, 200)]
    for name, size, status in sizes:
        answer = await tenant.api.post(path, json={"name": f"{name}{size}", name: "x" * size})
        assert answer.status_code == status
        assert status == 200 or answer.json()["code"] == "settings_too_large"
    shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert (shown["name"], len(shown["a"]), len(shown["b"])) == ("a60001", 60_001, 39_000)


async def test_another_workspaces_campaign(tenant: Tenant, other: Tenant) -> None:
    campaign = await tenant.campaign("Spring")
    answer = await other.api.post(f"/campaigns/{campaign}/settings", json={"name": "Mine"})
    assert answer.status_code == 404
    assert (await tenant.api.get(f"/campaigns/{campaign}")).json()["name"] == "Spring"


async def test_no_name_of_a_setting_breaks_anything(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    odd = {"model_config": 1, "copy": None, "__class__": [2], "of": {"": 0}, "": "", "é": 2**63}
    answer = await tenant.api.post(f"/campaigns/{campaign}/settings", json=odd)
    assert answer.status_code == 200
    shown = (await tenant.api.get(f"/campaigns/{campaign}")).json()
    assert {name: shown[name] for name in odd} == odd


def test_no_setting_can_pass_for_what_a_campaign_is() -> None:
    own = CampaignOut.model_fields.keys() - CampaignSettingsIn.model_fields.keys()
    assert own <= NOT_SETTINGS
