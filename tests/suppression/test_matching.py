"""Which entries stop which addresses: asked in one statement, whatever the table holds."""

import pytest

from app.kit.db import Tx
from app.kit.resources import Resources
from app.suppression import operations
from app.suppression.repository import MATCHING, SuppressionRepository
from app.values import SuppressionKind, SuppressionSource, WorkspaceId
from tests.client import Tenant


async def put(tx: Tx, tenant: Tenant, *entries: str) -> None:
    workspace_id = WorkspaceId(tenant.id)
    kind, source = SuppressionKind.BLOCK, SuppressionSource.MANUAL
    await operations.suppress(tx, workspace_id, kind, entries, source=source)


async def matching(tx: Tx, tenant: Tenant, *emails: str) -> dict[str, list[str]]:
    found = await SuppressionRepository(tx, WorkspaceId(tenant.id)).matching(list(emails))
    return {email: [entry.entry for entry in entries] for email, entries in found.items()}


async def test_nothing_stops_anybody_on_an_empty_list(
    tenant: Tenant, other: Tenant, resources: Resources
) -> None:
    async with resources.database.transaction() as tx:
        await put(tx, other, "ann@x.com", "*.x.com")
        assert await matching(tx, tenant, "ann@x.com", "ann@b.x.com") == {}
        assert await matching(tx, tenant) == {}


@pytest.mark.parametrize(
    ("entry", "stopped"),
    [
        ("ann@x.com", ["ann@x.com"]),
        ("x.com", ["ann@x.com", "bob@x.com"]),
        ("b.x.com", ["ann@b.x.com"]),
        ("*.x.com", ["ann@x.com", "bob@x.com", "ann@b.x.com", "ann@a.b.x.com"]),
        ("*.b.x.com", ["ann@b.x.com", "ann@a.b.x.com"]),
        ("*.a.b.x.com", ["ann@a.b.x.com"]),
    ],
)
async def test_what_an_entry_stops(
    tenant: Tenant, resources: Resources, entry: str, stopped: list[str]
) -> None:
    people = ["ann@x.com", "bob@x.com", "ann@b.x.com", "ann@a.b.x.com", "ann@xx.com", "ann@y.com"]
    async with resources.database.transaction() as tx:
        await put(tx, tenant, entry)
        assert await matching(tx, tenant, *people) == {email: [entry] for email in stopped}


async def test_every_entry_that_stops_an_address(tenant: Tenant, resources: Resources) -> None:
    async with resources.database.transaction() as tx:
        await put(tx, tenant, "*.x.com", "b.x.com", "ann@b.x.com", "y.com")
        assert await matching(tx, tenant, "ann@b.x.com", "bob@b.x.com") == {
            "ann@b.x.com": ["ann@b.x.com", "b.x.com", "*.x.com"],
            "bob@b.x.com": ["b.x.com", "*.x.com"],
        }


async def test_an_index_look_up_per_candidate(tenant: Tenant, resources: Resources) -> None:
    """On an empty table too, where every plan seems to cost the same and the first one is kept."""
    async with resources.database.transaction() as tx:
        await tx.rows("truncate suppressions")
        await tx.rows("analyze suppressions")
        plan = await tx.rows("explain (costs off) " + MATCHING, tenant.id, "|", "x.com")
    conditions = [line[0].strip() for line in plan if "Index Cond" in line[0]]
    assert conditions == [
        f"Index Cond: ((workspace_id = '{tenant.id}'::bigint) AND (entry = c.entry))"
    ]
