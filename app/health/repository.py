"""What the database says of itself."""

import asyncpg

from app.kit.db import Database


async def revision(database: Database) -> str | None:
    """The migration that its schema is at; None before the first."""
    try:
        rows = await database.fetch("select version_num from alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return next((row["version_num"] for row in rows), None)
