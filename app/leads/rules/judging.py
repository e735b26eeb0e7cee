"""What is known of an address, judged again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.leads.rules.validating import DNS, DomainVerdict
from app.validation.rules import Overrides
from app.validation.rules.findings import flags_of
from app.values import LeadId, ValidationLevel, ValidationReason, ValidationResult


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of an address, as it is stored; ``told`` are the flags that others saw."""

    lead_id: LeadId
    email: str
    result: ValidationResult
    reason: ValidationReason
    level: ValidationLevel
    disposable: bool
    role: bool
    free: bool
    privacy_relay: bool
    suggestion: str | None
    source: str
    checked_at: datetime
    told: Mapping[str, bool]

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]

    @property
    def is_of_dns(self) -> bool:
        return self.source == DNS and self.level is ValidationLevel.DOMAIN

    def again(
        self, verdict: DomainVerdict | None, overrides: Overrides, now: datetime
    ) -> "Judgement":
        """By what is known of the domain; where that says to ask once more, the result stays.

        What others found out stays as well: only its flags are ours to judge.
        """
        flags = flags_of(self.email, overrides, self.told)
        judged = replace(
            self,
            disposable=flags.disposable,
            role=flags.role,
            free=flags.free,
            privacy_relay=flags.privacy_relay,
        )
        if verdict is None or not self.is_of_dns or verdict.next_try(0, now):
            return judged
        local = self.email.rpartition("@")[0]
        return replace(
            judged,
            result=verdict.finding.result,
            reason=verdict.finding.reason,
            suggestion=verdict.meant and f"{local}@{verdict.meant}",
            checked_at=verdict.checked_at,
        )
