"""Check the addresses of those who wait for it, one committed chunk at a time."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby

from app.kit.db import Tx
from app.kit.jobs import JobPostponed, Lease, queue_all
from app.kit.resources import Resources
from app.leads.jobs import ValidateLeads
from app.leads.repository.validating import ValidatingRepository, workspaces_with_due
from app.leads.rules.validating import Place, Waiting
from app.leads.validate import store_validations
from app.validation.errors import ResolverBroken
from app.validation.operations import domain_facts
from app.validation.rules import DomainFacts

LEADS = 4_000
"""Of a chunk, which takes well below two seconds; of a large domain only as many as fit."""
DOMAINS = 1_000
FIRST = Place(datetime.fromtimestamp(0, UTC), "")
OTHERS_S = 5
"""For what somebody else asks for just now; then the rest goes on without it."""
BUSY_S = 2
"""After which somebody looks again who found another at work."""


async def validate_leads(resources: Resources, lease: Lease) -> None:
    """Until nobody waits whose time has come. Safe to kill: what was learned of domains is kept.

    Raises JobPostponed while the resolver cannot be believed, or another job is at it.
    """
    others = await resources.jobs.others(lease)
    if others.running and others.waiting:
        return
    if others.running:
        # Not all at the same moment, where several found one another.
        raise JobPostponed("Another one runs", BUSY_S * random.uniform(0.5, 1))  # noqa: S311
    place, done = FIRST, 0
    while waiting := await _chunk(resources, lease, place):
        place = Place(waiting[-1].due_at, waiting[-1].domain)
        done += len(waiting)
        await _check(resources, lease, waiting, done)


async def queue_validations(resources: Resources) -> None:
    """A job for each workspace in which somebody's time has come; workers ask this repeatedly."""
    async with resources.database.transaction() as tx:
        if workspaces := await workspaces_with_due(tx):
            await queue_all(tx, [ValidateLeads(id_) for id_ in workspaces], singleton=True)


async def _chunk(resources: Resources, lease: Lease, place: Place) -> Sequence[Waiting]:
    """From this place on; behind the last one from the beginning, where others came meanwhile."""
    async with resources.database.transaction() as tx:
        repository = ValidatingRepository(tx, lease.workspace_id)
        waiting = await repository.due(place, LEADS)
        if not waiting and place is not FIRST:
            waiting = await repository.due(FIRST, LEADS)
    return _of_domains(waiting, DOMAINS)


def _of_domains(waiting: Sequence[Waiting], most: int) -> Sequence[Waiting]:
    """Those of the first ``most`` domains."""
    count = 0
    for nr, (_, people) in enumerate(groupby(waiting, key=lambda one: one.domain)):
        if nr == most:
            return waiting[:count]
        count += len(list(people))
    return waiting


async def _check(resources: Resources, lease: Lease, waiting: Sequence[Waiting], done: int) -> None:
    """``done``: how many this job will have looked at then."""
    try:
        domains = {one.domain for one in waiting}
        facts = await domain_facts(resources, domains, wait_s=OTHERS_S)
        await _store(resources, lease, waiting, facts, done)
    except ResolverBroken as broken:
        if known := [one for one in waiting if one.domain in broken.facts]:
            await _store(resources, lease, known, broken.facts, done)
        again_s = max(0.0, (broken.retry_at - datetime.now(UTC)).total_seconds())
        raise JobPostponed("The DNS resolver cannot be believed", again_s) from broken


async def _store(
    resources: Resources,
    lease: Lease,
    waiting: Sequence[Waiting],
    facts: Mapping[str, DomainFacts],
    done: int,
) -> None:
    async def store(tx: Tx) -> None:
        await store_validations(tx, lease.workspace_id, waiting, facts)
        await lease.fence(tx, {"leads_done": done})

    await resources.database.run(store)
