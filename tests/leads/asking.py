"""A worker that asks a provider for mailboxes."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta

from app.kit.resources import Resources
from app.leads.jobs import ValidateLeads, VerifyMailboxes
from tests.client import Tenant
from tests.jobs import run_due
from tests.leads.validated import later
from tests.providers import Provider


@dataclass
class Asking:
    """A worker, and the provider that it asks."""

    resources: Resources
    provider: Provider
    tenant: Tenant

    async def check(self) -> int:
        """Everybody whose time has come; gives how many jobs ran."""
        return await run_due(self.resources, [ValidateLeads.kind, VerifyMailboxes.kind])

    async def after(self, by: timedelta) -> None:
        """Those whose time has come then."""
        await later(self.resources, self.tenant, by)
        await self.resources.database.fetch("delete from provider_budgets")
        await self.resources.database.fetch(
            "update jobs set run_at = run_at - $2::interval where workspace_id = $1",
            *(self.tenant.id, by),
        )
        await self.check()

    async def jobs(self) -> list[tuple[str, str | None]]:
        rows = await self.resources.database.fetch(
            "select kind, state, error from jobs where workspace_id = $1", self.tenant.id
        )
        assert {row["kind"] for row in rows} <= {VerifyMailboxes.kind}
        return [(row["state"], row["error"]) for row in rows]


Ask = Callable[..., AbstractAsyncContextManager[Asking]]
