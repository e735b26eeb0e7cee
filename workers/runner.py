"""Runs a job.

Keeps its lease while the operation works, then ends, retries or fails it, or gives it back.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from opentelemetry.trace import SpanKind
from structlog.contextvars import bound_contextvars

from app.kit.db import is_away, is_slow
from app.kit.jobs import (
    RETRY_DELAYS_S,
    JobFailed,
    JobPostponed,
    Lease,
    LeaseLost,
    NotNow,
    WishGranted,
)
from app.kit.leases import Renewal
from app.kit.problems import ServiceUnavailable
from app.kit.resources import Resources
from app.kit.storage import StorageAway
from app.kit.traces import span
from app.values import JobState
from workers.tasks import TELL_OF_DELAY, TELL_OF_FAILURE, Task

T = TypeVar("T")

log = logging.getLogger(__name__)

AWAY_PAUSE_S = 0.5
AWAY_DELAYS_S = RETRY_DELAYS_S[:4]
"""No longer ones: what was away for a moment may be met by a job that was claimed many times."""


async def run(resources: Resources, lease: Lease, tasks: Mapping[str, Task]) -> None:
    """Cancelled, it gives the lease back, and what was not committed is done again by another.

    One line in the log says how it went, and each line meanwhile which job it belongs to.
    """
    began, outcome = time.perf_counter(), "given_back"
    fields: dict[str, str | int] = {
        "workspace_id": lease.workspace_id,
        "job_id": lease.job_id,
        "kind": lease.kind,
        "attempt": lease.attempt,
    }
    with bound_contextvars(**fields):
        try:
            with span(resources.tracer, f"job {lease.kind}", SpanKind.CONSUMER, fields) as made:
                outcome = await _leased(resources, lease, tasks[lease.kind])
                made.set_attribute("leadgate.outcome", outcome)
        finally:
            duration_ms = round((time.perf_counter() - began) * 1000, 1)
            log.info("job", extra={"outcome": outcome, "duration_ms": duration_ms})


async def _leased(resources: Resources, lease: Lease, task: Task) -> str:
    async with Renewal(resources.jobs, lease, every_s=resources.settings.job_lease_s / 3):
        try:
            if lease.failures > len(RETRY_DELAYS_S):
                return await _fail(resources, lease, "The worker was lost", lease.failures)
            return await _run(resources, lease, task)
        except LeaseLost:
            return "taken_over"
        except WishGranted:
            return await _end(resources, lease, JobState.CANCELLED)
        except asyncio.CancelledError:
            await asyncio.shield(resources.jobs.give_back(lease))
            raise


async def _run(resources: Resources, lease: Lease, task: Task) -> str:
    """Gives what became of it. Raises LeaseLost, WishGranted."""
    try:
        result = await task(resources, lease)
    except (LeaseLost, WishGranted):
        raise
    except JobPostponed as later:
        return await _retry(resources, lease, str(later), later.delay_s, failed=False)
    except JobFailed as failure:
        return await _end_failed(resources, lease, str(failure))
    except NotNow as error:
        log.warning("the job cannot go on now")
        return await _again(resources, lease, str(error))
    except Exception as error:
        if is_away(error) or isinstance(error, StorageAway):
            return await _postpone(resources, lease, error)
        log.exception("the job's run failed")
        return await _again(resources, lease, _said(error))
    return await _end(resources, lease, JobState.COMPLETED, result=result)


async def _postpone(resources: Resources, lease: Lease, error: Exception) -> str:
    """Without PostgreSQL or the storage no job can work: that is no failure of this one.

    It waits a little longer each time all the same, lest one that brings the server down does so
    without a pause; unless it got on.
    """
    what = "storage" if isinstance(error, StorageAway) else "database"
    log.warning("the job lost the %s", what)
    _, got_on = await _written(lambda: resources.jobs.standing(lease))
    tries = 1 if got_on else lease.attempt
    delay_s = AWAY_DELAYS_S[min(tries, len(AWAY_DELAYS_S)) - 1]
    return await _retry(resources, lease, f"The {what} was away", delay_s, failed=False)


async def _again(resources: Resources, lease: Lease, error: str) -> str:
    failures, _ = await _written(lambda: resources.jobs.standing(lease))
    if failures >= len(RETRY_DELAYS_S):
        return await _fail(resources, lease, error, failures + 1)
    return await _retry(resources, lease, error, RETRY_DELAYS_S[failures])


async def _fail(resources: Resources, lease: Lease, error: str, failures: int) -> str:
    log.error("the job failed for good")
    return await _end_failed(resources, lease, f"{error}, {failures} times")


async def _end_failed(resources: Resources, lease: Lease, error: str) -> str:
    if tell := TELL_OF_FAILURE.get(lease.kind):
        await _written(lambda: tell(resources, lease, error))
    return await _end(resources, lease, JobState.FAILED, error=error)


def _said(error: Exception) -> str:
    """For clients, hence without the error's own text: that may quote what people sent."""
    if is_slow(error) or isinstance(error, ServiceUnavailable):
        return "The database was too busy"
    return f"An unexpected {type(error).__name__}"


async def _end(
    resources: Resources,
    lease: Lease,
    state: JobState,
    *,
    error: str | None = None,
    result: dict[str, Any] | None = None,
) -> str:
    await _written(lambda: resources.jobs.end(lease, state, error=error, result=result))
    return state


async def _retry(
    resources: Resources, lease: Lease, error: str, delay_s: float, *, failed: bool = True
) -> str:
    if tell := TELL_OF_DELAY.get(lease.kind):
        await _written(lambda: tell(resources, lease, error))
    await _written(lambda: resources.jobs.retry(lease, error, delay_s, failed=failed))
    return "retried"


async def _written(write: Callable[[], Awaitable[T]]) -> T:
    """How a run ended is not lost to a PostgreSQL that is away: it waits until it is back."""
    while True:
        try:
            return await write()
        except Exception as error:
            if not (is_away(error) or is_slow(error)):
                raise
        await asyncio.sleep(AWAY_PAUSE_S)
