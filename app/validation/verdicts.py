"""What may be said of an address, by anybody who has looked. Pure."""

from typing import NamedTuple

from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result

DISPOSABLE, ROLE, FREE, CATCH_ALL = "disposable", "role", "free", "catch_all"


class Verdict(NamedTuple):
    """``flags`` are those that were seen to hold; of the others nothing is known."""

    result: Result
    reason: Reason
    flags: tuple[str, ...] = ()
    suppress: bool = False
    """Mail may arrive, but does harm to whoever sends it: traps, and people who complain."""
