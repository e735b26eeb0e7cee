"""What SmartLead's clients send: nulls, empty texts, numbers for texts, flags in odd places."""

from typing import Any

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import Answer, campaigns_of, codes, counted, key, person, suppress
from tests.leads.people import joined

FLAG = "ignore_duplicate_leads_in_other_campaign"


async def send(
    tenant: Tenant, campaign_id: int, body: Any, headers: dict[str, str] | None = None
) -> Answer:
    answer = await tenant.api.post(f"/campaigns/{campaign_id}/leads", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    found: Answer = answer.json()
    return found


@pytest.mark.parametrize("rest", [{}, {"settings": None}, {"settings": {}}])
@pytest.mark.parametrize("name", ["lead_list", "leads"])
async def test_what_a_body_may_be(tenant: Tenant, name: str, rest: Any) -> None:
    answer = await send(tenant, await tenant.campaign(), {name: [{"email": "ann@x.com"}], **rest})
    assert counted(answer) == {"upload_count": 1, "total_leads": 1, "added_count": 1}


async def test_one_of_the_two_names_may_be_empty(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    ann, bob, eve = ([{"email": f"{name}@x.com"}] for name in ("ann", "bob", "eve"))
    for body in (
        {"lead_list": ann, "leads": None},
        {"lead_list": None, "leads": bob},
        {"lead_list": "", "leads": eve},
    ):
        assert (await send(tenant, campaign, body))["added_count"] == 1


async def test_every_field(tenant: Tenant) -> None:
    fields = {
        "first_name": "Ann",
        "last_name": "Lee",
        "phone_number": "+49 30 1234",
        "company_name": "Example Ltd",
        "website": "example.com",
        "location": "Berlin",
        "linkedin_profile": "https://www.linkedin.com/in/annlee/",
        "company_url": "https://example.com",
        "job_title": "CTO",
        "city": "Berlin",
        "country": "DE",
        "industry": "Software",
        "company_size": "11-50",
        "revenue": "1M",
        "language": "de",
        "custom_fields": {"text": "a", "int": 7, "float": 1.5, "yes": True, "big": 2**53 + 1},
    }
    await send(tenant, await tenant.campaign(), {"lead_list": [{"email": "ann@x.com", **fields}]})
    found = await person(tenant, "ann@x.com")
    assert {name: found[name] for name in fields} == fields
    assert found["custom_fields"]["yes"] is True


async def test_numbers_nulls_and_empty_texts(tenant: Tenant) -> None:
    lead = {
        "email": "ann@x.com",
        "phone_number": 4930123456,
        "company_size": 12.5,
        "first_name": None,
        "last_name": "",
        "linkedin_profile": "",
        "custom_fields": {"a": None, "b": "", "c": 0, "d": False},
    }
    await send(tenant, await tenant.campaign(), {"lead_list": [lead]})
    found = await person(tenant, "ann@x.com")
    assert {name: found[name] for name in lead} == {
        "email": "ann@x.com",
        "phone_number": "4930123456",
        "company_size": "12.5",
        "first_name": None,
        "last_name": None,
        "linkedin_profile": None,
        "custom_fields": {"c": 0, "d": False},
    }


@pytest.mark.parametrize("fields", [None, "", {}])
async def test_no_custom_fields(tenant: Tenant, fields: Any) -> None:
    lead = {"email": "ann@x.com", "custom_fields": fields}
    assert (await send(tenant, await tenant.campaign(), {"lead_list": [lead]}))["added_count"] == 1
    assert (await person(tenant, "ann@x.com"))["custom_fields"] == {}


async def test_a_number_is_no_address(tenant: Tenant) -> None:
    answer = await send(tenant, await tenant.campaign(), {"lead_list": [{"email": 42}]})
    assert (answer["invalid_emails"], codes(answer)) == (["42"], {"42": "invalid_email"})


@pytest.mark.parametrize("place", ["top", "settings"])
@pytest.mark.parametrize(
    ("value", "added"),
    [(True, 1), ("true", 1), (1, 1), (False, 0), ("false", 0), (0, 0), (None, 0), ("", 0)],
)
async def test_flags(tenant: Tenant, place: str, value: Any, added: int) -> None:
    first, second = await tenant.campaigns(2)
    await joined(tenant, first, "ann@x.com")
    flags = {FLAG: value}
    body: dict[str, Any] = {"lead_list": [{"email": "ann@x.com"}]}
    body |= flags if place == "top" else {"settings": flags}
    assert (await send(tenant, second, body))["added_count"] == added


async def test_the_settings_speak_before_the_top_of_the_body(tenant: Tenant) -> None:
    first, second, third = await tenant.campaigns(3)
    await joined(tenant, first, "ann@x.com")
    body = {"lead_list": [{"email": "ann@x.com"}], FLAG: True, "settings": {FLAG: False}}
    assert (await send(tenant, second, body))["added_count"] == 0
    assert (await send(tenant, third, body | {"settings": {FLAG: None}}))["added_count"] == 1


async def test_other_flags_at_the_top(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await suppress(tenant, "leads/block-list", "ann@x.com")
    await suppress(tenant, "unsubscribes", "bob@x.com")
    body = {
        "lead_list": [{"email": "ann@x.com"}, {"email": "bob@x.com"}],
        "ignore_global_block_list": True,
        "ignore_unsubscribe": True,
        "ignore_community_bounce_list": True,
        "ignore_duplicate_leads_in_same_campaign": False,
        "ignore_invalid_emails": True,
        "return_lead_ids": True,
    }
    answer = await send(tenant, campaign, body)
    assert (answer["added_count"], len(answer["lead_ids"])) == (2, 2)


@pytest.mark.parametrize("by", ["settings", "key"])
async def test_unknown_fields_may_become_custom_fields(tenant: Tenant, by: str) -> None:
    campaign = await tenant.campaign()
    lead = {"email": "ann@x.com", "Team": "red", "score": 7, "custom_fields": {"Team": "blue"}}
    body: dict[str, Any] = {"lead_list": [lead]}
    headers = None
    if by == "key":
        headers = await key(tenant, defaults={"unknown_fields": "custom"})
    else:
        body["settings"] = {"unknown_fields": "custom"}
    assert (await send(tenant, campaign, body, headers))["added_count"] == 1
    assert (await person(tenant, "ann@x.com"))["custom_fields"] == {"Team": "blue", "score": 7}


async def test_unknown_fields_that_cannot_be_custom_fields(
    api: httpx.AsyncClient, tenant: Tenant
) -> None:
    campaign = await tenant.campaign()
    settings = {"unknown_fields": "custom"}
    nested = {"email": "ann@x.com", "Address": {"city": "Berlin"}}
    many: dict[str, Any] = {"email": "ann@x.com", "custom_fields": {f"a{n}": n for n in range(150)}}
    many |= {f"b{n}": n for n in range(51)}
    for lead, pointer in ((nested, "/lead_list/0/Address"), (many, "/lead_list/0")):
        answer = await api.post(
            f"/campaigns/{campaign}/leads", json={"lead_list": [lead], "settings": settings}
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert await campaigns_of(tenant, "ann@x.com") == []
