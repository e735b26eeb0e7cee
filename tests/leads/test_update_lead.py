"""POST and PATCH /campaigns/{c}/leads/{l}."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.leads.people import events, joined, member, put, suppressed

OK = {"ok": True}
ANN = "ann@example.com"
PAGE = "https://www.linkedin.com/in/ann-lee"


def updated(*fields: str) -> dict[str, Any]:
    return {"type": "updated", "source": "operator", "data": {"fields": list(fields)}}


@pytest.mark.seed("SL-08")
async def test_given_values_win_and_the_rest_stays(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(
        tenant,
        campaign,
        {
            "email": ANN,
            "first_name": "Ann",
            "city": "Bonn",
            "custom_fields": {"a": 1, "b": "two"},
        },
    )
    body = {
        "email": ANN,
        "first_name": "Anna",
        "last_name": "",
        "city": None,
        "phone_number": 15550100,
        "custom_fields": {"b": "zwei", "C": True, "d": None, "e": ""},
    }
    path = f"/campaigns/{campaign}/leads/{lead}"
    for _ in range(2):
        answer = await api.post(path, json=body)
        assert (answer.status_code, answer.json()) == (200, OK)
    after = (await member(api, campaign, lead))["lead"]
    assert {name: after[name] for name in ("first_name", "last_name", "city", "phone_number")} == {
        "first_name": "Anna",
        "last_name": None,
        "city": "Bonn",
        "phone_number": "15550100",
    }
    assert after["custom_fields"] == {"a": 1, "b": "zwei", "C": True}
    assert (await events(api, campaign, lead))[:-1] == [
        updated("first_name", "phone_number", "custom_fields.C", "custom_fields.b")
    ]


async def test_a_patch_need_not_repeat_the_address(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, {"email": ANN, "first_name": "Ann"})
    path = f"/campaigns/{campaign}/leads/{lead}"
    answer = await api.patch(path, json={"job_title": "CTO"})
    assert (answer.status_code, answer.json()) == (200, OK)
    after = (await member(api, campaign, lead))["lead"]
    assert (after["email"], after["first_name"], after["job_title"]) == (ANN, "Ann", "CTO")
    refused = await api.post(path, json={"job_title": "CTO"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


async def test_custom_fields_of_a_campaign_are_its_own(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    first, second = await tenant.campaigns(2)
    for campaign, line in ((first, "one"), (second, "two")):
        [lead] = await joined(
            tenant, campaign, {"email": ANN, "custom_fields": {"icebreaker": line}}
        )
    await api.post(
        f"/campaigns/{first}/leads/{lead}",
        json={"email": ANN, "custom_fields": {"icebreaker": "new"}},
    )
    lines = [
        (await member(api, campaign, lead))["lead"]["custom_fields"]["icebreaker"]
        for campaign in (first, second)
    ]
    assert lines == ["new", "two"]


async def test_another_address(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """Before and after the old one in the order of addresses."""
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "mid@example.com")
    path = f"/campaigns/{campaign}/leads/{lead}"
    for address in ("zoe@example.com", "Abe@Example.com", "mid@example.com"):
        answer = await api.post(path, json={"email": address})
        assert (answer.status_code, answer.json()) == (200, OK)
        after = (await member(api, campaign, lead))["lead"]
        assert (after["id"], after["email"]) == (lead, address.lower())
        assert after["email_given"] == (address if address != address.lower() else None)
    assert (await api.get("/leads", params={"email": "zoe@example.com"})).json() == {}
    assert (await api.get("/leads/all")).json()["data"]["totalCount"] == 1
    assert (await events(api, campaign, lead))[:-1] == [updated("email")] * 3


async def test_the_same_address_in_another_spelling(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """Is no change, and wipes out nothing."""
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "Ann@Example.com")
    for spelling in (ANN, "ANN@example.com"):
        answer = await api.post(f"/campaigns/{campaign}/leads/{lead}", json={"email": spelling})
        assert answer.status_code == 200
        after = (await member(api, campaign, lead))["lead"]
        assert (after["email"], after["email_given"]) == (ANN, "Ann@Example.com")
    assert [event["type"] for event in await events(api, campaign, lead)] == ["imported"]


async def test_an_address_that_somebody_has(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    ann, bob = await joined(tenant, campaign, ANN, "bob@example.com")
    answer = await api.post(
        f"/campaigns/{campaign}/leads/{ann}",
        json={"email": "BOB@example.com", "first_name": "Bob"},
    )
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["lead_id"], problem["ok"]) == ("duplicate_email", bob, False)
    assert problem["error"] == f"Lead {bob} has this email address."
    after = (await member(api, campaign, ann))["lead"]
    assert (after["email"], after["first_name"]) == (ANN, None)


@pytest.mark.parametrize(
    ("path", "body", "code", "entry"),
    [
        ("/leads/block-list", {"emails": ["zoe@example.com"]}, "blocked", "zoe@example.com"),
        ("/leads/block-list", {"domains": ["example.com"]}, "blocked", "example.com"),
        ("/unsubscribes", {"emails": ["zoe@example.com"]}, "unsubscribed", "zoe@example.com"),
        ("/do-not-contact", {"emails": ["zoe@example.com"]}, "do_not_contact", "zoe@example.com"),
    ],
)
async def test_an_address_on_a_list(
    api: httpx.AsyncClient, tenant: Tenant, path: str, body: dict[str, Any], code: str, entry: str
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, ANN)
    assert (await api.post(path, json=body)).status_code == 200
    answer = await api.post(
        f"/campaigns/{campaign}/leads/{lead}", json={"email": "zoe@example.com"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["matched"]["entry"] == entry
    assert (await member(api, campaign, lead))["email"] == ANN
    same = await api.post(f"/campaigns/{campaign}/leads/{lead}", json={"email": ANN})
    assert same.status_code == 200


async def test_an_unsubscribe_of_another_campaign_stops_no_address(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    here, there = await tenant.campaigns(2)
    [lead] = await joined(tenant, here, ANN)
    await api.post("/unsubscribes", json={"emails": ["zoe@example.com"], "campaign_id": there})
    answer = await api.post(f"/campaigns/{here}/leads/{lead}", json={"email": "zoe@example.com"})
    assert answer.status_code == 200


async def test_an_opt_out_goes_with_the_person(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, ANN)
    await api.post(f"/leads/{lead}/unsubscribe")
    answer = await api.post(
        f"/campaigns/{campaign}/leads/{lead}", json={"email": "zoe@example.com"}
    )
    assert answer.status_code == 200
    assert {
        "entry": "zoe@example.com",
        "campaign_id": None,
        "source": "lead",
        "protected": True,
    } in (await suppressed(tenant, "unsubscribes"))
    back = await api.post(f"/campaigns/{campaign}/leads/{lead}/status", json={"status": "REVIEWED"})
    assert (back.status_code, back.json()["code"]) == (409, "still_suppressed")


async def test_a_linkedin_profile_has_one_owner(api: httpx.AsyncClient, tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    ann, bob = await joined(
        tenant, campaign, {"email": ANN, "linkedin_profile": PAGE}, "bob@example.com"
    )
    taken = await api.post(
        f"/campaigns/{campaign}/leads/{bob}",
        json={"email": "bob@example.com", "linkedin_profile": "linkedin.com/in/Ann-Lee/"},
    )
    assert taken.status_code == 409
    assert taken.json()["code"] == "duplicate_linkedin"
    assert taken.json()["lead_id"] == ann
    moves = await api.post(
        f"/campaigns/{campaign}/leads/{ann}",
        json={"email": ANN, "linkedin_profile": "https://linkedin.com/in/ann-new"},
    )
    assert moves.status_code == 200
    now_free = await api.post(
        f"/campaigns/{campaign}/leads/{bob}",
        json={"email": "bob@example.com", "linkedin_profile": PAGE},
    )
    assert now_free.status_code == 200
    stopped = await tenant.add(
        campaign, {"email": "cid@example.com", "linkedin_profile": "linkedin.com/in/ann-new"}
    )
    assert [row["code"] for row in stopped["skipped_leads"]] == ["duplicate_linkedin"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "no address"}, "invalid_email"),
        ({"email": ""}, "invalid_email"),
        ({"email": None}, "invalid_request"),
        ({"first_name": "Ann"}, "invalid_request"),
        ({"email": ANN, "nickname": "A"}, "invalid_request"),
        ({"email": ANN, "first_name": "x" * 1001}, "invalid_request"),
        ({"email": ANN, "custom_fields": {"a": "x" * 10_001}}, "invalid_request"),
        ({"email": ANN, "custom_fields": {"a": []}}, "invalid_request"),
        ({"email": ANN, "custom_fields": {str(n): 1 for n in range(201)}}, "invalid_request"),
        ([], "invalid_request"),
    ],
)
async def test_refused_bodies(api: httpx.AsyncClient, tenant: Tenant, body: Any, code: str) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, ANN)
    answer = await api.post(f"/campaigns/{campaign}/leads/{lead}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert len(await events(api, campaign, lead)) == 1


async def test_who_is_not_there(api: httpx.AsyncClient, tenant: Tenant, other: Tenant) -> None:
    campaign, empty = await tenant.campaigns(2)
    [lead] = await joined(tenant, campaign, ANN)
    theirs = await other.campaign()
    [their_lead] = await joined(other, theirs, ANN)
    for where, who, code in (
        (empty, lead, "lead_not_found"),
        (campaign, their_lead, "lead_not_found"),
        (theirs, their_lead, "campaign_not_found"),
    ):
        answer = await api.post(
            f"/campaigns/{where}/leads/{who}", json={"email": ANN, "first_name": "X"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, code)
        assert answer.json()["ok"] is False


async def test_whoever_left_may_still_be_in_the_way(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """An address belongs to a person, in a campaign or not."""
    campaign = await tenant.campaign()
    ann, bob = await joined(tenant, campaign, ANN, "bob@example.com")
    await put(api, campaign, bob, "COMPLETED")
    await api.delete(f"/campaigns/{campaign}/leads/{bob}")
    answer = await api.post(f"/campaigns/{campaign}/leads/{ann}", json={"email": "bob@example.com"})
    assert (answer.status_code, answer.json()["lead_id"]) == (409, bob)
