"""Imports of what is no file, for tests."""

from typing import Any

import httpx

from tests.client import Tenant
from tests.imports.batches import shown


async def asked(tenant: Tenant, campaign_id: int, **body: Any) -> httpx.Response:
    return await tenant.api.post(f"/campaigns/{campaign_id}/imports", json=body)


async def drafted(
    tenant: Tenant, campaign_id: int, settings: dict[str, Any] | None = None, **source: Any
) -> dict[str, Any]:
    answer = await asked(tenant, campaign_id, **source, settings=settings or {})
    assert answer.status_code == (202 if (settings or {}).get("start") else 201), answer.text
    made: dict[str, Any] = answer.json()
    return made


async def started(
    tenant: Tenant, campaign_id: int, settings: dict[str, Any] | None = None, **source: Any
) -> int:
    made = await drafted(tenant, campaign_id, {"start": True, **(settings or {})}, **source)
    import_id: int = made["id"]
    return import_id


async def members(tenant: Tenant, campaign_id: int) -> list[dict[str, Any]]:
    found = (await shown(tenant.api, f"/campaigns/{campaign_id}/leads", limit=1000))["data"]
    return [dict(one) for one in found]
