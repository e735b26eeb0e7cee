"""Check addresses that somebody asks about: nothing is written of them but the job's result."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.kit.db import Tx
from app.kit.jobs import JobPostponed, Lease, queue
from app.kit.resources import Resources
from app.leads.errors import TooManyValidations
from app.leads.jobs import ValidateAddresses
from app.leads.repository.addresses import AddressRepository
from app.leads.rules.addresses import Address, Answered, Knowledge, domain_of, given_up, keys_of
from app.leads.rules.records import Validation
from app.validation.errors import ResolverBroken
from app.validation.operations import domain_facts, facts_within
from app.validation.overrides.repository import OverrideRepository
from app.validation.rules import DomainFacts
from app.values import JobId, ValidationLevel, ValidationReason, ValidationResult, WorkspaceId
from app.workspaces.repository import WorkspaceRepository
from app.workspaces.rules import Caller, Policy

AT_ONCE_S = 2
"""For domains that are asked for while the client waits."""
LATEST = timedelta(minutes=5)
"""Then what is still missing is unverified."""
AGAIN_S = 5
PORTION = 10
"""Then others have their turn: some texts take a millisecond."""
MOST_OPEN = 20
"""Jobs of one workspace; more that begin at the same moment do no harm."""


async def check_addresses(
    resources: Resources, caller: Caller, emails: Sequence[str]
) -> list[Address]:
    """What is known, or heard of soon. No connection is held while the network is asked.

    Raises TooManyValidations, by which the domains that are asked for have a limit.
    """
    if await AddressRepository(resources.database, caller.workspace_id).open_jobs() >= MOST_OPEN:
        raise TooManyValidations(MOST_OPEN)
    known = await _known(resources, caller.workspace_id, emails)
    heard = await facts_within(resources, known.unknown(), AT_ONCE_S)
    return await judged(_with(known, heard), emails, caller.policy)


async def queue_rest(
    tx: Tx, caller: Caller, emails: Sequence[str], addresses: Sequence[Address]
) -> Answered:
    """By a job, if anything is missing."""
    if all(address.validation for address in addresses):
        return Answered(addresses)
    until = datetime.now(UTC) + LATEST
    job = ValidateAddresses(caller.workspace_id, list(emails), until.isoformat())
    return Answered(addresses, await queue(tx, job))


async def answered(resources: Resources, caller: Caller, job_id: JobId) -> Answered:
    """What is known by now; all of it when the job has ended. Raises ValidationNotFound."""
    job = await AddressRepository(resources.database, caller.workspace_id).job(job_id)
    if job.results is not None:
        return Answered([_address(one) for one in job.results], job_id)
    known = await _known(resources, caller.workspace_id, job.emails)
    addresses = await judged(known, job.emails, caller.policy)
    if job.has_ended:
        addresses = given_up(addresses, datetime.now(UTC))
    return Answered(addresses, job_id)


async def validate_addresses(resources: Resources, lease: Lease) -> dict[str, Any]:
    """Raises JobPostponed while something is missing, and it is not too late."""
    job = lease.as_job(ValidateAddresses)
    known = await _known(resources, job.workspace_id, job.emails)
    heard, again_s = await _ask(resources, known.unknown())
    async with resources.database.transaction() as tx:
        policy = (await WorkspaceRepository(tx, job.workspace_id).get()).policy
    addresses = await judged(_with(known, heard), job.emails, policy)
    now = datetime.now(UTC)
    missing = any(address.validation is None for address in addresses)
    if missing and now < datetime.fromisoformat(job.until):
        raise JobPostponed("Domains were not heard of", again_s)
    return {"results": [asdict(one) for one in given_up(addresses, now)]}


async def _ask(
    resources: Resources, domains: Iterable[str]
) -> tuple[Mapping[str, DomainFacts], float]:
    """And in how many seconds to come again."""
    try:
        return await domain_facts(resources, set(domains), wait_s=AGAIN_S), AGAIN_S
    except ResolverBroken as broken:
        again = broken.retry_at - datetime.now(UTC)
        return broken.facts, max(again.total_seconds(), AGAIN_S)


async def _known(
    resources: Resources, workspace_id: WorkspaceId, emails: Sequence[str]
) -> Knowledge:
    given: dict[str, str | None] = {}
    for portion in _portions(emails):
        given |= keys_of(portion)
        await asyncio.sleep(0)
    keys = {key for key in given.values() if key}
    people = await AddressRepository(resources.database, workspace_id).known(keys)
    async with resources.database.transaction() as tx:
        overrides = await OverrideRepository(tx, workspace_id).all()
    facts = await facts_within(resources, {domain_of(key) for key in keys}, 0)
    return Knowledge(given, facts, people, overrides)


def _with(known: Knowledge, heard: Mapping[str, DomainFacts]) -> Knowledge:
    return replace(known, facts={**known.facts, **heard})


async def judged(known: Knowledge, emails: Sequence[str], policy: Policy) -> list[Address]:
    """Others have their turn after every portion."""
    found, now = [], datetime.now(UTC)
    for portion in _portions(emails):
        found += known.judged(portion, policy.valid_requires, now)
        await asyncio.sleep(0)
    return found


def _portions(emails: Sequence[str]) -> Iterator[Sequence[str]]:
    return (emails[place : place + PORTION] for place in range(0, len(emails), PORTION))


def _address(stored: Mapping[str, Any]) -> Address:
    """As the job's result has it."""
    found = dict(stored["validation"])
    return Address(
        stored["given"],
        Validation(
            result=ValidationResult(found.pop("result")),
            reason=ValidationReason(found.pop("reason")),
            level=ValidationLevel(found.pop("level")),
            checked_at=datetime.fromisoformat(found.pop("checked_at")),
            **found,
        ),
    )
