"""The people of the next chunk are looked at while the one before is being stored."""

from collections.abc import Awaitable, Callable

from app.imports.sources.chunk import ROWS as CHUNK
from app.kit.resources import Resources
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.batches import person, suppress
from tests.imports.test_files import imported
from tests.leads.people import joined

KNOWN = [
    {"email": "kim@example.com", "linkedin_profile": "https://linkedin.com/in/kim"},
    {"email": "lee@example.com", "linkedin_profile": "https://linkedin.com/in/lee"},
    {"email": "sam@example.com", "linkedin_profile": "https://linkedin.com/in/sam"},
]
BEFORE = (
    "new@example.com,New,linkedin.com/in/new",
    "kim@example.com,Kimberly,",
    "lee@example.com,Lee,linkedin.com/in/lee-2",
    "sam2@example.com,Sam,linkedin.com/in/sam",
    "ann@blocked.com,Ann,",
)
"""At the end of the first chunk: added, updated, updated, somebody else's profile, blocked."""
AFTER = {
    "new@example.com,Again,": "duplicate_in_batch",
    "other@example.com,Other,linkedin.com/in/new": "duplicate_in_batch",
    "third@example.com,Third,linkedin.com/in/kim": "duplicate_in_batch",
    "kim@example.com,Kim,": "duplicate_in_batch",
    "heir@example.com,Heir,linkedin.com/in/lee": "added",
    "sam@example.com,Samuel,": "updated",
    "ann@blocked.com,Ann,": "blocked",
    "fresh@example.com,Fresh,linkedin.com/in/fresh": "added",
}


async def test_whom_the_chunk_before_touched_is_looked_at_again(
    tenant: Tenant, resources: Resources, work: Callable[[], Awaitable[int]]
) -> None:
    campaign_id = await tenant.campaign()
    await joined(tenant, campaign_id, *KNOWN)
    await suppress(tenant, "leads/block-list", "ann@blocked.com")
    filling = (f"p{n}@example.com,P{n}," for n in range(CHUNK - len(BEFORE)))
    text = "\n".join(["email,first_name,linkedin_profile", *filling, *BEFORE, *AFTER])
    started = await imported(tenant, campaign_id, text, mode="create_and_update")
    await work()
    rows = await resources.database.fetch(
        "select email, lead_id, code from import_rows where workspace_id = $1 and import_id = $2"
        " and row_no > $3 order by row_no",
        tenant.id,
        started["id"],
        CHUNK,
    )
    assert dict(zip(AFTER, [row["code"] for row in rows], strict=True)) == AFTER
    known = [row["lead_id"] for row in rows if row["email"] == "new@example.com"]
    assert known == [(await person(tenant, "new@example.com"))["id"]]
    assert await offenders(resources, tenant.id) == []
