"""What is known of mail domains, or found out now."""

from collections.abc import Collection, Mapping

from app.kit.resources import Resources
from app.validation import repository
from app.validation.asking import LEASE, Asking
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
