"""An item of the contract, as an outcome. Pure."""

from collections.abc import Mapping
from typing import Any, TypeVar

from app.validation.providers.http import bounded_wait
from app.validation.providers.outcomes import FLAGS, Outcome, storable
from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result

Word = TypeVar("Word", Result, Reason)
CONFIRMED = Reason.PROVIDER_CONFIRMED
MAX_COST = 100
"""Of one address; more is a mistake."""
OF_RESULT: Mapping[Result, frozenset[Reason]] = {
    Result.VALID: frozenset((Reason.ACCEPTED, Reason.DOMAIN_ACCEPTS_MAIL, CONFIRMED)),
    Result.INVALID: frozenset(
        (
            Reason.SYNTAX,
            Reason.SPECIAL_USE_DOMAIN,
            Reason.DOMAIN_NOT_FOUND,
            Reason.NULL_MX,
            Reason.NO_MAIL_HOST,
            Reason.MX_UNRESOLVABLE,
            Reason.MAILBOX_NOT_FOUND,
            Reason.MAILBOX_DISABLED,
            Reason.RELAY_DENIED,
            Reason.SMTPUTF8_UNSUPPORTED,
            CONFIRMED,
        )
    ),
}
"""The reasons for which an address is so; with any other nothing is known of it."""


def outcome_of(item: Mapping[str, Any], address: str) -> Outcome:
    """Status and reason must be known, and go together."""
    status, reason = judged(item.get("status"), item.get("reason"))
    wait, cost = item.get("retry_after_s"), item.get("cost")
    return Outcome(
        address,
        status,
        reason,
        flags=flags_in(item.get("flags")),
        raw=storable(item.get("raw") or {}),
        cost=cost if type(cost) is int and 0 <= cost <= MAX_COST else 1,
        retry_after=bounded_wait(wait) if isinstance(wait, int | float) and wait else None,
    )


def judged(status: Any, reason: Any) -> tuple[Result, Reason]:
    """Two words of a provider. Without a reason it is the provider that says so."""
    result = _known(Result, status)
    if result is None:
        return Result.UNVERIFIED, Reason.PROVIDER_ERROR
    if result is Result.UNVERIFIED:
        return result, _open(_known(Reason, reason) or Reason.PROVIDER_OPAQUE)
    why = CONFIRMED if reason is None else _known(Reason, reason)
    if why in OF_RESULT[result]:
        return result, why
    return Result.UNVERIFIED, _open(why) if why else Reason.PROVIDER_ERROR


def _open(reason: Reason) -> Reason:
    """A reason for which nothing is known, not one for a verdict."""
    settled = any(reason in reasons for reasons in OF_RESULT.values())
    return Reason.PROVIDER_ERROR if settled and reason is not Reason.RELAY_DENIED else reason


def _known(words: type[Word], given: Any) -> Word | None:
    return words(given) if isinstance(given, str) and given in tuple(words) else None


def flags_in(given: Any) -> dict[str, bool]:
    """Those that are known, and were looked at."""
    if not isinstance(given, dict):
        return {}
    return {name: given[name] for name in FLAGS if isinstance(given.get(name), bool)}
