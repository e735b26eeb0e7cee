"""Background jobs."""

from typing import Annotated

from fastapi import APIRouter, Path

from app.deps import KeyedRoute, Reader, ReadTx, problems
from app.jobs.errors import JobNotFound
from app.jobs.repository import JobRepository
from app.jobs.schemas import JobOut
from app.kit.fields import BIGGEST
from app.values import JobId

router = APIRouter(tags=["Jobs"], route_class=KeyedRoute)

JobPath = Annotated[JobId, Path(ge=1, le=BIGGEST, description="The job's id.")]


@router.get("/jobs/{job_id}", responses=problems(JobNotFound))
async def get_job(job_id: JobPath, caller: Reader, tx: ReadTx) -> JobOut:
    """How far a job is, or how it ended; kept for a week after its end."""
    return JobOut.of(await JobRepository(tx, caller.workspace_id).get(job_id))
