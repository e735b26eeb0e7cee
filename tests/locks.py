"""Stop a request in the middle of its transaction, and look what happens meanwhile does to it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg

from app.kit.resources import Resources

T = TypeVar("T")

PATIENCE_S = 20
WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock'
"""


@dataclass(frozen=True)
class Locks:
    """Locks on the way of the requests of a workspace."""

    resources: Resources
    workspace_id: int

    @asynccontextmanager
    async def stopped(
        self, request: Coroutine[Any, Any, T], at: str, *arguments: object
    ) -> AsyncIterator["asyncio.Task[T]"]:
        """The request waits, as long as the block, for what the statement ``at`` locks."""
        async with self.held(at, *arguments):
            task = asyncio.create_task(request)
            await self.waiting(1)
            yield task

    def at_address(
        self, email: str, request: Coroutine[Any, Any, T]
    ) -> "AbstractAsyncContextManager[asyncio.Task[T]]":
        """Stopped where it takes this address, which nobody has: those before are taken."""
        return self.stopped(
            request, "insert into leads (workspace_id, email) values ($1, $2)", email
        )

    def at_profile(
        self, key: str, request: Coroutine[Any, Any, T]
    ) -> "AbstractAsyncContextManager[asyncio.Task[T]]":
        """Stopped where it claims this LinkedIn key, which nobody has: no address is taken."""
        return self.stopped(
            request,
            "insert into lead_linkedin (workspace_id, linkedin_key, lead_id) values ($1, $2, 0)",
            key,
        )

    @asynccontextmanager
    async def held(self, statement: str, *arguments: object) -> AsyncIterator[None]:
        """What the statement locks stays locked as long as the block; it leaves nothing else."""
        connection = await asyncpg.connect(self.resources.settings.database_url)
        try:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(statement, self.workspace_id, *arguments)
            yield
            await transaction.rollback()
        finally:
            await connection.close()

    async def waiting(self, count: int) -> None:
        """Until so many requests wait for a lock."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                [row] = await self.resources.database.fetch(WAITING)
                if row["count"] >= count:
                    return
                await asyncio.sleep(0.01)
