"""The metrics of this process, and of the jobs that all processes share."""

import asyncio
import math
import time
from typing import NamedTuple

from app.kit.metrics import Metrics
from app.kit.resources import Resources
from app.metrics import repository
from app.metrics.repository import JobFigure

READ_EVERY_S = 5
"""However many scrape: counting the jobs is PostgreSQL's work."""
READ_TIMEOUT_S = 2


async def scrape(resources: Resources) -> bytes:
    """Prometheus' text. With PostgreSQL away it has what is known without."""
    metrics = resources.metrics
    if time.monotonic() > metrics.jobs_fresh_until:
        # Before it is waited for: whoever asks meanwhile is given the figures before.
        metrics.jobs_fresh_until = time.monotonic() + READ_EVERY_S
        _show(metrics, await _read(resources))
    return metrics.exposition()


class Figures(NamedTuple):
    jobs: list[JobFigure]
    waiting: dict[str, int]


async def _read(resources: Resources) -> Figures | None:
    database = resources.database
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            return Figures(
                await repository.job_figures(database), await repository.leads_waiting(database)
            )
    except Exception:  # noqa: BLE001  # whatever keeps it from answering, it does not
        return None


def _show(metrics: Metrics, found: Figures | None) -> None:
    """None: it is not known how the jobs are."""
    metrics.database_up.set(found is not None)
    metrics.jobs.clear()
    metrics.waiting.clear()
    jobs = found.jobs if found else []
    for figure in jobs:
        metrics.jobs.labels(figure.kind, figure.state).set(figure.jobs)
    for stage, leads in found.waiting.items() if found else ():
        metrics.waiting.labels(stage).set(leads)
    due = [figure.due_s for figure in jobs if figure.due_s is not None]
    metrics.oldest_due.set(math.nan if found is None else max(0, 0, *due))
