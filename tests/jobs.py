"""What happens to workers: they die, and others take their jobs over."""

from app.kit.jobs import Lease
from app.kit.resources import Resources


async def taken_over(resources: Resources, lease: Lease) -> Lease:
    """Another worker's lease on the same job, after the first one was not renewed in time."""
    await resources.database.fetch(
        "update jobs set lease_until = now() where id = $1", lease.job_id
    )
    taken = await resources.jobs.claim(lease.job_id)
    assert taken
    return taken
