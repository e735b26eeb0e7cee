"""Does mail reach an address, as far as that is known already? Pure."""

from datetime import datetime
from typing import NamedTuple

from app.validation.rules import DomainFacts, judge_domain
from app.values import ValidationLevel, ValidationReason, ValidationResult, ValidRequires


class Reach(NamedTuple):
    """A result, as the workspace counts it."""

    result: ValidationResult
    reason: ValidationReason
    level: ValidationLevel
    checked_at: datetime


def reach_of(
    email: str,
    found: Reach | None,
    facts: DomainFacts | None,
    valid_requires: ValidRequires,
    *,
    leads: int,
) -> Reach | None:
    """What was ``found`` out about a lead, unless the domain says no by now; of anybody else what
    the domain says. ``leads`` have an address there.
    """
    if facts is None:
        return found
    finding = judge_domain(email, facts, leads=max(leads, 1))
    if found and finding.result is not ValidationResult.INVALID:
        return found
    if finding.result is ValidationResult.VALID and valid_requires is ValidRequires.MAILBOX:
        result, reason = ValidationResult.UNVERIFIED, ValidationReason.NOT_PROBED
    else:
        result, reason = finding.result, finding.reason
    return Reach(result, reason, finding.level, facts.asked_at)
