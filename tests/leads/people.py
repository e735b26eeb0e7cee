"""What the tests of leads do again and again."""

from typing import Any

import httpx

from tests.client import Tenant


async def joined(tenant: Tenant, campaign_id: int, *leads: str | dict[str, Any]) -> list[int]:
    """Add leads whom nobody stops; gives their ids."""
    answer = await tenant.add(campaign_id, *leads, return_lead_ids=True, duplicate_scope="campaign")
    ids: list[int] = answer["lead_ids"]
    assert len(ids) == answer["added_count"], answer
    return ids


async def member(api: httpx.AsyncClient, campaign_id: int, lead_id: int) -> dict[str, Any]:
    answer = await api.get(f"/campaigns/{campaign_id}/leads/{lead_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def status_of(api: httpx.AsyncClient, campaign_id: int, lead_id: int) -> str:
    status: str = (await member(api, campaign_id, lead_id))["status"]
    return status


async def listed(api: httpx.AsyncClient, campaign_id: int, **filters: Any) -> list[str]:
    """The addresses on the first page; the total must agree with it."""
    answer = await api.get(f"/campaigns/{campaign_id}/leads", params=filters)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["total_leads"] == str(len(body["data"]))
    assert body["total_is_exact"] is True
    return [row["email"] for row in body["data"]]


async def put(api: httpx.AsyncClient, campaign_id: int, lead_id: int, status: str) -> None:
    answer = await api.post(
        f"/campaigns/{campaign_id}/leads/{lead_id}/status", json={"status": status}
    )
    assert answer.status_code == 200, answer.text


async def events(api: httpx.AsyncClient, campaign_id: int, lead_id: int) -> list[dict[str, Any]]:
    """What happened, newest first, without the times."""
    answer = await api.get(f"/campaigns/{campaign_id}/leads/{lead_id}/activity")
    assert answer.status_code == 200, answer.text
    return [
        {"type": event["type"], "source": event["source"], "data": event["data"]}
        for event in answer.json()["events"]
    ]


def moved(before: str, then: str, source: str = "operator") -> dict[str, Any]:
    return {
        "type": "status_changed",
        "source": source,
        "data": {"from": before, "to": then},
    }


async def suppressed(tenant: Tenant, kind: str) -> list[dict[str, Any]]:
    """The entries of ``unsubscribes`` or ``do-not-contact``, without ids and times."""
    answer = await tenant.api.get(f"/{kind}")
    assert answer.status_code == 200, answer.text
    return [
        {name: entry[name] for name in ("entry", "campaign_id", "source", "protected")}
        for entry in answer.json()["data"]
    ]
