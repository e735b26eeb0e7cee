"""Runs jobs.

Claims one, keeps its lease while the operation works, and ends, retries or fails it.
"""

import logging

from app.kit.jobs import RETRY_DELAYS_S, JobFailed, Lease, LeaseLost, Renewal
from app.kit.resources import Resources
from app.values import JobId, JobState
from workers.tasks import TASKS

log = logging.getLogger(__name__)


async def run_job(resources: Resources, job_id: JobId | None = None) -> bool:
    """Run this job, or the one that is due longest. False when there was none to claim."""
    lease = await resources.jobs.claim(job_id)
    if lease is None:
        return False
    async with Renewal(resources.jobs, lease, every_s=resources.settings.job_lease_s / 3):
        await _run(resources, lease)
    return True


async def run_due(resources: Resources) -> int:
    """Run jobs until none is due; gives how many ran."""
    ran = 0
    while await run_job(resources):
        ran += 1
    return ran


async def _run(resources: Resources, lease: Lease) -> None:
    try:
        await TASKS[lease.kind](resources, lease)
    except LeaseLost:
        log.info("job %s was taken over", lease.job_id)
    except JobFailed as failure:
        await resources.jobs.end(lease, JobState.FAILED, str(failure))
    except Exception as error:
        log.exception("job %s (%s) failed in attempt %s", lease.job_id, lease.kind, lease.attempt)
        await _again(resources, lease, type(error).__name__)
    else:
        await resources.jobs.end(lease, JobState.COMPLETED)


async def _again(resources: Resources, lease: Lease, error: str) -> None:
    if lease.attempt > len(RETRY_DELAYS_S):
        await resources.jobs.end(lease, JobState.FAILED, f"{error}, {lease.attempt} times")
    else:
        await resources.jobs.retry(lease, error, RETRY_DELAYS_S[lease.attempt - 1])
