"""Many domains at once: claimed by lease, asked side by side, stored as the answers come in.

Killed at any point, nothing is lost but the answers that were not yet stored: when the leases run
out, somebody else asks.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from app.kit.canaries import Health
from app.kit.resources import Resources
from app.validation import repository
from app.validation.clients import ask_domain
from app.validation.errors import ResolverBroken
from app.validation.rules import Answer, DomainFacts, learned
from app.validation.rules.facts import ABSENT, THERE, are_suspiciously_many

CLAIMED_AT_ONCE = 50
LEASE = timedelta(seconds=90)
"""Longer than a claimed domain may wait for its turn, be asked for and be stored."""
GATHERED_S = 0.05
"""Answers of so long are stored together."""
POLL_S = 0.25
"""How often one looks whether somebody else has the answer."""
RECENT = 100
"""Answers that are looked at together."""


class Asking:
    """One call's way from domains to facts; no connection is held while the network is asked."""

    def __init__(
        self, resources: Resources, domains: Collection[str], known: Mapping[str, DomainFacts]
    ) -> None:
        self._resources = resources
        self.found = dict(known)
        self._open = set(domains)
        self._untried = list(self._open)
        self._lease = uuid4()
        self._claimed: dict[str, DomainFacts | None] = {}
        """What was known before of the domains that are ours to ask for."""
        self._tasks: dict[asyncio.Task[Answer], str] = {}
        self._recent: deque[bool] = deque(maxlen=RECENT)
        """Whether the last answers said that something is not there."""

    async def run(self, wait_s: float) -> None:
        """Until everything is found, or others have found nothing for ``wait_s``."""
        waited_s = 0.0
        try:
            while self._open and waited_s < wait_s:
                if self._untried and len(self._tasks) < self._resources.resolver.in_flight:
                    await self._claim()
                elif self._tasks:
                    await self._settle(await self._gathered())
                else:
                    waited_s = 0 if await self._look_at_others() else waited_s + POLL_S
        finally:
            await self._give_back()

    async def _claim(self) -> None:
        """Those that others ask for stay open, and are looked at later."""
        await self._trust()
        wanted, self._untried = self._untried[:CLAIMED_AT_ONCE], self._untried[CLAIMED_AT_ONCE:]
        claimed = await self._resources.database.run(
            lambda tx: repository.claim(tx, wanted, self._lease, LEASE)
        )
        self._claimed |= claimed
        for domain in claimed:
            task = asyncio.create_task(
                ask_domain(self._resources.resolver, self._resources.mail_hosts, domain)
            )
            self._tasks[task] = domain

    async def _trust(self) -> None:
        """A resolver that was broken is asked for its canaries before anything else."""
        canaries = self._resources.canaries
        if canaries.held_s or (canaries.broken and await canaries.look() is not Health.SOUND):
            raise self._broken()

    async def _gathered(self) -> dict[str, Answer]:
        _, running = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        if running:
            await asyncio.sleep(GATHERED_S)
        done = [task for task in self._tasks if task.done()]
        return {self._tasks.pop(task): task.result() for task in done}

    async def _settle(self, answers: dict[str, Answer]) -> None:
        """Store what can be believed: by canaries that were looked at after the answers."""
        health = await self._resources.canaries.look()
        if health is not Health.SOUND:
            self._resources.mail_hosts.forget()
        believed = {domain: answer for domain, answer in answers.items() if _holds(answer, health)}
        self._recent.extend(answer.said in ABSENT for answer in believed.values())
        doubted = are_suspiciously_many(sum(self._recent), len(self._recent))
        now = datetime.now(UTC)
        facts = {
            domain: learned(answer, self._claimed[domain], now, doubted=doubted)
            for domain, answer in believed.items()
        }
        await self._resources.database.run(lambda tx: repository.store(tx, facts, self._lease))
        for domain in facts:
            del self._claimed[domain]
        self._note(facts)
        if self._open and health is not Health.SOUND:
            raise self._broken()

    async def _look_at_others(self) -> bool:
        """Have they found something? What they gave up is tried again."""
        found = await repository.fresh(self._resources.database, self._open)
        if not found:
            await asyncio.sleep(POLL_S)
        self._note(found)
        self._untried = list(self._open)
        return bool(found)

    async def _give_back(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if left := list(self._claimed):
            await self._resources.database.run(lambda tx: repository.release(tx, left, self._lease))

    def _note(self, facts: dict[str, DomainFacts]) -> None:
        self.found |= facts
        self._open -= facts.keys()

    def _broken(self) -> ResolverBroken:
        held = timedelta(seconds=self._resources.canaries.held_s)
        return ResolverBroken(datetime.now(UTC) + held, self.found)


def _holds(answer: Answer, health: Health) -> bool:
    """Of a dead resolver what it found; of a lying one nothing."""
    return health is Health.SOUND or (health is Health.DEAD and answer.said in THERE)
