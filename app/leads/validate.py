"""Store what was found out about people's addresses, in one transaction.

Its order is that of every batch: those whose status may change are held in the order of their
addresses, then all are taken out of the queue. Nobody else is held: whoever changes an address or
removes somebody needs their place in the queue, and so waits for this or comes first.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from app.kit.db import Tx
from app.kit.jobs import queue_all
from app.leads.consequences import Consequences
from app.leads.jobs import VerifyMailboxes
from app.leads.metrics import VALIDATIONS
from app.leads.repository.validating import ValidatingRepository
from app.leads.repository.waiting import WaitingRepository
from app.leads.rules.progress import topic_of
from app.leads.rules.validating import (
    MANY_LEADS,
    DomainVerdict,
    GivenVerdict,
    Sorted,
    Waiting,
    sort,
)
from app.leads.rules.verifying import sort_outcomes
from app.validation.overrides.repository import OverrideRepository
from app.validation.overrides.rules import KnownBetter
from app.validation.providers.outcomes import Outcome
from app.validation.rules import DomainFacts, Overrides
from app.values import LeadId, ValidationResult, WorkspaceId


async def store_validations(
    tx: Tx,
    workspace_id: WorkspaceId,
    waiting: Sequence[Waiting],
    facts: Mapping[str, DomainFacts],
    *,
    then_mailboxes: bool = False,
) -> None:
    """By the facts of their domains; those of whom nothing can be told wait on.

    ``then_mailboxes``: whose domain takes mail waits for the provider, unless others could tell of
    the mailbox; until it has answered that is what is known of them.
    """
    storing = Storing(tx, workspace_id, waiting)
    await storing.judge(facts)
    await storing.store(then_mailboxes=then_mailboxes)


async def store_outcomes(
    tx: Tx,
    workspace_id: WorkspaceId,
    waiting: Sequence[Waiting],
    outcomes: Mapping[LeadId, Outcome],
    source: str,
) -> None:
    """By what a provider said of each; ``source`` is its name."""
    storing = Storing(tx, workspace_id, waiting)
    await storing.judge_outcomes(outcomes, source)
    await storing.store()


async def domain_verdicts(
    repository: ValidatingRepository, facts: Mapping[str, DomainFacts], overrides: Overrides
) -> dict[str, DomainVerdict]:
    """Each domain once; how many people are there matters only where it says no."""
    doubtful = [domain for domain, known in facts.items() if not known.takes_mail]
    people = await repository.people_at(doubtful, MANY_LEADS) if doubtful else {}
    return {
        domain: DomainVerdict.of(domain, known, overrides, people.get(domain, 1))
        for domain, known in facts.items()
    }


class Storing:
    """Some who waited, on their way out of the queue, step by step."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId, waiting: Sequence[Waiting]) -> None:
        self._tx, self._workspace_id = tx, workspace_id
        self._waiting = {one.lead_id: one for one in waiting}
        self._repository = ValidatingRepository(tx, workspace_id)
        self._queue = WaitingRepository(tx, workspace_id)
        self.sorted = Sorted({}, {})
        self._known = KnownBetter()
        self._held: set[LeadId] = set()
        """Those whose status may change."""
        self._kept: set[LeadId] = set()
        """Those of whom more is known than this tells."""
        self._told: set[LeadId] = set()
        """Those of them whose mailboxes nobody else is to look at."""
        self._found: Mapping[LeadId, DomainVerdict | GivenVerdict] = {}
        """What was written."""

    async def judge(self, facts: Mapping[str, DomainFacts]) -> None:
        await self._know_better()
        overrides = self._known.overrides
        verdicts = await domain_verdicts(self._repository, facts, overrides)
        now = datetime.now(UTC)
        self.sorted = sort(self._waiting.values(), verdicts, now, overrides)

    async def judge_outcomes(self, outcomes: Mapping[LeadId, Outcome], source: str) -> None:
        await self._know_better()
        now = datetime.now(UTC)
        self.sorted = sort_outcomes(
            self._waiting.values(), outcomes, source, now, self._known.overrides
        )

    async def _know_better(self) -> None:
        self._known = await OverrideRepository(self._tx, self._workspace_id).held()

    async def store(self, *, then_mailboxes: bool = False) -> None:
        await self._queue.keep_plans()
        await self._hold()
        await self._take(then_mailboxes=then_mailboxes)
        found = {i: self._found[i] for i in self._held & self._found.keys()}
        await Consequences(self._tx, self._workspace_id, found).store()

    async def _hold(self) -> None:
        """Those found invalid, and those who were and are not any more."""
        final = self.sorted.final
        invalid = {i for i, one in final.items() if one.finding.result is ValidationResult.INVALID}
        earlier = await self._repository.earlier(final) if final else {}
        self._kept = {
            i
            for i, known in earlier.items()
            if known.outlasts(final[i], is_given=self._waiting[i].given is not None)
        }
        self._told = {i for i in self._kept if not earlier[i].is_open}
        self._held = (invalid | earlier.keys()) - self._kept
        if self._held:
            await self._repository.hold(self._held)

    async def _take(self, *, then_mailboxes: bool) -> None:
        """Whoever has another address by now, or of whom others said something, waits on as they
        are; whoever is gone does not.
        """
        taken = await self._queue.take(self._waiting)
        changed = await self._changed(self._kept & taken.keys())
        same = {i for i, one in taken.items() if one.is_as(self._waiting[i])} - changed
        now = datetime.now(UTC)
        final, later = self.sorted
        done = same & final.keys()
        self._found = {i: final[i] for i in done - self._kept}
        if self._found:
            await self._repository.store(self._found, self._known.overrides)
            findings = (verdict.finding for verdict in self._found.values())
            for words, n in Counter((one.result, one.reason) for one in findings).items():
                self._tx.count(VALIDATIONS, *words, n=n)
        ended = same - later.keys()
        back = [
            later[i]._replace(anew=one.anew) if i in same else one
            for i, one in taken.items()
            if i not in ended
        ]
        if then_mailboxes and (
            further := [taken[i].for_mailbox(now) for i in done if self._goes_on(taken[i])]
        ):
            back += further
            await queue_all(self._tx, [VerifyMailboxes(self._workspace_id)], singleton=True)
        if back:
            await self._queue.put_back(back)
        self._tx.changed.add(topic_of(self._workspace_id))

    async def _changed(self, kept: set[LeadId]) -> set[LeadId]:
        """Who is not held, and had another address, at the same domain, when they were taken."""
        known = await self._repository.earlier(kept) if kept else {}
        return {i for i in kept if not (i in known and known[i].holds)}

    def _goes_on(self, one: Waiting) -> bool:
        """Does the domain take mail, and could nobody tell of the mailbox, not long ago?"""
        verdict = self.sorted.final[one.lead_id]
        is_open = (
            verdict.facts.takes_mail if isinstance(verdict, DomainVerdict) else verdict.is_open
        )
        return is_open and (one.anew or one.lead_id not in self._told)
