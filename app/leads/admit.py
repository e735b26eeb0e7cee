"""Store what the gate judged, in one transaction.

Its steps have an order in which no two batches wait for each other in a circle:

1. The facts are read without locks; whoever is refused here is done.
2. The LinkedIn keys of the rest are claimed in their order, and those that they give up are locked.
   The owners of those not won are read in a statement of its own.
3. The addresses are taken in their order, in one statement: the unknown are inserted, the known
   locked.
4. The facts of the known are read again, in statements of their own, and judged again: a statement
   that waited for a lock still sees the other tables as they were before it waited.
5. Memberships, fields, history and counters are written.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from app.activity import operations as activity
from app.activity.rules import EventSource, EventType, LeadEvent
from app.counters.operations import write as count
from app.counters.rules import joined
from app.gate.facts import Facts
from app.gate.operations import asks_for_deletions, gather
from app.gate.repository import FactsRepository
from app.gate.rules import Terms, Verdict
from app.kit.db import FactsChanged, Tx
from app.kit.meanwhile import meanwhile
from app.leads.admission.batch import Batch
from app.leads.admission.before import before_profile
from app.leads.admission.checks import queue_checks
from app.leads.admission.profiles import PAGE, ProfileClaims
from app.leads.admission.rows import Admitted, Arrival, Candidate
from app.leads.merge import merged, merged_values
from app.leads.repository.admission import (
    AdmissionRepository,
    LeadRecord,
    NewLead,
    NewMembership,
    stored,
)
from app.leads.rules.changes import differing
from app.suppression.repository import SuppressionRepository
from app.values import Code, LeadId, LeadStatus, WorkspaceId

T = TypeVar("T")


async def admit(
    tx: Tx,
    workspace_id: WorkspaceId,
    candidates: Sequence[Candidate],
    terms: Terms,
    arrival: Arrival,
    tell: Callable[[list[Admitted]], T],
    facts: list[Facts] | None = None,
) -> T:
    """Let in who may enter, and say of the others why not; in the order of the candidates.

    ``tell`` makes of that what the caller needs, while memberships are stored; what it is told that
    the rows changed is complete only when all is stored. ``facts``: what is known of them, if
    somebody has looked already. Raises FactsChanged when somebody came in between who cannot be
    dealt with in this order of locks: run it again.
    """
    facts = facts or await gather(tx, workspace_id, [one.row for one in candidates], terms)
    admission = Admission(tx, workspace_id, Batch(candidates, terms, arrival, facts))
    await admission.claim_profiles()
    await admission.insert_or_lock()
    await admission.judge_the_known()
    await admission.compare()
    return await admission.store(tell)


async def preview(
    tx: Tx,
    workspace_id: WorkspaceId,
    candidates: Sequence[Candidate],
    terms: Terms,
    arrival: Arrival,
    facts: list[Facts] | None = None,
) -> list[Admitted]:
    """The same verdicts, and the other rules that stop a row; nothing is written or locked."""
    facts = facts or await gather(tx, workspace_id, [one.row for one in candidates], terms)
    batch = Batch(candidates, terms, arrival, facts)
    admission = Admission(tx, workspace_id, batch)
    await admission.compare()
    return [
        one._replace(also=batch.stops_besides(place))
        for place, one in enumerate(admission.result())
    ]


class Admission:
    """One batch on its way in, step by step."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId, batch: Batch) -> None:
        self._tx, self._workspace_id, self._batch = tx, workspace_id, batch
        self._facts = FactsRepository(tx, workspace_id)
        self._suppressions = SuppressionRepository(tx, workspace_id)
        self._repository = AdmissionRepository(tx, workspace_id)
        self._profiles = ProfileClaims(batch, self._facts, self._repository)
        self._current: dict[LeadId, LeadRecord] = {}
        self._changed: list[LeadRecord] = []
        self._own_fields: dict[LeadId, dict[str, object]] = {}
        self._events: list[LeadEvent] = []
        self._before: dict[int, dict[str, Any]] = {}
        """Of each place that is taken for somebody known, what it changes."""
        self._members: dict[int, NewMembership] = {}
        """Of those who seem unknown, made while their leads are inserted."""

    async def claim_profiles(self) -> None:
        await self._profiles.claim()

    async def insert_or_lock(self) -> None:
        """All addresses in one statement, in their order."""
        batch = self._batch
        leads = [
            NewLead(
                self._profiles.reserved.get(place),
                batch.emails[place],
                batch.candidates[place].email_given,
                self._profiles.given(place),
                self._profiles.brought(place),
            )
            for place in batch.accepted
        ]
        if leads:
            inserting = self._repository.insert_or_lock(leads)
            batch.inserted, self._members = await meanwhile(inserting, self._of_strangers)
        for place in batch.accepted:
            if batch.emails[place] in batch.inserted:
                _check_stranger(batch.facts[place], batch.emails[place])
                _check_new(batch.candidates[place])

    def _of_strangers(self) -> dict[int, NewMembership]:
        facts = self._batch.facts
        return {p: self._membership(p) for p in self._batch.accepted if not facts[p].person}

    async def judge_the_known(self) -> None:
        """In statements of their own, after the locks: they may have opted out meanwhile, too."""
        known = [self._batch.emails[place] for place in self._batch.known()]
        if known:
            deletions = asks_for_deletions(self._batch.terms)
            people = await self._facts.people(known, deletions=deletions)
            self._batch.learn_people(people, await self._suppressions.matching(known))

    async def compare(self) -> None:
        """See what would change of the known, and call those unchanged of whom nothing would."""
        batch = self._batch
        known = {place: i for place in batch.known() if (i := batch.lead_id(place))}
        if not known:
            return
        self._current = await self._repository.current(known.values())
        members = [i for place, i in known.items() if _is_member(batch.verdicts[place])]
        campaign_id = batch.terms.campaign_id
        own = await self._repository.own_fields(campaign_id, members) if members else {}
        for place, lead_id in known.items():
            # A dry run locks nobody: a member may be gone.
            self._compare_one(place, self._current[lead_id], own.get(lead_id, {}))

    def _compare_one(self, place: int, current: LeadRecord, own: dict[str, object]) -> None:
        is_member = _is_member(self._batch.verdicts[place])
        record = self._after(place, current)
        if record != current and record.profile.is_too_large:
            self._batch.verdicts[place] = Verdict(Code.INVALID_FIELD)
            return
        fields = self._own_fields_after(place, own) if is_member else own
        if record != current:
            self._changed.append(record)
            self._before[place] = before_profile(current)
        if fields != own:
            self._own_fields[record.id] = fields
            self._before.setdefault(place, {})["own_fields"] = own
        if record != current or fields != own:
            names = differing(current.profile, record.profile, own, fields)
            self._events.append(self._updated(place, record.id, names or [PAGE]))
        elif is_member:
            self._batch.verdicts[place] = Verdict(Code.UNCHANGED)

    def _after(self, place: int, current: LeadRecord) -> LeadRecord:
        given, overwrite = self._profiles.given(place), self._batch.arrival.overwrite_existing
        takes_page = PAGE in given.fields and (overwrite or PAGE not in current.profile.fields)
        return LeadRecord(
            current.id,
            merged(current.profile, given, overwrite=overwrite),
            self._profiles.brought(place) if takes_page else current.linkedin_key,
        )

    def _own_fields_after(self, place: int, own: dict[str, object]) -> dict[str, object]:
        given = self._batch.candidates[place].campaign_fields
        return merged_values(own, given, overwrite=self._batch.arrival.overwrite_existing)

    def _updated(self, place: int, lead_id: LeadId, names: list[str]) -> LeadEvent:
        import_id = self._batch.arrival.import_id
        told = {"import_id": import_id, "row": self._row(place), "fields": names}
        campaign_id = self._batch.terms.campaign_id
        return LeadEvent(lead_id, EventType.UPDATED, EventSource.IMPORT, campaign_id, told)

    async def store(self, tell: Callable[[list[Admitted]], T]) -> T:
        self._profiles.check(self._current, self._changed)
        if self._changed:
            await self._repository.update(self._changed)
        if self._own_fields:
            await self._repository.update_own_fields(
                self._batch.terms.campaign_id, self._own_fields
            )
        await self._profiles.settle(self._current, self._changed)
        await activity.record(self._tx, self._workspace_id, self._events)
        await queue_checks(self._tx, self._workspace_id, self._batch)
        told = await self._enter(tell)
        if self._before:
            mark = await self._repository.mark()
            for before in self._before.values():
                before["mark"] = mark
        return told

    async def _enter(self, tell: Callable[[list[Admitted]], T]) -> T:
        batch, campaign_id = self._batch, self._batch.terms.campaign_id
        added = [p for p in batch.accepted if batch.verdicts[p].code is Code.ADDED]
        if not added:
            return tell(self.result())
        members = {i: self._member(place) for place in added if (i := batch.lead_id(place))}
        known = {e: p for p in added if (e := batch.emails[p]) not in batch.inserted}
        for place in known.values():
            self._before.setdefault(place, {})
        entering = self._repository.enter(
            campaign_id,
            members,
            source=batch.arrival.source,
            tags=batch.arrival.tags,
            import_id=batch.arrival.import_id,
        )
        _, told = await meanwhile(entering, lambda: tell(self.result()))
        if known:
            for email, tombstone in (await self._repository.unbury(campaign_id, known)).items():
                self._before[known[email]]["tombstone"] = tombstone
        by_status = Counter(member.status for member in members.values())
        entered = [joined(campaign_id, status, n) for status, n in by_status.items()]
        await count(self._tx, self._workspace_id, entered)
        return told

    def _member(self, place: int) -> NewMembership:
        """What was made before the locks holds of strangers only."""
        was_unknown = self._batch.emails[place] in self._batch.inserted
        return (was_unknown and self._members.get(place)) or self._membership(place)

    def _membership(self, place: int) -> NewMembership:
        candidate = self._batch.candidates[place]
        return NewMembership(
            row_no=self._row(place),
            custom_fields=stored(candidate.campaign_fields),
            passed_blocks=[entry.entry for entry in self._batch.verdicts[place].passed],
            tags=candidate.tags,
            status=_status_of(self._batch.facts[place]),
        )

    def _row(self, place: int) -> int:
        return self._batch.arrival.first_row + place

    def result(self) -> list[Admitted]:
        batch = self._batch
        taken = {batch.emails[place]: batch.lead_id(place) for place in batch.accepted}
        return [
            Admitted(
                verdict,
                batch.lead_id(place) or taken.get(batch.emails[place]),
                before=self._before.get(place),
            )
            for place, verdict in enumerate(batch.verdicts)
        ]


def _status_of(facts: Facts) -> LeadStatus:
    """What was found out about somebody's address holds in every campaign."""
    found_invalid = facts.person and facts.person.found_invalid
    return LeadStatus.INVALID if found_invalid else LeadStatus.NOT_CONTACTED


def _is_member(verdict: Verdict) -> bool:
    return verdict.code is Code.UPDATED


def _check_new(candidate: Candidate) -> None:
    """A lead of ours that was read before is gone, or has another address. Raises FactsChanged."""
    if candidate.own_fields is not None:
        raise FactsChanged


def _check_stranger(facts: Facts, email: str) -> None:
    """Whoever had this address has another one by now, with all that was judged of them.

    Raises FactsChanged.
    """
    if facts.person or (facts.profile_owner and facts.profile_owner.email == email):
        raise FactsChanged
