"""The LinkedIn profiles of a batch: taken before the addresses, and settled at the end."""

from collections.abc import Mapping, Sequence

from app.gate.repository import FactsRepository
from app.kit.db import FactsChanged
from app.leads.admission.batch import Batch
from app.leads.merge import Profile
from app.leads.repository.admission import AdmissionRepository, LeadRecord
from app.values import LeadId

PAGE = "linkedin_profile"


class ProfileClaims:
    """Which row brings which profile, and whose profiles are given up for it."""

    def __init__(
        self, batch: Batch, facts: FactsRepository, repository: AdmissionRepository
    ) -> None:
        self._batch, self._facts, self._repository = batch, facts, repository
        self._wanted = _wanted(batch)
        self._given_up = _given_up(batch)
        self._claimed: dict[str, LeadId] = {}
        self.reserved: dict[int, LeadId] = {}
        """Ids for those who are unknown, by place: their profiles are claimed before they exist."""

    async def claim(self) -> None:
        """Rows whose profile was taken in the meantime are judged with that fact, and their address
        is not locked.
        """
        if not self._wanted and not self._given_up:
            return
        ids = await self._owners_to_be()
        won = await self._repository.claim_profiles(self._given_up | ids)
        if won & self._given_up.keys():
            raise FactsChanged  # given up already
        self._claimed = {key: lead_id for key, lead_id in ids.items() if key in won}
        if lost := ids.keys() - won:
            owners = await self._facts.owners(sorted(lost))
            if owners.keys() != lost:
                raise FactsChanged  # given back in the meantime
            self._batch.learn_owners(owners)

    async def _owners_to_be(self) -> dict[str, LeadId]:
        """Leads that are known, or are inserted under a reserved id."""
        unknown = [place for place in self._wanted.values() if not self._batch.lead_id(place)]
        ids = await self._repository.reserve_ids(len(unknown)) if unknown else []
        self.reserved = dict(zip(unknown, ids, strict=True))
        return {
            key: self._batch.lead_id(place) or self.reserved[place]
            for key, place in self._wanted.items()
        }

    def brought(self, place: int) -> str | None:
        """The LinkedIn key that this row gives to its lead, if it is not somebody else's."""
        key = self._batch.candidates[place].row.linkedin
        if not key:
            return None
        owner = self._batch.facts[place].profile_owner
        if owner:
            return key if owner.email == self._batch.emails[place] else None
        return key if self._wanted.get(key) == place else None

    def given(self, place: int) -> Profile:
        """What the row says of its lead, without a profile that is somebody else's."""
        candidate = self._batch.candidates[place]
        if not candidate.row.linkedin or self.brought(place):
            return candidate.profile
        fields = {n: v for n, v in candidate.profile.fields.items() if n != PAGE}
        return Profile(fields, candidate.profile.custom_fields)

    def check(self, current: Mapping[LeadId, LeadRecord], changed: Sequence[LeadRecord]) -> None:
        """What changes hands was taken before the addresses were. Raises FactsChanged."""
        for record in changed:
            old, new = current[record.id].linkedin_key, record.linkedin_key
            if old == new:
                continue
            if (old and old not in self._given_up) or (new and new not in self._claimed):
                raise FactsChanged

    async def settle(
        self, current: Mapping[LeadId, LeadRecord], changed: Sequence[LeadRecord]
    ) -> None:
        """Give back what was claimed for nothing, and what a lead has no more; point the rest to
        the right lead.
        """
        after = {i: one.linkedin_key for i, one in current.items()}
        after |= {record.id: record.linkedin_key for record in changed}
        owners = {key: self._owner(key, after) for key in self._claimed}
        left = {
            key
            for record in changed
            if (key := current[record.id].linkedin_key) and key != record.linkedin_key
        }
        released = left | {key for key, owner in owners.items() if owner is None}
        pointed = {k: o for k, o in owners.items() if o and o != self._claimed[k]}
        if released:
            await self._repository.release_profiles(released)
        if pointed:
            await self._repository.point_profiles(pointed)

    def _owner(self, key: str, after: Mapping[LeadId, str | None]) -> LeadId | None:
        """Who has the claimed profile in the end; nobody if its row was refused or kept another."""
        place = self._wanted[key]
        lead_id = self._batch.lead_id(place)
        if lead_id is None or not self._batch.verdicts[place].accepted:
            return None
        inserted = self._batch.emails[place] in self._batch.inserted
        return lead_id if inserted or after[lead_id] == key else None


def _wanted(batch: Batch) -> dict[str, int]:
    """The free profiles that accepted rows bring, each to the first row that brings it."""
    wanted: dict[str, int] = {}
    for place in batch.accepted:
        key, facts = batch.candidates[place].row.linkedin, batch.facts[place]
        has_one = facts.person and facts.person.linkedin_key
        keeps_it = has_one and not batch.arrival.overwrite_existing
        if key and not facts.profile_owner and not keeps_it:
            wanted.setdefault(key, place)
    return wanted


def _given_up(batch: Batch) -> dict[str, LeadId]:
    """The profiles that known people have, and that a row replaces by another page."""
    given_up: dict[str, LeadId] = {}
    if not batch.arrival.overwrite_existing:
        return given_up
    for place in batch.accepted:
        candidate, person = batch.candidates[place], batch.facts[place].person
        if not person or not person.linkedin_key or PAGE not in candidate.profile.fields:
            continue
        if candidate.row.linkedin != person.linkedin_key:
            given_up[person.linkedin_key] = person.lead_id
    return given_up
