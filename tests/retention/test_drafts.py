"""Drafts that nobody finishes."""

from collections.abc import Awaitable, Callable

import pytest

from app.kit.resources import Resources
from app.retention.operations import queue_removals
from tests.client import Tenant
from tests.imports.batches import shown
from tests.imports.test_files import sent

Work = Callable[[], Awaitable[int]]
AGE = "update {} set created_at = now() - $2 * interval '1 day' where workspace_id = $1"


@pytest.mark.parametrize(("days", "state"), [(29.9, "draft"), (30.1, "cancelled")])
async def test_a_draft_is_cancelled_after_thirty_days(
    tenant: Tenant, resources: Resources, work: Work, days: float, state: str
) -> None:
    await resources.database.fetch("delete from jobs")
    draft = (await sent(tenant, await tenant.campaign(), "email\nann@example.com\n")).json()
    for table in ("imports", "uploads"):
        await resources.database.fetch(AGE.format(table), tenant.id, days)
    await queue_removals(resources)
    await work()
    assert (await shown(tenant.api, f"/imports/{draft['id']}"))["state"] == state
    # Its file is there as long as there is a ledger, as with every import that has ended.
    answer = await tenant.api.get(f"/uploads/{draft['upload_id']}")
    assert answer.status_code == 200
