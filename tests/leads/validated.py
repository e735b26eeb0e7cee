"""What the tests of validation do again and again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from app.kit.resources import Resources
from app.leads.operations.validating import queue_validations
from app.leads.rules.validating import RETRY_DELAYS
from tests.client import Tenant
from tests.validation.test_domain_facts import age

Check = Callable[[], Awaitable[int]]
FLAGS = ("disposable", "role", "free", "privacy_relay")


async def found(resources: Resources, tenant: Tenant) -> dict[str, tuple[str, str]]:
    """Result and reason, by address."""
    rows = await resources.database.fetch(
        "select email, result, reason from validations where workspace_id = $1", tenant.id
    )
    return {row["email"]: (row["result"], row["reason"]) for row in rows}


async def waiting(resources: Resources, tenant: Tenant) -> dict[int, tuple[int, timedelta]]:
    """By lead: how often they were tried, and in what time they are due."""
    rows = await resources.database.fetch(
        "select lead_id, tries, due_at - now() due from unvalidated where workspace_id = $1",
        tenant.id,
    )
    return {row["lead_id"]: (row["tries"], row["due"]) for row in rows}


async def later(resources: Resources, tenant: Tenant, by: timedelta) -> None:
    """As if so much time had passed, for all that is known and for all who wait: a job is queued
    for those whose time has come.
    """
    await age(resources, by)
    await resources.database.fetch(
        "update unvalidated set due_at = due_at - $2::interval where workspace_id = $1",
        *(tenant.id, by),
    )
    await queue_validations(resources)


async def check_again(resources: Resources, tenant: Tenant, *, anew: bool = False) -> None:
    """Queue everybody, whatever is known of their domains; ``anew``: and of their mailboxes."""
    async with resources.database.transaction() as tx:
        await tx.rows("delete from mail_domains")
        await tx.rows(
            "insert into unvalidated (workspace_id, lead_id, domain, anew)"
            " select workspace_id, id, split_part(email, '@', 2), $2 from leads"
            " where workspace_id = $1 on conflict (workspace_id, lead_id) do update"
            " set due_at = excluded.due_at, tries = 0, reason = null",
            *(tenant.id, anew),
        )
    await queue_validations(resources)


def told(
    result: str, reason: str, before: str | None = None, then: str | None = None, **more: Any
) -> dict[str, Any]:
    moved = {"from": before, "to": then} if before else {}
    data = {"result": result, "reason": reason, **moved, **more}
    return {"type": "validated", "source": "validation", "data": data}


async def give_up(resources: Resources, tenant: Tenant, check: Check) -> None:
    """Try those whom the first try left until nobody waits any more."""
    for _ in range(len(RETRY_DELAYS)):
        await later(resources, tenant, timedelta(days=2))
        await check()
    assert await waiting(resources, tenant) == {}
