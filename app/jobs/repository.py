"""Background jobs, as their workspace sees them."""

from sqlalchemy import select

from app.jobs.errors import JobNotFound
from app.jobs.rules import JobSeen
from app.kit.db import Tx
from app.kit.jobs import JobRow
from app.values import JobId, JobState, WorkspaceId

COLUMNS = (
    JobRow.id,
    JobRow.kind,
    JobRow.state,
    JobRow.attempt,
    JobRow.progress,
    JobRow.error,
    JobRow.result,
    JobRow.created_at,
    JobRow.finished_at,
)


class JobRepository:
    """The jobs of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def get(self, job_id: JobId) -> JobSeen:
        """Raises JobNotFound."""
        found = await self._tx.execute(
            select(*COLUMNS).where(JobRow.workspace_id == self._workspace_id, JobRow.id == job_id)
        )
        row = found.mappings().one_or_none()
        if row is None:
            raise JobNotFound
        return JobSeen(**dict(row) | {"state": JobState(row["state"])})
