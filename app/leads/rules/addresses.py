"""Addresses that somebody asks about, whoever they are. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from app.identity import email_identity
from app.leads.rules.records import Validation
from app.leads.rules.validating import DNS
from app.validation.rules import DomainFacts, Finding, Overrides, judge_domain, judge_syntax
from app.validation.rules.findings import Flags, flags_of
from app.values import JobId, ValidationLevel, ValidationReason, ValidationResult, ValidRequires

SYNTAX = "syntax"
"""What finds out that a text is no address."""


@dataclass(frozen=True, slots=True)
class Address:
    """As it was given; no validation where its domain was not heard of yet."""

    given: str
    validation: Validation | None
    flags: Flags = field(default_factory=Flags)
    """What a missing one tells by itself."""


@dataclass(frozen=True, slots=True)
class Answered:
    """In the order of the request; the job asks for those that are missing."""

    addresses: Sequence[Address]
    job_id: JobId | None = None

    @property
    def pending(self) -> int:
        return sum(address.validation is None for address in self.addresses)


@dataclass(frozen=True)
class Knowledge:
    """What is known of domains, and of the mailboxes of a workspace's people, by their keys; and
    what the workspace knows better than the shared lists.
    """

    keys: Mapping[str, str | None]
    """Of all texts that were given."""
    facts: Mapping[str, DomainFacts]
    people: Mapping[str, Validation]
    overrides: Overrides

    def unknown(self) -> set[str]:
        """The domains that are to be asked for."""
        return {
            domain
            for key in self.keys.values()
            if key and key not in self.people and (domain := domain_of(key)) not in self.facts
        }

    def judged(
        self, given: Sequence[str], valid_requires: ValidRequires, now: datetime
    ) -> list[Address]:
        """No mailbox is where there is no domain; else it says more than its domain."""
        addresses = []
        for text in given:
            key = self.keys[text]
            found = self._of(key) if key else _no_address(text, now)
            flags = flags_of(key, self.overrides) if key and not found else Flags()
            addresses.append(Address(text, found and counted(found, valid_requires), flags))
        return addresses

    @cached_property
    def _at_domain(self) -> Counter[str]:
        return Counter(domain_of(key) for key in set(self.keys.values()) if key)

    def _of(self, key: str) -> Validation | None:
        person, facts = self.people.get(key), self.facts.get(domain_of(key))
        if facts is None:
            return person
        leads = self._at_domain[domain_of(key)]
        finding = judge_domain(key, facts, self.overrides, leads=leads)
        if person and finding.result is not ValidationResult.INVALID:
            return person
        return _validation(finding, DNS, facts.asked_at)


def keys_of(given: Iterable[str]) -> dict[str, str | None]:
    """None where a text is no address."""
    return {one: found.key if (found := email_identity(one)) else None for one in given}


def domain_of(key: str) -> str:
    return key.rpartition("@")[2]


def given_up(addresses: Iterable[Address], now: datetime) -> list[Address]:
    """Those that nobody answered for: nothing but their form was looked at."""
    return [
        one if one.validation else replace(one, validation=_given_up(one.flags, now))
        for one in addresses
    ]


def _given_up(flags: Flags, now: datetime) -> Validation:
    nothing = Finding(
        ValidationResult.UNVERIFIED,
        ValidationReason.DNS_TIMEOUT,
        ValidationLevel.SYNTAX,
        flags,
        None,
        {},
    )
    return _validation(nothing, DNS, now)


def _no_address(text: str, now: datetime) -> Validation:
    finding = judge_syntax(text)
    assert finding
    return _validation(finding, SYNTAX, now)


def _validation(finding: Finding, source: str, checked_at: datetime) -> Validation:
    flags = finding.flags
    return Validation(
        finding.result,
        finding.reason,
        finding.level,
        flags.disposable,
        flags.role,
        flags.free,
        flags.privacy_relay,
        flags.catch_all,
        finding.suggestion,
        source,
        checked_at,
    )


def counted(found: Validation, valid_requires: ValidRequires) -> Validation:
    """As the workspace counts it; the same as ``RESULT`` and ``REASON`` say of what is stored."""
    enough = valid_requires is ValidRequires.DOMAIN or found.level is not ValidationLevel.DOMAIN
    if enough or found.result is not ValidationResult.VALID:
        return found
    return replace(found, result=ValidationResult.UNVERIFIED, reason=ValidationReason.NOT_PROBED)
