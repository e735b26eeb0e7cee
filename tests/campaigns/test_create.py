from typing import Any

import httpx
import pytest

from tests.client import Tenant


@pytest.mark.parametrize("path", ["/campaigns/create", "/campaigns", "/campaigns/"])
async def test_a_campaign_is_made_as_a_draft(api: httpx.AsyncClient, path: str) -> None:
    answer = await api.post(path, json={"name": " Spring ", "client_id": "33"})
    body = answer.json()
    assert answer.status_code == 200
    assert body == {
        "ok": True,
        "id": body["id"],
        "name": "Spring",
        "created_at": body["created_at"],
    }
    shown = (await api.get(f"/campaigns/{body['id']}")).json()
    assert shown["status"] == "DRAFTED"
    assert shown["client_id"] == 33
    assert shown["lead_source"] == "manual"


@pytest.mark.parametrize("body", [None, {}, {"name": None, "client_id": ""}, {"name": " "}])
async def test_without_a_name_it_is_untitled(
    api: httpx.AsyncClient, body: dict[str, Any] | None
) -> None:
    answer = (
        await api.post("/campaigns/create", json=body)
        if body is not None
        else (await api.post("/campaigns/create"))
    )
    assert answer.status_code == 200
    assert answer.json()["name"] == "Untitled Campaign"


@pytest.mark.seed("AA-25")
@pytest.mark.parametrize("lead_source", ["manual", "ai_scraped"])
async def test_the_lead_type_is_chosen_when_it_is_made(
    api: httpx.AsyncClient, lead_source: str
) -> None:
    made = await api.post("/campaigns/create", json={"lead_source": lead_source})
    shown = await api.get(f"/campaigns/{made.json()['id']}")
    assert shown.json()["lead_source"] == lead_source


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": 5}, "/name"),
        ({"name": "x" * 1001}, "/name"),
        ({"client_id": 2**63}, "/client_id"),
        ({"client_id": "abc"}, "/client_id"),
        ({"lead_source": "bought"}, "/lead_source"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    api: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    answer = await api.post("/campaigns/create", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_without_a_key_no_campaign_is_made(
    anonymous: httpx.AsyncClient, tenant: Tenant
) -> None:
    answer = await anonymous.post("/campaigns/create", json={})
    assert answer.status_code == 401
    assert (await tenant.api.get("/campaigns")).json() == []
