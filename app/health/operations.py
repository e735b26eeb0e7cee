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
    """What is missing stops the work; what is degraded makes news slower."""

    missing: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()


async def probe(resources: Resources) -> Readiness:
    """Never raises, and takes no longer than a probe's time-out."""
    missing, redis = await asyncio.gather(_missing(resources), _has_redis(resources))
    return Readiness(missing, () if redis else ("redis",))


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
