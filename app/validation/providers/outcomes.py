"""What a provider found out, in our words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import orjson

from app.values import ValidationLevel as Level
from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result

MAX_RAW_BYTES = 4_096
FLAGS = ("disposable", "role", "free", "privacy_relay", "catch_all")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one address. ``flags`` has those that were looked at; ``raw`` can be stored as it is.

    ``cost`` counts look-ups that were paid, or may have been; ``retry_after`` is in seconds.
    """

    address: str
    status: Result
    reason: Reason
    level: Level = Level.PROVIDER
    flags: Mapping[str, bool] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)
    cost: int = 0
    retry_after: float | None = None
    is_try: bool = True
    """False: nobody was to be asked."""


class Verifier(Protocol):
    """``deadline`` is a time of the event loop's clock. The outcomes are in the order of the batch,
    one for each address, and nothing of what a provider does is raised.
    """

    @property
    def name(self) -> str: ...

    @property
    def max_batch(self) -> int: ...

    async def verify(self, batch: Sequence[str], *, deadline: float) -> list[Outcome]: ...


class Failure(NamedTuple):
    """Why there is no answer that can be used.

    ``spent``: the provider may have looked, and count it. ``again``: after so many seconds a
    question that changes nothing may be repeated; None where that is of no use.
    """

    cause: str
    spent: bool
    retry_after: float
    again: float | None = None


class ProviderFailed(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.cause)
        self.failure = failure


def failed(address: str, why: Failure) -> Outcome:
    return Outcome(
        address,
        Result.UNVERIFIED,
        Reason.PROVIDER_ERROR,
        raw={"failure": why.cause},
        cost=int(why.spent),
        retry_after=why.retry_after,
    )


def storable(raw: Any) -> dict[str, Any]:
    """JSON for the database: an object, of bounded size and depth, without NUL."""
    try:
        text = orjson.dumps(raw)
    except TypeError:
        return {"unreadable": True}
    if len(text) > MAX_RAW_BYTES:
        return {"truncated": without_nul(text[: MAX_RAW_BYTES // 2].decode(errors="replace"))}
    cleaned = without_nul(orjson.loads(text))
    return cleaned if isinstance(cleaned, dict) else {"value": cleaned}


def without_nul(value: Any) -> Any:
    """PostgreSQL has none; lone surrogates are no JSON to begin with."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, list):
        return [without_nul(one) for one in value]
    if isinstance(value, dict):
        return {without_nul(name): without_nul(one) for name, one in value.items()}
    return value
