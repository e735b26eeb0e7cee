"""Ask a provider for the mailboxes of those whose domains take mail, a few batches at a time."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import replace

from app.kit.db import Tx
from app.kit.jobs import JobPostponed, Lease
from app.kit.resources import Resources
from app.leads.operations.validating import BUSY_S, is_alone
from app.leads.repository.verifying import Leased, VerifyingRepository
from app.leads.rules.progress import topic_of
from app.leads.rules.verifying import TRIES, silence, wait_s
from app.leads.validate import store_outcomes
from app.validation.providers.opening import open_verifier
from app.validation.providers.outcomes import Failure, Outcome, Verifier, failed

TURN_S = 20
"""Then other jobs of the process have theirs: a provider may take hours for a list."""
LONG_S = 900
"""A provider that is away for so long is away for everybody who waits for it."""
SILENT_ROUNDS = 3
"""After which one that says nothing is taken to be."""
CHUNK = 4_000
LOST = Failure("was asked, and not heard of again", True, 0)


async def verify_mailboxes(resources: Resources, lease: Lease) -> None:
    """Until nobody waits whose time has come. Safe to kill: whoever was being asked for waits for
    the next try, and is asked for at most ``TRIES`` times.

    Raises JobPostponed while the provider does not answer, or other jobs are at it.
    """
    if (await resources.jobs.others(lease)).waiting:
        return  # for its turn, or until the provider is back
    if not await is_alone(resources, lease):
        return
    if resources.verifying.locked():
        resources.verifying.is_wanted = True
        raise JobPostponed("Others ask the provider", TURN_S * random.uniform(0.5, 1))  # noqa: S311
    async with open_verifier(resources.settings, resources.database) as verifier:
        if verifier:
            await Verifying(resources, lease, verifier).run()
        else:
            await _release(resources, lease)


async def _release(resources: Resources, lease: Lease) -> None:
    async def chunk(tx: Tx) -> int:
        released = await VerifyingRepository(tx, lease.workspace_id).release(CHUNK)
        tx.changed.add(topic_of(lease.workspace_id))
        await lease.fence(tx)
        return released

    while await resources.database.run(chunk):
        pass


class Verifying:
    """One job's work."""

    def __init__(self, resources: Resources, lease: Lease, verifier: Verifier) -> None:
        self._resources, self._lease, self._verifier = resources, lease, verifier
        self._leads_done: int = lease.progress.get("leads_done", 0)
        self._silent_rounds: int = lease.progress.get("silent_rounds", 0)

    async def run(self) -> None:
        settings, ends = self._resources.settings, time.monotonic() + TURN_S
        while people := await self._take(self._verifier.max_batch * settings.verifier_in_flight):
            if silent := await self._ask(people):
                await self._pause(silent)
            if time.monotonic() > ends:
                self._give_way()

    def _give_way(self) -> None:
        """Until whoever came in vain has come again. Raises JobPostponed."""
        turns = self._resources.verifying
        pause_s, turns.is_wanted = TURN_S if turns.is_wanted else BUSY_S, False
        raise JobPostponed("Others have their turn", pause_s)

    async def _take(self, most: int) -> list[Leased]:
        """Without those who were taken often enough, the last time by a process that was killed."""

        async def take(tx: Tx) -> list[Leased]:
            people = await VerifyingRepository(tx, self._lease.workspace_id).lease(most)
            await self._lease.fence(tx)
            return people

        while people := await self._resources.database.run(take):
            if lost := [one for one in people if one.waiting.tries > TRIES]:
                await self._store(lost, [failed(one.email, LOST) for one in lost])
            if left := [one for one in people if one.waiting.tries <= TRIES]:
                return left
        return []

    async def _ask(self, people: Sequence[Leased]) -> Outcome | None:
        """What became of those who wait longest because nobody answered; None where all did.

        What comes is stored as it comes.
        """
        size = self._verifier.max_batch
        batches = [people[first : first + size] for first in range(0, len(people), size)]
        asking = [asyncio.create_task(self._outcomes(batch)) for batch in batches]
        silences: list[Outcome] = []
        answered = False
        try:
            for coming in asyncio.as_completed(asking):
                batch, outcomes = await coming
                if silent := silence(outcomes):
                    silences.append(silent)
                else:
                    answered = True
                await self._store(batch, outcomes)
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        self._silent_rounds = 0 if answered else self._silent_rounds + 1
        return max(silences, key=wait_s, default=None)

    async def _outcomes(self, batch: Sequence[Leased]) -> tuple[Sequence[Leased], list[Outcome]]:
        async with self._resources.verifying:
            timeout_s = self._resources.settings.verifier_timeout_s
            deadline = asyncio.get_running_loop().time() + timeout_s
            addresses = [one.email for one in batch]
            return batch, await self._verifier.verify(addresses, deadline=deadline)

    async def _pause(self, silent: Outcome) -> None:
        """Where the provider answers nobody for long, everybody waits for their next try, which has
        an end. Else those do who were asked for, and the others until it is back; they go on at
        once where it would be long, and answers others.

        Raises JobPostponed.
        """
        is_long = wait_s(silent) >= LONG_S
        if self._silent_rounds and (is_long or self._silent_rounds >= SILENT_ROUNDS):
            while people := await self._take(CHUNK):
                told = [replace(silent, address=one.email, cost=0) for one in people]
                await self._store(people, told)
        elif not is_long:
            await self._store((), ())
            raise JobPostponed("The provider does not answer", wait_s(silent))

    async def _store(self, people: Sequence[Leased], outcomes: Sequence[Outcome]) -> None:
        workspace_id = self._lease.workspace_id
        found = {
            one.waiting.lead_id: outcome for one, outcome in zip(people, outcomes, strict=True)
        }
        waiting = [one.waiting for one in people]
        self._leads_done += len(people)

        async def store(tx: Tx) -> None:
            if found:
                await store_outcomes(tx, workspace_id, waiting, found, self._verifier.name)
            progress = {"leads_done": self._leads_done, "silent_rounds": self._silent_rounds}
            await self._lease.fence(tx, progress)

        await self._resources.database.run(store)
