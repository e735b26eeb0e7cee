"""Alembic's entry: one migration at a time, from however many hosts it is started."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.kit.db import asyncpg_url
from app.models import Base

LOCK = 0x6C656164  # "lead"


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def online() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or os.environ["LEADGATE_DATABASE_URL"]
    engine = create_async_engine(asyncpg_url(url), poolclass=pool.NullPool)
    # The guard has no transaction: "create index concurrently" waits for those that are idle, too.
    alone = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection, alone.connect() as guard:
        # On a connection of its own, so that the lock outlives each migration's transaction. Asked
        # for again and again instead of waited for: a waiting statement holds a snapshot, and
        # "create index concurrently" waits for it.
        while not await guard.scalar(text(f"select pg_try_advisory_lock({LOCK})")):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(online())
