"""A batch as it stands: what is known of its rows, and how they are judged."""

from collections.abc import Mapping, Sequence

from app.gate.facts import Facts, Owner, Person
from app.gate.rules import Terms, Verdict, every_stop, judge
from app.kit.db import FactsChanged
from app.leads.admission.rows import Arrival, Candidate
from app.suppression.rules import Entry
from app.values import LeadId


class Batch:
    """Places are those of the candidates, from 0. ``accepted`` are the places of who may enter."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        terms: Terms,
        arrival: Arrival,
        facts: list[Facts],
    ) -> None:
        self.candidates, self.terms, self.arrival, self.facts = candidates, terms, arrival, facts
        self.emails = [candidate.row.email or "" for candidate in candidates]
        self.inserted: dict[str, LeadId] = {}
        """The leads that this batch made, by address."""
        self._judge()

    def _judge(self) -> None:
        rows = (candidate.row for candidate in self.candidates)
        self.verdicts = judge(zip(rows, self.facts, strict=True), self.terms)
        self.accepted = [n for n, verdict in enumerate(self.verdicts) if verdict.accepted]

    def learn_owners(self, owners: Mapping[str, Owner]) -> None:
        """Judge again, knowing who has these LinkedIn profiles."""
        for place, candidate in enumerate(self.candidates):
            if owner := owners.get(candidate.row.linkedin or ""):
                self.facts[place] = self.facts[place]._replace(profile_owner=owner)
        self._judge_again()

    def learn_people(
        self, people: Mapping[str, Person], entries: Mapping[str, Sequence[Entry]]
    ) -> None:
        """Judge again, knowing what holds of these people now that they are locked.

        ``entries`` are those of the suppression lists that match them.
        """
        for place, email in enumerate(self.emails):
            if person := people.get(email):
                matched = tuple(entries.get(email, ()))
                self.facts[place] = self.facts[place]._replace(person=person, entries=matched)
        self._judge_again()

    def _judge_again(self) -> None:
        """New facts may stop a row. If that lets another one in, its locks were not taken in their
        order: raises FactsChanged.
        """
        before = set(self.accepted)
        self._judge()
        if not before.issuperset(self.accepted):
            raise FactsChanged

    def lead_id(self, place: int) -> LeadId | None:
        """Null for somebody unknown who was not inserted."""
        person = self.facts[place].person
        return self.inserted.get(self.emails[place]) or (person.lead_id if person else None)

    def known(self) -> list[int]:
        """The accepted who were not inserted, whatever was seen before the locks."""
        return [place for place in self.accepted if self.emails[place] not in self.inserted]

    def stops_besides(self, place: int) -> tuple[Verdict, ...]:
        """The rules that stop a refused row besides the one that gave its code."""
        first = self.verdicts[place]
        if first.accepted:
            return ()
        stops = every_stop(self.candidates[place].row, self.facts[place], self.terms)
        return tuple(stop for stop in stops if stop.code is not first.code)
