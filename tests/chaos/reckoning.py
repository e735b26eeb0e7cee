"""What a file's import must have stored, reckoned from the file by other means than ours."""

import csv
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import orjson

from app.kit.resources import Resources

SHOWN = 5
# In the order of the columns of ``people_file``; each row as often as it is stored.
STORED = """
select cl.row_no, l.email, l.first_name, l.last_name, l.company_name, l.website, l.location,
       l.job_title, l.custom_fields, cl.custom_fields, r.code, r.email, r.lead_id = l.id
from campaign_leads cl
join leads l on l.workspace_id = $1 and l.id = cl.lead_id
left join import_rows r on r.workspace_id = $1 and r.import_id = $2 and r.row_no = cl.row_no
where cl.workspace_id = $1 and cl.import_id = $2
order by cl.row_no
"""
CUSTOM = ("icebreaker", "segment", "employees")
Row = tuple[object, ...]


async def differences(
    resources: Resources, workspace_id: int, import_id: int, file: Path
) -> list[str]:
    """Rows of the file that are not stored as they stand there, and stored rows of no file's.

    Side by side in their order, so that a million take no more memory than their addresses.
    """
    found: list[str] = []
    wanted = reckoned(file)
    async for stored in _stored(resources, workspace_id, import_id):
        row = next(wanted, None)
        if row != stored:
            found.append(f"stored {stored}, reckoned {row}")
        if len(found) >= SHOWN:
            return found
    return [*found, *(f"not stored: {row}" for row, _ in zip(wanted, range(SHOWN), strict=False))]


async def _stored(resources: Resources, workspace_id: int, import_id: int) -> AsyncIterator[Row]:
    connection = await asyncpg.connect(resources.settings.database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            async for row in connection.cursor(STORED, workspace_id, import_id, prefetch=1000):
                first, second = orjson.loads(row[8]), orjson.loads(row[9])
                yield (*row[:8], first, second, *row[10:])
    finally:
        await connection.close()


def reckoned(file: Path) -> Iterator[Row]:
    """The first row of everybody who has an address, as it is to be stored."""
    seen: set[str] = set()
    with file.open(newline="", encoding="utf-8") as text:
        rows = csv.reader(text)
        width = len(next(rows))
        for number, cells in enumerate(rows, 1):
            email = cells[0]
            if len(cells) == width and "@" in email and email not in seen:
                seen.add(email)
                custom = {
                    name: value for name, value in zip(CUSTOM, cells[7:], strict=True) if value
                }
                yield (number, *cells[:7], custom, custom, "added", email, True)
