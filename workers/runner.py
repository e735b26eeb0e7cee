"""Runs a job.

Keeps its lease while the operation works, then ends, retries or fails it, or gives it back.
"""

import asyncio
import logging

from app.kit.jobs import RETRY_DELAYS_S, JobFailed, Lease, LeaseLost
from app.kit.leases import Renewal
from app.kit.resources import Resources
from app.values import JobState
from workers.tasks import TASKS

log = logging.getLogger(__name__)


async def run(resources: Resources, lease: Lease) -> None:
    """Cancelled, it gives the lease back, and what was not committed is done again by another."""
    async with Renewal(resources.jobs, lease, every_s=resources.settings.job_lease_s / 3):
        try:
            await _run(resources, lease)
        except asyncio.CancelledError:
            await asyncio.shield(resources.jobs.give_back(lease))
            raise


async def _run(resources: Resources, lease: Lease) -> None:
    if lease.failures > len(RETRY_DELAYS_S):
        await _fail(resources, lease, "The worker was lost", lease.failures)
        return
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
    if lease.failures >= len(RETRY_DELAYS_S):
        await _fail(resources, lease, error, lease.failures + 1)
    else:
        await resources.jobs.retry(lease, error, RETRY_DELAYS_S[lease.failures])


async def _fail(resources: Resources, lease: Lease, error: str, failures: int) -> None:
    log.error("job %s (%s) failed for good", lease.job_id, lease.kind)
    await resources.jobs.end(lease, JobState.FAILED, f"{error}, {failures} times")
