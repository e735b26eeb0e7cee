"""Check the addresses of those who wait for it, one committed chunk at a time."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from app.kit.db import Tx
from app.kit.jobs import Job, JobPostponed, Lease, queue_all
from app.kit.resources import Resources
from app.leads.jobs import ValidateLeads, VerifyMailboxes
from app.leads.repository.waiting import WaitingRepository, workspaces_with_due
from app.leads.rules.validating import AT_ONCE, Place, Waiting
from app.leads.validate import store_validations
from app.validation.errors import UNBELIEVED, ResolverBroken
from app.validation.operations import domain_facts
from app.validation.rules import DomainFacts
from app.values import ValidationLevel, WorkspaceId

LEADS = 4_000
"""Of a chunk, which takes well below two seconds; of a large domain only as many as fit."""
DOMAINS = 1_000
FIRST = Place(AT_ONCE, "")
OTHERS_S = 5
"""For what somebody else asks for just now; then the rest goes on without it."""
BUSY_S = 2
"""After which somebody looks again who found another at work."""


class Chunk(NamedTuple):
    """Some who wait, and what is known of their domains."""

    waiting: Sequence[Waiting]
    facts: Mapping[str, DomainFacts]
    retry_at: datetime | None = None
    """When the resolver could not be believed: the facts are those that hold all the same."""

    @property
    def end(self) -> Place:
        return Place(self.waiting[-1].due_at, self.waiting[-1].domain)


async def validate_leads(resources: Resources, lease: Lease) -> None:
    """Until nobody waits whose time has come. Safe to kill: what was learned of domains is kept.

    Raises JobPostponed while the resolver cannot be believed, or another job is at it.
    """
    if await is_alone(resources, lease):
        await Validating(resources, lease).run()


async def is_alone(resources: Resources, lease: Lease) -> bool:
    """Whether this is the job that works; raises JobPostponed if it is the one that waits."""
    others = await resources.jobs.others(lease)
    if others.running and not others.waiting:
        # Not all at the same moment, where several found one another.
        raise JobPostponed("Another one runs", BUSY_S * random.uniform(0.5, 1))  # noqa: S311
    return not others.running


async def queue_validations(resources: Resources) -> None:
    """A job for each workspace in which somebody's time has come; workers ask this repeatedly."""
    async with resources.database.transaction() as tx:
        domains = await workspaces_with_due(tx, ValidationLevel.DOMAIN)
        mailboxes = await workspaces_with_due(tx, ValidationLevel.MAILBOX)
        jobs: list[Job] = [*map(ValidateLeads, domains), *map(VerifyMailboxes, mailboxes)]
        if jobs:
            await queue_all(tx, jobs, singleton=True)


class Validating:
    """One job's work."""

    def __init__(self, resources: Resources, lease: Lease) -> None:
        self._resources, self._lease = resources, lease
        self._mailboxes = resources.settings.verifier_url is not None
        self._leads_done = 0

    async def run(self) -> None:
        """While a chunk is stored, the next one is asked for.

        That begins behind the chunk's last domain; what is left of a large one comes when all
        others are through.
        """
        chunk = await next_chunk(self._resources, self._lease.workspace_id, FIRST)
        while chunk:
            asking = asyncio.create_task(
                next_chunk(self._resources, self._lease.workspace_id, chunk.end)
            )
            try:
                await self._store(chunk)
                following = await asking
            finally:
                asking.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await asking
            chunk = following or await next_chunk(self._resources, self._lease.workspace_id, FIRST)

    async def _store(self, chunk: Chunk) -> None:
        """Raises JobPostponed behind what is known all the same."""
        broken = chunk.retry_at is not None
        known = [
            one for one in chunk.waiting if not broken or one.given or one.domain in chunk.facts
        ]
        self._leads_done += len(known)

        async def store(tx: Tx) -> None:
            await store_validations(
                tx, self._lease.workspace_id, known, chunk.facts, then_mailboxes=self._mailboxes
            )
            await self._lease.fence(tx, {"leads_done": self._leads_done})

        if known:
            await self._resources.database.run(store)
        if chunk.retry_at:
            again_s = max(0.0, (chunk.retry_at - datetime.now(UTC)).total_seconds())
            raise JobPostponed(UNBELIEVED, again_s)


async def next_chunk(
    resources: Resources, workspace_id: WorkspaceId, behind: Place
) -> Chunk | None:
    """Who may be checked now, behind this place; None if nobody."""
    async with resources.database.transaction() as tx:
        found = await WaitingRepository(tx, workspace_id).due(behind, LEADS)
    waiting = _of_domains(found, DOMAINS)
    if not waiting:
        return None
    domains = {one.domain for one in waiting}
    try:
        return Chunk(waiting, await domain_facts(resources, domains, wait_s=OTHERS_S))
    except ResolverBroken as broken:
        return Chunk(waiting, broken.facts, broken.retry_at)


def _of_domains(waiting: Sequence[Waiting], most: int) -> Sequence[Waiting]:
    """Those of the first ``most`` domains."""
    count = 0
    for nr, (_, people) in enumerate(groupby(waiting, key=lambda one: one.domain)):
        if nr == most:
            return waiting[:count]
        count += len(list(people))
    return waiting
