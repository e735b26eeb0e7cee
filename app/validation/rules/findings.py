"""Syntax and domain, judged: what is known of an address, how deep, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.identity import email_identity
from app.validation.rules.facts import DomainFacts, Said
from app.validation.rules.lists import (
    NO_OVERRIDES,
    DomainFlag,
    Overrides,
    domain_flag,
    is_role,
)
from app.validation.rules.typos import meant
from app.values import ValidationLevel, ValidationReason, ValidationResult

RULES_VERSION = 1
"""Raised when the same evidence is judged differently."""
BELIEVED_LEADS = 5
"""For more people than this a domain must be gone twice before it is gone."""
ANYBODY = "anybody"
"""The local part in whose name a domain is judged for all its addresses."""
SPECIAL_USE = ("arpa", "invalid", "local", "localhost", "onion")
"""Names that mail never reaches (RFC 6761, 6762, 7686)."""


NOTHING_TOLD: Mapping[str, bool] = {}


@dataclass(frozen=True, slots=True)
class Flags:
    """What a campaign may want to know; none of them makes an address invalid."""

    disposable: bool = False
    role: bool = False
    free: bool = False
    privacy_relay: bool = False
    catch_all: bool | None = None
    """None: not tested."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is found about one address."""

    result: ValidationResult
    reason: ValidationReason
    level: ValidationLevel
    flags: Flags
    suggestion: str | None
    """The address that was probably meant; for people to look at, nothing changes by it."""
    evidence: dict[str, Any]
    """JSON, as it can be stored, from which the same can be judged again."""


REASONS: Mapping[Said, ValidationReason] = {
    Said.MX: ValidationReason.DOMAIN_ACCEPTS_MAIL,
    Said.IMPLICIT_MX: ValidationReason.DOMAIN_ACCEPTS_MAIL,
    Said.NULL_MX: ValidationReason.NULL_MX,
    Said.MX_UNRESOLVABLE: ValidationReason.MX_UNRESOLVABLE,
    Said.NO_MAIL_HOST: ValidationReason.NO_MAIL_HOST,
    Said.NOT_FOUND: ValidationReason.DOMAIN_NOT_FOUND,
    Said.SERVFAIL: ValidationReason.DNS_SERVFAIL,
    Said.REFUSED: ValidationReason.DNS_REFUSED,
    Said.TIMEOUT: ValidationReason.DNS_TIMEOUT,
}


def judge_syntax(given: str) -> Finding | None:
    """Why a text is no address that mail can reach; None when its domain is to be asked."""
    if email_identity(given):
        return None
    reason = (
        ValidationReason.SPECIAL_USE_DOMAIN if _is_special_use(given) else ValidationReason.SYNTAX
    )
    return Finding(
        ValidationResult.INVALID,
        reason,
        ValidationLevel.SYNTAX,
        Flags(),
        None,
        {"rules": RULES_VERSION},
    )


def judge_domain(
    address_key: str, facts: DomainFacts, overrides: Overrides = NO_OVERRIDES, *, leads: int = 1
) -> Finding:
    """What the domain says of its address; ``leads`` have an address there.

    Unverified with the reason of a no is one that waits for its confirmation: ask again at
    ``facts.fresh_until``.
    """
    result, reason = _verdict(facts, leads)
    return Finding(
        result,
        reason,
        ValidationLevel.DOMAIN,
        flags_of(address_key, overrides),
        None if facts.said is Said.MX or _unanswered(facts) else meant(address_key),
        {"rules": RULES_VERSION, "leads": leads, "dns": facts.to_json()},
    )


def flags_of(
    address_key: str, overrides: Overrides, told: Mapping[str, bool] = NOTHING_TOLD
) -> Flags:
    """``told`` is what somebody saw who looked at the address."""
    local, _, domain = address_key.rpartition("@")
    flags = {flag: domain_flag(domain, flag, overrides, told.get(flag)) for flag in DomainFlag}
    return Flags(
        role=is_role(local, overrides, told.get("role")),
        catch_all=told.get("catch_all"),
        **{str(flag): on for flag, on in flags.items()},
    )


def _verdict(facts: DomainFacts, leads: int) -> tuple[ValidationResult, ValidationReason]:
    reason = REASONS[facts.said]
    if facts.takes_mail:
        return ValidationResult.VALID, reason
    invalid = not _unanswered(facts) and _believed(facts, leads)
    return (ValidationResult.INVALID if invalid else ValidationResult.UNVERIFIED), reason


def _believed(facts: DomainFacts, leads: int) -> bool:
    """A no that costs little, or that was said twice."""
    if facts.said is Said.NULL_MX or facts.confirmed:
        return facts.proven
    surprising = leads > BELIEVED_LEADS or facts.good_at is not None or facts.doubted
    return facts.proven and not surprising


def _unanswered(facts: DomainFacts) -> bool:
    return facts.said in (Said.SERVFAIL, Said.REFUSED, Said.TIMEOUT)


def _is_special_use(given: str) -> bool:
    """An address but for its domain."""
    local, at, domain = given.strip().rpartition("@")
    special = domain.lower().rpartition(".")[2] in SPECIAL_USE
    return bool(at) and special and email_identity(f"{local}@{domain}.example.com") is not None
