"""Runs a job.

Keeps its lease while the operation works, then ends, retries or fails it, or gives it back.
"""

import asyncio
import logging
import time

from structlog.contextvars import bound_contextvars

from app.kit.jobs import RETRY_DELAYS_S, JobFailed, Lease, LeaseLost
from app.kit.leases import Renewal
from app.kit.resources import Resources
from app.values import JobState
from workers.tasks import TASKS

log = logging.getLogger(__name__)


async def run(resources: Resources, lease: Lease) -> None:
    """Cancelled, it gives the lease back, and what was not committed is done again by another.

    One line in the log says how it went, and each line meanwhile which job it belongs to.
    """
    began, outcome = time.perf_counter(), "given_back"
    with bound_contextvars(
        workspace_id=lease.workspace_id,
        job_id=lease.job_id,
        kind=lease.kind,
        attempt=lease.attempt,
    ):
        async with Renewal(resources.jobs, lease, every_s=resources.settings.job_lease_s / 3):
            try:
                outcome = await _run(resources, lease)
            except asyncio.CancelledError:
                await asyncio.shield(resources.jobs.give_back(lease))
                raise
            finally:
                duration_ms = round((time.perf_counter() - began) * 1000, 1)
                log.info("job", extra={"outcome": outcome, "duration_ms": duration_ms})


async def _run(resources: Resources, lease: Lease) -> str:
    """Gives what became of it."""
    if lease.failures > len(RETRY_DELAYS_S):
        return await _fail(resources, lease, "The worker was lost", lease.failures)
    try:
        await TASKS[lease.kind](resources, lease)
    except LeaseLost:
        return "taken_over"
    except JobFailed as failure:
        await resources.jobs.end(lease, JobState.FAILED, str(failure))
        return JobState.FAILED
    except Exception as error:
        log.exception("the job's run failed")
        return await _again(resources, lease, type(error).__name__)
    await resources.jobs.end(lease, JobState.COMPLETED)
    return JobState.COMPLETED


async def _again(resources: Resources, lease: Lease, error: str) -> str:
    if lease.failures >= len(RETRY_DELAYS_S):
        return await _fail(resources, lease, error, lease.failures + 1)
    await resources.jobs.retry(lease, error, RETRY_DELAYS_S[lease.failures])
    return "retried"


async def _fail(resources: Resources, lease: Lease, error: str, failures: int) -> str:
    log.error("the job failed for good")
    await resources.jobs.end(lease, JobState.FAILED, f"{error}, {failures} times")
    return JobState.FAILED
