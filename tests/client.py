"""A client of one workspace's API, as a program outside would have it."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx

from app.kit.resources import Resources
from app.values import KeyScope
from app.workspaces import operations as workspaces
from tests.run_log import RUN_LOG


@dataclass
class Tenant:
    """A workspace with an admin key. ``api`` speaks as that key, below ``/api/v1``."""

    id: int
    key: str
    api: httpx.AsyncClient

    async def campaign(self, name: str = "Outreach", **fields: Any) -> int:
        """A new campaign; ``status`` and the fields of PATCH may be given."""
        status = fields.pop("status", None)
        answer = await self.api.post("/campaigns/create", json={"name": name})
        assert answer.status_code == 200, answer.text
        campaign_id: int = answer.json()["id"]
        if fields:
            answer = await self.api.patch(f"/campaigns/{campaign_id}", json=fields)
            assert answer.status_code == 200, answer.text
        if status:
            answer = await self.api.post(
                f"/campaigns/{campaign_id}/status", json={"status": status}
            )
            assert answer.status_code == 200, answer.text
        return campaign_id

    async def campaigns(self, count: int) -> list[int]:
        return [await self.campaign(f"Campaign {n + 1}") for n in range(count)]

    async def policy(self, **fields: Any) -> None:
        answer = await self.api.patch("/workspace", json=fields)
        assert answer.status_code == 200, answer.text

    async def add(
        self, campaign_id: int, *leads: str | dict[str, Any], **settings: Any
    ) -> dict[str, Any]:
        """Send one batch that must be answered 200; gives the answer."""
        rows = [{"email": row} if isinstance(row, str) else row for row in leads]
        answer = await self.api.post(
            f"/campaigns/{campaign_id}/leads",
            json={"lead_list": rows, "settings": settings or None},
        )
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


async def new_tenant(resources: Resources, transport: httpx.AsyncBaseTransport) -> Tenant:
    """A workspace of its own, with a key that may do everything."""
    key = workspaces.new_key()
    workspace_id = await workspaces.create_workspace(resources, f"test-{secrets.token_hex(4)}")
    await workspaces.create_key(resources, workspace_id, name="test", scope=KeyScope.ADMIN, key=key)
    return Tenant(workspace_id, key, client(transport, key))


def client(transport: httpx.AsyncBaseTransport, key: str | None = None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(
        transport=transport,
        base_url="http://leadgate.test/api/v1",
        headers=headers,
        timeout=60,
        event_hooks={"request": [RUN_LOG.note]},
    )
