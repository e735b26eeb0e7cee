"""What is known of mail domains, or found out now."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress

from app.kit.resources import Resources
from app.validation import repository
from app.validation.asking import LEASE, Asking
from app.validation.errors import ResolverBroken
from app.validation.rules import DomainFacts

WAIT_S = LEASE.total_seconds() + 10
"""For somebody else's answers: should he have died, his leases run out meanwhile."""


async def domain_facts(
    resources: Resources, domains: Collection[str], *, wait_s: float = WAIT_S
) -> Mapping[str, DomainFacts]:
    """What DNS says of these domains (A-labels), asked only for what is not fresh.

    Whoever calls, in whatever process: a domain is asked once within its time. A domain that
    somebody else did not find for ``wait_s`` is missing; come again for it. Raises ResolverBroken,
    with what was found before.
    """
    known = await repository.fresh(resources.database, domains)
    missing = set(domains) - known.keys()
    asking = Asking(resources, missing, known)
    await asking.run(wait_s)
    return asking.found


async def facts_within(
    resources: Resources, domains: Collection[str], within_s: float
) -> Mapping[str, DomainFacts]:
    """What is known by then; of the others somebody else may be told. 0: nobody is asked."""
    with suppress(TimeoutError):
        if domains and within_s:
            async with asyncio.timeout(within_s):
                try:
                    return await domain_facts(resources, domains)
                except ResolverBroken as broken:
                    return broken.facts
    return await repository.fresh(resources.database, domains)
