"""What becomes of those who wait to be checked, by what their domains say. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, NamedTuple, Self

from app.validation.rules import NO_OVERRIDES, DomainFacts, Finding, Overrides, judge_domain
from app.validation.rules.facts import ABSENT
from app.validation.rules.findings import ANYBODY, flags_of
from app.validation.vendors import GivenValidation, is_fresh
from app.values import LeadId, ValidationLevel, ValidationReason, ValidationResult

RETRY_DELAYS = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=24),
)
"""After the last of these the address stays unverified: nobody waits for ever."""
UNANSWERED_DELAY = timedelta(minutes=1)
"""When somebody else asks for the domain, and was not done in time."""
NO_ANSWERS = frozenset(
    {ValidationReason.DNS_TIMEOUT, ValidationReason.DNS_SERVFAIL, ValidationReason.DNS_REFUSED}
)
MANY_LEADS = 6
"""At a domain; more do not matter to its judgement."""
DNS, OTHER = "dns", "other"
"""Who found something out, beside the tools by their names."""
FRESH_DAYS = 90
"""Of what others found out, about more than a domain: people change their jobs."""
FLAGS = "leadgate_flags"
"""Of evidence: what others told of the address besides its result."""


class Waiting(NamedTuple):
    """One who waits to be checked; ``given`` is what another tool said of them, see ``as_given``.

    ``anew``: a provider is to look, even where one has looked not long ago.
    """

    lead_id: LeadId
    domain: str
    tries: int
    due_at: datetime
    given: Mapping[str, Any] | None = None
    stage: ValidationLevel = ValidationLevel.DOMAIN
    anew: bool = False
    reason: ValidationReason | None = None
    """Why the last try found nothing out."""

    def is_as(self, before: Self) -> bool:
        """Does what was judged then hold of them now? A change of address begins anew to count."""
        return self[:3] == before[:3] and (self.given, self.stage) == (before.given, before.stage)

    def for_mailbox(self, now: datetime) -> Self:
        """Behind those whose time has come before, and as often as for the domain; what was given
        is known of them by then.
        """
        return self._replace(
            stage=ValidationLevel.MAILBOX, tries=0, due_at=now, given=None, reason=None
        )


AT_ONCE = datetime.fromtimestamp(0, UTC)
"""The moment that all share whose time has come."""


class Place(NamedTuple):
    """In the queue: the moment and the domain behind which one looks."""

    due_at: datetime
    domain: str


@dataclass(frozen=True, slots=True)
class DomainVerdict:
    """What holds for all addresses of a domain; each one's role and suggestion follow from it."""

    finding: Finding
    facts: DomainFacts

    @classmethod
    def of(cls, domain: str, facts: DomainFacts, overrides: Overrides, leads: int) -> Self:
        """``leads`` have an address there, of which at most ``MANY_LEADS`` need be counted."""
        return cls(judge_domain(f"{ANYBODY}@{domain}", facts, overrides, leads=leads), facts)

    source: ClassVar[str] = DNS
    role_told: ClassVar[None] = None
    evidence: ClassVar[None] = None
    """It stands once for all of the domain."""

    @property
    def checked_at(self) -> datetime:
        return self.facts.asked_at

    @property
    def meant(self) -> str | None:
        """The domain that was probably meant."""
        suggestion = self.finding.suggestion
        return suggestion and suggestion.partition("@")[2]

    def next_try(self, tries: int, now: datetime) -> datetime | None:
        """When to ask again, after so many tries that found nothing out, or to have a no confirmed;
        None: this is final.
        """
        if tries >= len(RETRY_DELAYS):
            return None
        if self.facts.said in ABSENT and not self.facts.confirmed:
            return self.facts.fresh_until
        if self.finding.reason in NO_ANSWERS:
            return now + RETRY_DELAYS[tries]
        return None


@dataclass(frozen=True, slots=True)
class GivenVerdict:
    """What another tool said of one address."""

    finding: Finding
    source: str
    checked_at: datetime
    meant: ClassVar[None] = None

    @property
    def evidence(self) -> Mapping[str, Any]:
        return self.finding.evidence

    @property
    def is_open(self) -> bool:
        """Who else looks may find out more."""
        return could_not_tell(self.finding.result, self.finding.reason)

    @property
    def role_told(self) -> bool | None:
        """None: nobody said whether it is one."""
        flags: Mapping[str, bool] = self.evidence.get(FLAGS, {})
        return flags.get("role")

    @classmethod
    def of(cls, domain: str, given: Mapping[str, Any], overrides: Overrides) -> Self:
        """As ``as_given`` wrote it; the domain's own flags hold beside those that it names."""
        named = dict.fromkeys(given["flags"], True)
        finding = Finding(
            ValidationResult(given["result"]),
            ValidationReason(given["reason"]),
            ValidationLevel.PROVIDER,
            flags_of(f"{ANYBODY}@{domain}", overrides, named),
            None,
            with_flags({"vendor": given["vendor"], "word": given["word"]}, named),
        )
        checked_at = datetime.fromisoformat(given["checked_at"])
        return cls(finding, given["vendor"] or OTHER, checked_at)

    def holds(self, verdict: DomainVerdict | None, again: datetime | None) -> bool:
        """Unless the domain says no, or may do so when it is asked ``again``; None as verdict:
        until it is asked. A yes or no also where the domain does not answer.
        """
        if verdict and verdict.facts.takes_mail:
            return True
        if self.finding.result is ValidationResult.UNVERIFIED:
            return False
        if verdict is None:
            return True
        is_open = verdict.finding.result is ValidationResult.UNVERIFIED
        return is_open and (again is None or verdict.finding.reason in NO_ANSWERS)


def could_not_tell(result: ValidationResult, reason: ValidationReason) -> bool:
    """Of a mailbox; nobody can where the domain takes any address."""
    return result is ValidationResult.UNVERIFIED and reason is not ValidationReason.CATCH_ALL


class Earlier(NamedTuple):
    """What is stored of somebody: more than their domain tells, or that they are invalid."""

    result: ValidationResult
    reason: ValidationReason
    checked_at: datetime
    holds: bool
    """It went deeper than DNS does, and still holds for the address that they have."""
    was_given: bool
    """It came with the lead."""

    @property
    def is_open(self) -> bool:
        """No service of ours was asked, and who was could not tell."""
        return self.was_given and could_not_tell(self.result, self.reason)

    def outlasts(self, verdict: DomainVerdict | GivenVerdict, *, is_given: bool) -> bool:
        """``is_given``: it came with a lead, perhaps after what was found out later."""
        result = verdict.finding.result
        if isinstance(verdict, DomainVerdict):
            return self.holds and result is not ValidationResult.INVALID
        unverified = ValidationResult.UNVERIFIED
        says_less = result is unverified and self.result is not unverified
        adds_nothing = says_less or (verdict.is_open and not self.is_open)
        return self.holds and is_given and (adds_nothing or self.checked_at > verdict.checked_at)


def with_flags(evidence: Mapping[str, Any], told: Mapping[str, bool]) -> dict[str, Any]:
    """Evidence by which the address can be judged again; see ``flags_of``."""
    return {**evidence, FLAGS: dict(told)} if told else dict(evidence)


def as_given(given: GivenValidation, now: datetime) -> dict[str, Any] | None:
    """A verdict as the queue keeps it; None for one that is too old, or comes from the future."""
    checked_at, (vendor, word, verdict) = given.checked_at or now, given.said
    if not is_fresh(checked_at, now, FRESH_DAYS):
        return None
    return {
        "vendor": vendor,
        "word": word,
        "result": ValidationResult.INVALID if verdict.suppress else verdict.result,
        "reason": verdict.reason,
        "flags": list(verdict.flags),
        "checked_at": checked_at.isoformat(),
    }


class Sorted(NamedTuple):
    """Those who wait, by what is known of them now. Whoever is in neither waits no more, and
    stays as they are; whoever is in both is that for the time being, as by a no that was said once.
    """

    final: Mapping[LeadId, DomainVerdict | GivenVerdict]
    later: Mapping[LeadId, Waiting]


def sort(
    waiting: Iterable[Waiting],
    verdicts: Mapping[str, DomainVerdict],
    now: datetime,
    overrides: Overrides = NO_OVERRIDES,
) -> Sorted:
    """Who can be told what they are, and how the others wait on."""
    final: dict[LeadId, DomainVerdict | GivenVerdict] = {}
    later: dict[LeadId, Waiting] = {}
    for one in waiting:
        verdict = verdicts.get(one.domain)
        again = verdict.next_try(one.tries, now) if verdict else None
        given = GivenVerdict.of(one.domain, one.given, overrides) if one.given else None
        if given and given.holds(verdict, again):
            final[one.lead_id] = given
            if verdict is None:
                later[one.lead_id] = one._replace(due_at=now + UNANSWERED_DELAY, given=None)
        elif verdict is None:
            later[one.lead_id] = one._replace(due_at=now + UNANSWERED_DELAY)
        else:
            if again:
                reason = verdict.finding.reason
                later[one.lead_id] = one._replace(due_at=again, tries=one.tries + 1, reason=reason)
            if not again or verdict.finding.result is ValidationResult.INVALID:
                final[one.lead_id] = verdict
    return Sorted(final, later)
