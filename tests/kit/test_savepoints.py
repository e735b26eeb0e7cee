"""What raises inside a savepoint leaves nothing behind; what is around it stays."""

from contextlib import suppress

import asyncpg
import pytest

from app.kit.db import FactsChanged, Tx
from app.kit.resources import Resources
from app.values import JobId
from tests.client import Tenant

ADD = "insert into leads (workspace_id, email) values ($1, $2)"


async def addresses(resources: Resources, tenant: Tenant) -> list[str]:
    rows = await resources.database.fetch(
        "select email from leads where workspace_id = $1 order by email", tenant.id
    )
    return [row["email"] for row in rows]


async def test_only_the_block_that_raised_is_undone(resources: Resources, tenant: Tenant) -> None:
    async with resources.database.transaction() as tx:
        await tx.rows(ADD, tenant.id, "before@example.com")
        with suppress(LookupError):
            async with tx.savepoint():
                await tx.rows(ADD, tenant.id, "undone@example.com")
                raise LookupError
        async with tx.savepoint():
            await tx.rows(ADD, tenant.id, "kept@example.com")
        await tx.rows(ADD, tenant.id, "zafter@example.com")
    kept = ["before@example.com", "kept@example.com", "zafter@example.com"]
    assert await addresses(resources, tenant) == kept


async def test_a_failed_statement_does_not_end_the_transaction(
    resources: Resources, tenant: Tenant
) -> None:
    async with resources.database.transaction() as tx:
        await tx.rows(ADD, tenant.id, "once@example.com")
        with pytest.raises(asyncpg.UniqueViolationError):
            async with tx.savepoint():
                await tx.rows(ADD, tenant.id, "once@example.com")
        await tx.rows(ADD, tenant.id, "then@example.com")
    assert await addresses(resources, tenant) == ["once@example.com", "then@example.com"]


async def test_each_block_undoes_its_own(resources: Resources, tenant: Tenant) -> None:
    async with resources.database.transaction() as tx:
        with suppress(LookupError):
            async with tx.savepoint():
                await tx.rows(ADD, tenant.id, "outer@example.com")
                with suppress(KeyError):
                    async with tx.savepoint():
                        await tx.rows(ADD, tenant.id, "inner@example.com")
                        raise KeyError
                raise LookupError
        await tx.rows(ADD, tenant.id, "last@example.com")
    assert await addresses(resources, tenant) == ["last@example.com"]


async def test_jobs_queued_inside_are_forgotten(resources: Resources) -> None:
    async with resources.database.transaction() as tx:
        tx.queued.append(JobId(1))
        with suppress(LookupError):
            async with tx.savepoint():
                tx.queued.append(JobId(2))
                raise LookupError
        async with tx.savepoint():
            tx.queued.append(JobId(3))
        assert tx.queued == [1, 3]
        tx.queued.clear()


async def test_a_lost_conflict_still_runs_everything_again(
    resources: Resources, tenant: Tenant
) -> None:
    attempts = 0

    async def work(tx: Tx) -> None:
        nonlocal attempts
        attempts += 1
        async with tx.savepoint():
            await tx.rows(ADD, tenant.id, f"{attempts}@example.com")
            if attempts == 1:
                raise FactsChanged
            if attempts == 2:
                await tx.rows("do $$ begin raise sqlstate '40P01'; end $$")

    await resources.database.run(work)
    assert await addresses(resources, tenant) == ["3@example.com"]


async def test_a_lost_connection_is_told_as_such(resources: Resources) -> None:
    with pytest.raises(asyncpg.PostgresConnectionError):
        async with resources.database.transaction() as tx, tx.savepoint():
            await tx.rows("select pg_terminate_backend(pg_backend_pid())")
