"""What the tests of batches do again and again."""

from typing import Any

import httpx

from app.kit.resources import Resources
from app.models import Base
from tests.client import Tenant

Answer = dict[str, Any]


def codes(answer: Answer) -> dict[str, str]:
    """Who was refused, and why."""
    return {row["email"]: row["code"] for row in answer["skipped_leads"]}


def refusal(answer: Answer) -> dict[str, Any]:
    """The only one."""
    [row] = answer["skipped_leads"]
    found: dict[str, Any] = row
    return found


def counted(answer: Answer) -> dict[str, int]:
    """The counters that are not zero; they must add up."""
    rows = ("added_count", "updated_count", "unchanged_count", "skipped_count")
    assert answer["upload_count"] == sum(answer[name] for name in rows)
    assert answer["total_leads"] == answer["added_count"]
    assert answer["skipped_count"] == len(answer["skipped_leads"])
    return {
        name: value for name, value in answer.items() if type(value) is int and value and name != ID
    }


ID = "import_id"


async def suppress(tenant: Tenant, path: str, *emails: str, **reach: int) -> None:
    """Put addresses on ``leads/block-list``, ``unsubscribes`` or ``do-not-contact``."""
    answer = await tenant.api.post(f"/{path}", json={"emails": list(emails), **reach})
    assert answer.status_code == 200, answer.text


async def key(tenant: Tenant, **terms: Any) -> dict[str, str]:
    """The headers of another key of this workspace; it may write unless told otherwise."""
    answer = await tenant.api.post("/keys", json={"name": "program", **terms})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['key']}"}


async def shown(api: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def person(tenant: Tenant, email: str) -> dict[str, Any]:
    """A lead with what is known of it in every campaign."""
    found: dict[str, Any] = await shown(tenant.api, "/leads", email=email)
    return found


async def campaigns_of(tenant: Tenant, email: str) -> list[int]:
    found = await person(tenant, email)
    return [there["campaign_id"] for there in found.get("lead_campaign_data", [])]


async def rows_everywhere(resources: Resources, tenant: Tenant) -> dict[str, int]:
    """How many rows every table holds of this workspace."""
    tables = [
        table.name for table in Base.metadata.sorted_tables if "workspace_id" in table.columns
    ]
    counts = {}
    for table in tables:
        sql = f"select count(*) from {table} where workspace_id = $1"  # noqa: S608  # ours
        [row] = await resources.database.fetch(sql, tenant.id)
        counts[table] = row["count"]
    return counts
