"""What asks to enter, on its way and after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.gate.rules import Row, Verdict
from app.leads.merge import Profile
from app.validation.vendors import GivenValidation
from app.values import ImportId, LeadId


class Candidate(NamedTuple):
    """A row that asks to enter.

    ``email_given`` is the address as it was written, when that differs from the key.
    """

    row: Row
    profile: Profile
    email_given: str | None = None
    tags: tuple[str, ...] = ()
    """Of this row alone, besides those of the arrival."""
    own_fields: Mapping[str, Any] | None = None
    """Custom fields for this campaign alone, of a lead of whom nothing new is said."""
    validation: GivenValidation | None = None
    """What others found out about the address."""

    @property
    def campaign_fields(self) -> Mapping[str, Any]:
        """The custom fields as they are given for this campaign."""
        return self.profile.custom_fields if self.own_fields is None else self.own_fields


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where the candidates come from. ``first_row`` is the number of the first one."""

    import_id: ImportId | None
    source: str | None = None
    tags: tuple[str, ...] = ()
    overwrite_existing: bool = True
    first_row: int = 1
    verify_email: bool = False
    """Whoever is known is checked again, as far as what is known is not fresh."""


class Admitted(NamedTuple):
    """What became of a candidate; ``lead_id`` is null for somebody unknown who was refused."""

    verdict: Verdict
    lead_id: LeadId | None
    also: tuple[Verdict, ...] = ()
    """The other rules that stop the row; only a preview asks them."""
    before: Mapping[str, Any] | None = None
    """What the row changed of somebody known, as it was: a document, see ``before_profile``."""
