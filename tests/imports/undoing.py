"""What the tests of undoing do again and again."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from app.kit.resources import Resources
from app.models import Base
from tests.client import Tenant
from tests.imports.batches import shown

Work = Callable[[], Awaitable[int]]
HISTORY = {"imports", "import_rows", "uploads", "jobs", "audit_log", "idempotency_keys"}
"""What was done stays written down."""
NEW = {"updated_at"}
"""Whoever is as before was changed twice."""


async def ask(tenant: Tenant, import_id: int, **body: Any) -> dict[str, Any]:
    answer = await tenant.api.post(f"/imports/{import_id}/undo", json=body or None)
    assert answer.status_code in (200, 202), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def undone(tenant: Tenant, work: Work, import_id: int) -> dict[str, Any]:
    """The import, once it is; a dry run has foretold the same."""
    foretold = (await ask(tenant, import_id, dry_run=True))["undo"]
    found = await undone_at_once(tenant, work, import_id)
    named = foretold.pop("named")
    assert {**found["undo"], "dry_run": True} == {**foretold, "named": None}
    kept = await shown(tenant.api, f"/imports/{import_id}/rows", undo="kept", limit=100)
    told = [
        {"import_id": import_id}
        | {name: row[name] for name in ("row", "email", "lead_id")}
        | {name: row["undo"][name] for name in ("code", "reason")}
        for row in kept["data"]
    ]
    assert sorted(named, key=lambda row: row["row"]) == told
    return found


async def undone_at_once(tenant: Tenant, work: Work, import_id: int) -> dict[str, Any]:
    assert (await ask(tenant, import_id))["state"] == "undoing"
    await work()
    found: dict[str, Any] = await shown(tenant.api, f"/imports/{import_id}")
    assert (found["state"], found["error"]) == ("undone", None)
    return found


async def rows(api: httpx.AsyncClient, import_id: int, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await shown(api, f"/imports/{import_id}/rows", **query))["data"]
    return found


def totals(found: dict[str, Any]) -> dict[str, Any]:
    """Those of the undoing that are not zero."""
    names = ("removed", "leads_removed", "restored", "kept", "by_reason")
    return {name: found["undo"][name] for name in names if found["undo"][name]}


async def everything(resources: Resources, tenant: Tenant) -> dict[str, list[str]]:
    """All rows of the workspace but its history; counts are summed."""
    tables = {}
    for table in Base.metadata.sorted_tables:
        if "workspace_id" in table.columns and table.name not in HISTORY | {"counters"}:
            columns = [c.name for c in table.columns if c.name not in NEW]
            sql = f"select {', '.join(columns)} from {table.name} where workspace_id = $1"  # noqa: S608
            rows = await resources.database.fetch(sql, tenant.id)
            tables[table.name] = sorted(str(dict(row)) for row in rows)
    tables["counter_deltas"] = await _counts(resources, tenant)
    return tables


async def _counts(resources: Resources, tenant: Tenant) -> list[str]:
    rows = await resources.database.fetch(
        "select campaign_id, counter, sum(n) n from ("
        " select campaign_id, counter, n from counters where workspace_id = $1"
        " union all select campaign_id, counter, n from counter_deltas where workspace_id = $1) c"
        " group by campaign_id, counter having sum(n) <> 0",
        tenant.id,
    )
    return sorted(str(dict(row)) for row in rows)
