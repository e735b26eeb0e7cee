"""What the database says of itself."""

import asyncpg

from app.kit.db import Database
from app.leads.jobs import ValidateLeads
from app.validation.errors import UNBELIEVED

UNBELIEVING = """
select exists (
        select from jobs where singleton and state = 'queued' and kind = $1 and error = $2)
    or exists (select from jobs where state = 'running' and kind = $1 and error = $2) found
"""


async def revision(database: Database) -> str | None:
    """The migration that its schema is at; None before the first."""
    try:
        rows = await database.fetch("select version_num from alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return next((row["version_num"] for row in rows), None)


async def waits_for_dns(database: Database) -> bool:
    """Does a check of addresses wait because a worker's resolver cannot be believed?"""
    [row] = await database.fetch(UNBELIEVING, ValidateLeads.kind, UNBELIEVED)
    return bool(row["found"])
