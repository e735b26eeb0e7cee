"""Can the resolver be believed just now? Names that are known say so.

Of each process, not of all: a resolver is a part of the host, and a broken one here must not stop
the workers elsewhere. A process that starts anew finds out by its first answers.
"""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Sequence
from enum import StrEnum

from dns.rdatatype import MX, A

from app.kit.dns import Heard, Resolver

log = logging.getLogger(__name__)

LONGEST_HOLD_S = 300
REACHED_S = 5
"""How long nobody asks for a made-up name again: each costs the canary's own servers a query."""


class Health(StrEnum):
    SOUND = "sound"
    DEAD = "dead"
    """It says nothing, or that what is there is not; what it says is there may be."""
    LYING = "lying"
    """It finds what is not there; nothing it says counts."""


class Canaries:
    """Domains that have mail hosts for certain, and no name below them that we make up.

    The made-up name cannot be in a cache: it shows that the world is reached, not only remembered.
    """

    def __init__(self, resolver: Resolver, names: Sequence[str], hold_s: float) -> None:
        self._resolver, self._names, self._hold_s = resolver, names, hold_s
        self._reached_at = float("-inf")
        self._held_until = float("-inf")
        self._broken = 0
        """How often in a row."""

    @property
    def held_s(self) -> float:
        """How long nobody is to ask anything."""
        return max(0.0, self._held_until - time.monotonic())

    @property
    def broken(self) -> bool:
        return self._broken > 0

    async def look(self) -> Health:
        """Ask now, one canary and, where it fails, the others: one domain may have its own trouble.

        A resolver that fails is left alone for a while, each time longer.
        """
        health = await self._health()
        if health is Health.SOUND:
            if self.broken:
                log.warning("the resolver can be believed again")
            self._broken = 0
        elif not self.held_s:  # several who look at once see one failure
            self._hold(health)
        return health

    def _hold(self, health: Health) -> None:
        hold_s = min(self._hold_s * 2 ** min(self._broken, 10), LONGEST_HOLD_S)
        self._broken += 1
        self._held_until = time.monotonic() + hold_s
        log.warning("the resolver is %s and is left alone for %.1f s", health, hold_s)

    async def _health(self) -> Health:
        first, *others = random.sample(self._names, len(self._names))
        health = await self._of(first)
        if health is not Health.DEAD or not others:
            return health
        found = await asyncio.gather(*map(self._of, others))
        return next((one for one in found if one is not Health.DEAD), Health.DEAD)

    async def _of(self, name: str) -> Health:
        known = await self._resolver.ask(name, MX)
        if not known.heard.is_answer:
            return Health.DEAD
        found = known.heard is Heard.RECORDS
        if found and time.monotonic() - self._reached_at < REACHED_S:
            return Health.SOUND
        made_up = await self._resolver.ask(f"{secrets.token_hex(6)}.{name}", A)
        if made_up.heard is Heard.RECORDS:
            return Health.LYING
        if not (found and made_up.heard.is_answer):
            return Health.DEAD
        self._reached_at = time.monotonic()
        return Health.SOUND
