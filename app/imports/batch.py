"""A batch as it came over the wire, made into candidates for the gate. Pure.

Order of refusal: too many leads, leads without an address, then everything that has the wrong form.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.gate.rules import Row
from app.identity import email_identity, linkedin_key
from app.imports.errors import BatchTooLarge, EmailInvalid, EmailMissing
from app.imports.rules import MAX_BATCH
from app.leads.admission.rows import Candidate
from app.leads.merge import Profile
from app.validation.moments import moment_in
from app.validation.vendors import GivenValidation, read_verdict
from app.values import LEAD_FIELDS, Code

FIELDS = frozenset(LEAD_FIELDS)


class SentRow(NamedTuple):
    """A row of a file; ``extra`` are members of an object that are no column."""

    headers: Sequence[str]
    cells: Sequence[str]
    extra: Mapping[str, Any] | None

    def by_column(self) -> dict[str, Any]:
        return {**dict(zip(self.headers, self.cells, strict=False)), **(self.extra or {})}


class GivenRow(NamedTuple):
    """A row of a batch: what was sent, and whom it is about."""

    given: Mapping[str, Any]
    candidate: Candidate
    problem: str | None = None
    """What is wrong with a row that cannot be taken, for people."""
    line: int | None = None
    sent: "SentRow | None" = None
    """Of a file."""

    @property
    def normalised_from(self) -> str | None:
        return self.candidate.email_given

    def as_given(self) -> Mapping[str, Any]:
        """As it was sent: a file's row in the file's own columns."""
        return self.sent.by_column() if self.sent else self.given


def check_size(leads: list[Any]) -> None:
    """Raises BatchTooLarge."""
    if len(leads) > MAX_BATCH:
        raise BatchTooLarge(len(leads))


def check_emails(leads: list[Any], listed: str) -> None:
    """Raises EmailMissing, naming every lead without an address."""
    missing = [
        place for place, lead in enumerate(leads) if isinstance(lead, dict) and is_missing(lead)
    ]
    if missing:
        raise EmailMissing(missing, listed)


def is_missing(lead: Mapping[str, Any]) -> bool:
    email = lead.get("email")
    return email is None or (isinstance(email, str) and not email.strip())


def check_valid(rows: list[GivenRow], listed: str) -> None:
    """Raises EmailInvalid, naming every malformed address."""
    invalid = [n for n, row in enumerate(rows) if row.candidate.row.broken is Code.INVALID_EMAIL]
    if invalid:
        raise EmailInvalid(invalid, listed)


def given_row(lead: Mapping[str, Any]) -> GivenRow:
    return GivenRow(lead, candidate_of(lead))


def candidate_of(lead: Mapping[str, Any]) -> Candidate:
    """Who a lead is, and what is said of them. Null and "" say nothing."""
    custom_fields = lead.get("custom_fields")
    profile = Profile(
        {name: value for name, value in lead.items() if value and name in FIELDS},
        {name: v for name, v in custom_fields.items() if v is not None and v != ""}
        if custom_fields
        else {},
    )
    email = lead.get("email")
    identity = email_identity(email) if email else None
    if identity is None:
        broken = Code.MISSING_EMAIL if is_missing(lead) else Code.INVALID_EMAIL
        return Candidate(Row(None, broken=broken), profile)
    url = profile.fields.get("linkedin_profile")
    row = Row(identity.key, linkedin_key(url) if url else None)
    candidate = Candidate(row, profile, identity.normalised_from)
    if validation := lead.get("validation"):
        candidate = candidate._replace(validation=given_validation(validation))
    return candidate


def given_validation(given: Mapping[str, Any]) -> GivenValidation | None:
    """None where nobody knows what the word means, or when it was said: it may be old."""
    said = read_verdict(given["word"], given.get("vendor"))
    written = given.get("checked_at")
    checked_at = moment_in(written) if written else None
    if said is None or (written and checked_at is None):
        return None
    return GivenValidation(said, checked_at)
