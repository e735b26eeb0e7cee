"""What asks to enter, on its way and after it."""

from dataclasses import dataclass
from typing import NamedTuple

from app.gate.rules import Row, Verdict
from app.leads.merge import Profile
from app.values import ImportId, LeadId


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
