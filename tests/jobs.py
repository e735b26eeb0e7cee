"""What happens to workers: they run what is due, they die, and others take their jobs over."""

from collections.abc import Iterable

from app.kit.jobs import Lease
from app.kit.resources import Resources
from app.leads.jobs import ValidateLeads
from workers.runner import run
from workers.tasks import TASKS

UNASKED = TASKS.keys() - {ValidateLeads.kind}
"""All but the check of addresses, which every batch asks for: tests of it say so."""


async def run_due(resources: Resources, kinds: Iterable[str] = UNASKED) -> int:
    """Run jobs, one after the other, until none is due; gives how many ran."""
    ran = 0
    while lease := await resources.jobs.claim_next(kinds):
        await run(resources, lease, TASKS)
        ran += 1
    return ran


async def taken_over(resources: Resources, lease: Lease) -> Lease:
    """Another worker's lease on the same job, after the first one was not renewed in time."""
    await resources.database.fetch(
        "update jobs set lease_until = now() where id = $1", lease.job_id
    )
    taken = await resources.jobs.claim(lease.job_id)
    assert taken
    return taken
