"""What is known of addresses that somebody asks about, and the jobs that ask for the others."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from app.kit.db import Database
from app.leads.errors import ValidationNotFound
from app.leads.jobs import ValidateAddresses
from app.leads.repository.columns import VALIDATION_COLUMNS, validation_of
from app.leads.rules.records import Validation
from app.leads.rules.validating import FRESH_DAYS
from app.validation.repository import fresh_mailbox
from app.values import JobId, WorkspaceId

KNOWN = f"""
select asked.email, {VALIDATION_COLUMNS}
from unnest($2::text[]) asked (email)
cross join lateral (
    select id from leads where workspace_id = $1 and email = asked.email offset 0) l
cross join lateral (
    select * from validations v
    where workspace_id = $1 and lead_id = l.id and email = asked.email
      and {fresh_mailbox("$3")} offset 0) v
"""  # noqa: S608  # column names of ours

JOB = """
select state in ('completed', 'failed', 'cancelled')
           or (arguments ->> 'until')::timestamptz < now() - interval '1 minute' has_ended,
       arguments -> 'emails' emails, result -> 'results' results
from jobs
where workspace_id = $1 and id = $2 and kind = $3
"""

OPEN = """
select count(*) n
from (
    select kind, arguments from jobs where workspace_id = $1 and state = 'queued'
    union all
    select kind, arguments from jobs where workspace_id = $1 and state = 'running') open
where kind = $2 and (arguments ->> 'until')::timestamptz > now()
"""
"""The indexes are of one state each."""


class AskedJob(NamedTuple):
    """``results`` are there at its end, if it did not fail; without a worker it ends as well."""

    has_ended: bool
    emails: Sequence[str]
    results: Sequence[dict[str, Any]] | None


class AddressRepository:
    """One workspace's people and jobs."""

    def __init__(self, database: Database, workspace_id: WorkspaceId) -> None:
        self._database, self._workspace_id = database, workspace_id

    async def known(self, keys: Collection[str]) -> dict[str, Validation]:
        """Whose mailboxes were looked at, and not long ago."""
        rows = await self._database.fetch(KNOWN, self._workspace_id, list(keys), FRESH_DAYS)
        return {row["email"]: found for row in rows if (found := validation_of(row))}

    async def open_jobs(self) -> int:
        """How many are still asking."""
        [row] = await self._database.fetch(OPEN, self._workspace_id, ValidateAddresses.kind)
        n: int = row["n"]
        return n

    async def job(self, job_id: JobId) -> AskedJob:
        """Raises ValidationNotFound."""
        kind = ValidateAddresses.kind
        for row in await self._database.fetch(JOB, self._workspace_id, job_id, kind):
            return AskedJob(row["has_ended"], row["emails"], row["results"])
        raise ValidationNotFound
