"""Store what the gate judged: one transaction, in an order in which no two batches wait for each
other in a circle.

1. facts without locks; whoever is refused here is done
2. the LinkedIn keys of the rest, sorted, are claimed, and those that they give up are locked; the
owners of those not won are read in a statement of its own
3. the addresses, sorted, in one statement: the unknown are inserted, the known locked
4. in a statement of its own, the facts of the known, judged again: a statement that waited for a
lock still sees the other
   tables as they were before it waited
5. memberships, fields, counters
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.counters.operations import write as count
from app.counters.rules import joined
from app.gate.facts import Facts
from app.gate.operations import asks_for_deletions, gather
from app.gate.repository import FactsRepository
from app.gate.rules import Row, Terms, Verdict, every_stop, judge
from app.kit.db import FactsChanged, Tx
from app.leads.admission import AdmissionRepository, LeadRecord, NewLead, NewMembership
from app.leads.merge import Profile, merged, merged_values
from app.values import Code, ImportId, LeadId, LeadStatus, WorkspaceId


class Candidate(NamedTuple):
    """A row that asks to enter.

    ``email_given`` is the address as it was written, when that differs from the key.
    """

    row: Row
    profile: Profile
    email_given: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where the candidates come from. Row numbers count from 1."""

    import_id: ImportId | None
    source: str | None = None
    tags: tuple[str, ...] = ()
    overwrite_existing: bool = True


class Admitted(NamedTuple):
    """What became of a candidate; ``lead_id`` is null for somebody unknown who was refused."""

    verdict: Verdict
    lead_id: LeadId | None
    also: tuple[Verdict, ...] = ()
    """The other rules that stop the row; only a preview asks them."""


async def admit(
    tx: Tx,
    workspace_id: WorkspaceId,
    candidates: Sequence[Candidate],
    terms: Terms,
    arrival: Arrival,
) -> list[Admitted]:
    """Let in who may enter, and say of the others why not; in the order of the candidates.

    Raises FactsChanged when somebody came in between who cannot be dealt with in this order of
    locks: run it again.
    """
    admission = await _begin(tx, workspace_id, candidates, terms, arrival)
    await admission.claim_profiles()
    await admission.insert_or_lock()
    await admission.judge_the_known()
    await admission.compare()
    await admission.store()
    return admission.result()


async def preview(
    tx: Tx,
    workspace_id: WorkspaceId,
    candidates: Sequence[Candidate],
    terms: Terms,
    arrival: Arrival,
) -> list[Admitted]:
    """The same verdicts; nothing is written, nothing locked."""
    admission = await _begin(tx, workspace_id, candidates, terms, arrival)
    await admission.compare()
    return [
        one._replace(also=admission.other_stops(place))
        for place, one in enumerate(admission.result())
    ]


async def _begin(
    tx: Tx,
    workspace_id: WorkspaceId,
    candidates: Sequence[Candidate],
    terms: Terms,
    arrival: Arrival,
) -> "Admission":
    facts = await gather(tx, workspace_id, [candidate.row for candidate in candidates], terms)
    return Admission(tx, workspace_id, candidates, terms, arrival, facts)


class Admission:
    """One batch on its way in: the facts and verdicts as they stand, and what is to be written."""

    def __init__(
        self,
        tx: Tx,
        workspace_id: WorkspaceId,
        candidates: Sequence[Candidate],
        terms: Terms,
        arrival: Arrival,
        facts: list[Facts],
    ) -> None:
        self._tx, self._workspace_id = tx, workspace_id
        self._candidates, self._terms, self._arrival = candidates, terms, arrival
        self._facts = facts
        self._repository = AdmissionRepository(tx, workspace_id)
        self._emails = [candidate.row.email or "" for candidate in candidates]
        self._judge()
        self._reserved: dict[int, LeadId] = {}
        self._inserted: dict[str, LeadId] = {}
        self._profiles = self._wanted_profiles()
        self._given_up = self._profiles_to_give_up()
        self._claimed: dict[str, LeadId] = {}
        self._current: dict[LeadId, LeadRecord] = {}
        self._changed: list[LeadRecord] = []
        self._own_fields: dict[LeadId, dict[str, object]] = {}

    # The verdicts.

    def _judge(self) -> None:
        rows = (candidate.row for candidate in self._candidates)
        self._verdicts = judge(zip(rows, self._facts, strict=True), self._terms)
        self._accepted = [n for n, verdict in enumerate(self._verdicts) if verdict.accepted]

    def _judge_again(self) -> None:
        """New facts may stop a row.

        If that lets another one in, its locks were not taken in their order.
        """
        before = set(self._accepted)
        self._judge()
        if not before.issuperset(self._accepted):
            raise FactsChanged

    def _lead_id(self, place: int) -> LeadId | None:
        person = self._facts[place].person
        return self._inserted.get(self._emails[place]) or (person.lead_id if person else None)

    def _known(self) -> list[int]:
        """The accepted who were not inserted, whatever was seen before the locks."""
        return [place for place in self._accepted if self._emails[place] not in self._inserted]

    # LinkedIn profiles.

    def _wanted_profiles(self) -> dict[str, int]:
        """The free profiles that accepted rows bring, each to the first row that brings it."""
        wanted: dict[str, int] = {}
        for place in self._accepted:
            key, facts = self._candidates[place].row.linkedin, self._facts[place]
            keeps = (
                facts.person and facts.person.linkedin_key and not self._arrival.overwrite_existing
            )
            if key and not facts.profile_owner and not keeps:
                wanted.setdefault(key, place)
        return wanted

    def _profiles_to_give_up(self) -> dict[str, LeadId]:
        """Those that known people have, and that a row replaces by another page."""
        if not self._arrival.overwrite_existing:
            return {}
        given_up: dict[str, LeadId] = {}
        for place in self._accepted:
            candidate, person = self._candidates[place], self._facts[place].person
            if not person or not person.linkedin_key:
                continue
            has_page = "linkedin_profile" in candidate.profile.fields
            if has_page and candidate.row.linkedin != person.linkedin_key:
                given_up[person.linkedin_key] = person.lead_id
        return given_up

    async def claim_profiles(self) -> None:
        """Rows whose profile was taken in the meantime are judged with that fact, and their address
        is not locked.
        """
        if not self._profiles and not self._given_up:
            return
        ids = await self._ids_for_profiles()
        won = await self._repository.claim_profiles(self._given_up | ids)
        if won & self._given_up.keys():
            raise FactsChanged  # given up already
        self._claimed = {key: lead_id for key, lead_id in ids.items() if key in won}
        if lost := ids.keys() - won:
            await self._learn_owners(lost)

    async def _ids_for_profiles(self) -> dict[str, LeadId]:
        """Whose the profiles will be: leads that are known, or are inserted under a reserved id."""
        unknown = [place for place in self._profiles.values() if not self._lead_id(place)]
        ids = await self._repository.reserve_ids(len(unknown)) if unknown else []
        self._reserved = dict(zip(unknown, ids, strict=True))
        return {
            key: self._lead_id(place) or self._reserved[place]
            for key, place in self._profiles.items()
        }

    async def _learn_owners(self, lost: set[str]) -> None:
        owners = await FactsRepository(self._tx, self._workspace_id).owners(sorted(lost))
        if owners.keys() != lost:
            raise FactsChanged  # given back in the meantime
        for place, candidate in enumerate(self._candidates):
            if owner := owners.get(candidate.row.linkedin or ""):
                self._facts[place] = replace(self._facts[place], profile_owner=owner)
        self._judge_again()

    def _brings(self, place: int) -> str | None:
        """The LinkedIn key that this row gives to its lead, if it is not somebody else's."""
        key, owner = self._candidates[place].row.linkedin, self._facts[place].profile_owner
        if not key:
            return None
        mine = owner.email == self._emails[place] if owner else self._profiles.get(key) == place
        return key if mine else None

    def _given(self, place: int) -> Profile:
        """What the row says of its lead, without a profile that is somebody else's."""
        candidate = self._candidates[place]
        if not candidate.row.linkedin or self._brings(place):
            return candidate.profile
        fields = {n: v for n, v in candidate.profile.fields.items() if n != "linkedin_profile"}
        return Profile(fields, candidate.profile.custom_fields)

    # Addresses.

    async def insert_or_lock(self) -> None:
        leads = [
            NewLead(
                self._reserved.get(place),
                self._emails[place],
                self._candidates[place].email_given,
                self._given(place),
                self._brings(place),
            )
            for place in self._accepted
        ]
        if leads:
            self._inserted = await self._repository.insert_or_lock(leads)
            self._check_strangers()

    def _check_strangers(self) -> None:
        """Whoever had this address has another one by now, with all that was judged of them."""
        for place in self._accepted:
            person, owner = self._facts[place].person, self._facts[place].profile_owner
            email = self._emails[place]
            if email in self._inserted and (person or (owner and owner.email == email)):
                raise FactsChanged

    async def judge_the_known(self) -> None:
        """In a statement of its own, after the locks."""
        known = [self._emails[place] for place in self._known()]
        if not known:
            return
        deletions = asks_for_deletions(self._terms)
        facts = FactsRepository(self._tx, self._workspace_id)
        people = await facts.people(known, deletions=deletions)
        for place, candidate in enumerate(self._candidates):
            if person := people.get(candidate.row.email or ""):
                self._facts[place] = replace(self._facts[place], person=person)
        self._judge_again()

    # What is written.

    async def compare(self) -> None:
        """See what would change of the known, and call those unchanged of whom nothing would."""
        known = {place: i for place in self._known() if (i := self._lead_id(place))}
        if not known:
            return
        self._current = await self._repository.current(known.values())
        members = [i for p, i in known.items() if self._verdicts[p].code is Code.UPDATED]
        own = await self._repository.own_fields(self._terms.campaign_id, members) if members else {}
        for place, lead_id in known.items():
            changed = self._compare_lead(place, lead_id)
            if self._verdicts[place].code is Code.UPDATED:
                # A dry run locks nobody: a member may be gone.
                changed |= self._compare_own_fields(place, lead_id, own.get(lead_id, {}))
                if not changed:
                    self._verdicts[place] = Verdict(Code.UNCHANGED)

    def _compare_lead(self, place: int, lead_id: LeadId) -> bool:
        current, given = self._current[lead_id], self._given(place)
        overwrite = self._arrival.overwrite_existing
        profile = merged(current.profile, given, overwrite=overwrite)
        takes_profile = "linkedin_profile" in given.fields and (
            overwrite or "linkedin_profile" not in current.profile.fields
        )
        key = self._brings(place) if takes_profile else current.linkedin_key
        record = LeadRecord(lead_id, profile, key)
        if record == current:
            return False
        self._changed.append(record)
        return True

    def _compare_own_fields(self, place: int, lead_id: LeadId, own: dict[str, object]) -> bool:
        given = self._candidates[place].profile.custom_fields
        fields = merged_values(own, given, overwrite=self._arrival.overwrite_existing)
        if fields == own:
            return False
        self._own_fields[lead_id] = fields
        return True

    async def store(self) -> None:
        added = [p for p in self._accepted if self._verdicts[p].code is Code.ADDED]
        if self._changed:
            self._check_profiles()
            await self._repository.update(self._changed)
        if self._own_fields:
            await self._repository.update_own_fields(self._terms.campaign_id, self._own_fields)
        if self._claimed or self._changed:
            await self._settle_profiles()
        if added:
            await self._enter(added)

    def _check_profiles(self) -> None:
        """What changes hands was taken before the addresses were, or it changed in between."""
        for record in self._changed:
            old, new = self._current[record.id].linkedin_key, record.linkedin_key
            if old == new:
                continue
            if (old and old not in self._given_up) or (new and new not in self._claimed):
                raise FactsChanged

    async def _settle_profiles(self) -> None:
        """Give back what was claimed for nothing, and what a lead has no more.

        Point the rest to the right lead.
        """
        after = {record.id: record.linkedin_key for record in self._changed}
        owners = {key: self._owner_of_claim(key, after) for key in self._claimed}
        left = {
            old.linkedin_key
            for lead_id, key in after.items()
            if (old := self._current[lead_id]).linkedin_key and old.linkedin_key != key
        }
        released = left | {key for key, owner in owners.items() if owner is None}
        pointed = {k: o for k, o in owners.items() if o and o != self._claimed[k]}
        if released:
            await self._repository.release_profiles(key for key in released if key)
        if pointed:
            await self._repository.point_profiles(pointed)

    def _owner_of_claim(self, key: str, after: dict[LeadId, str | None]) -> LeadId | None:
        place = self._profiles[key]
        lead_id = self._lead_id(place)
        if not self._verdicts[place].accepted or lead_id is None:
            return None
        if self._emails[place] in self._inserted:
            return lead_id
        return lead_id if after.get(lead_id, self._current[lead_id].linkedin_key) == key else None

    async def _enter(self, added: list[int]) -> None:
        members = [
            NewMembership(
                lead_id=lead_id,
                row_no=place + 1,
                custom_fields=self._candidates[place].profile.custom_fields,
                passed_blocks=[entry.entry for entry in self._verdicts[place].passed],
            )
            for place in added
            if (lead_id := self._lead_id(place))
        ]
        await self._repository.enter(
            self._terms.campaign_id,
            members,
            source=self._arrival.source,
            tags=self._arrival.tags,
            import_id=self._arrival.import_id,
        )
        known = [
            self._emails[place] for place in added if self._emails[place] not in self._inserted
        ]
        if known:
            await self._repository.unbury(self._terms.campaign_id, known)
        entered = joined(self._terms.campaign_id, LeadStatus.NOT_CONTACTED, len(members))
        await count(self._tx, self._workspace_id, [entered])

    def other_stops(self, place: int) -> tuple[Verdict, ...]:
        """The rules that stop a refused row besides the one that gave its code."""
        first = self._verdicts[place]
        if first.accepted:
            return ()
        stops = every_stop(self._candidates[place].row, self._facts[place], self._terms)
        return tuple(stop for stop in stops if stop.code is not first.code)

    def result(self) -> list[Admitted]:
        taken = {self._emails[p]: self._lead_id(p) for p in self._accepted}
        return [
            Admitted(
                verdict, self._lead_id(place) or taken.get(self._candidates[place].row.email or "")
            )
            for place, verdict in enumerate(self._verdicts)
        ]
