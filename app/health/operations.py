"""Can this process do its work?"""

import asyncio
from dataclasses import dataclass

from app import migrate
from app.health import repository
from app.kit.resources import Resources
from app.workspaces.repository import any_key

PROBE_TIMEOUT_S = 2


@dataclass(frozen=True)
class Readiness:
    """What is missing stops the work; what is degraded makes news or checks slower."""

    missing: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()


async def probe(resources: Resources) -> Readiness:
    """Never raises, and takes no longer than a probe's time-out."""
    missing, redis, dns = await asyncio.gather(
        _missing(resources), _has_redis(resources), _has_dns(resources)
    )
    there = {"redis": redis, "dns": dns}
    return Readiness(missing, tuple(name for name, is_there in there.items() if not is_there))


async def _missing(resources: Resources) -> tuple[str, ...]:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            if migrate.is_behind(await repository.revision(resources.database)):
                return ("migrations",)
            async with resources.database.transaction() as tx:
                return () if await any_key(tx) else ("api_key",)
    except Exception:  # noqa: BLE001  # whatever keeps it from answering, it does not
        return ("postgresql",)


async def _has_redis(resources: Resources) -> bool:
    """True, too, where none is wanted."""
    return resources.settings.redis_url is None or await resources.doorbell.is_there()


async def _has_dns(resources: Resources) -> bool:
    """As far as the workers tell; True, too, where nobody can say."""
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            return not await repository.waits_for_dns(resources.database)
    except Exception:  # noqa: BLE001  # that PostgreSQL is away is said already
        return True
