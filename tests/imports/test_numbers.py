"""Numbers that PostgreSQL gives back as larger integers than 64 bits hold."""

import httpx
import pytest

from tests.client import Tenant
from tests.imports.batches import counted
from tests.leads.people import joined, member

ANN = "ann@example.com"
LARGE = {"x": 1e20, "y": -1e22}


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_who_has_a_large_number_can_be_updated(
    api: httpx.AsyncClient, tenant: Tenant, method: str
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, {"email": ANN, "custom_fields": LARGE})
    path = f"/campaigns/{campaign}/leads/{lead}"
    body = {"email": ANN, "first_name": "Ann", "custom_fields": {"z": 1}}
    answer = await api.request(method, path, json=body)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    found = (await member(api, campaign, lead))["lead"]
    assert (found["first_name"], found["custom_fields"]) == ("Ann", LARGE | {"z": 1})


async def test_batches_update_them_too(tenant: Tenant) -> None:
    campaign = await tenant.campaign()
    await tenant.add(campaign, {"email": ANN, "custom_fields": LARGE})
    newer = {"email": ANN, "custom_fields": {"z": 1}}
    answer = await tenant.add(campaign, newer, mode="create_and_update")
    assert counted(answer)["updated_count"] == 1
    again = await tenant.add(campaign, newer, mode="create_and_update")
    assert counted(again)["unchanged_count"] == 1
