"""Which duplicate scope a request gets: the first that speaks, then the floor."""

from dataclasses import dataclass

from app.values import DuplicateScope, FlagMeaning
from app.workspaces.rules import Policy


@dataclass(frozen=True, slots=True)
class AppliedScope:
    """The scope that holds, and who said so."""

    scope: DuplicateScope
    origin: str
    """``request``, ``flag``, ``source``, ``key``, ``workspace``; ``floor`` when that raised it."""


def applied_scope(
    requested: DuplicateScope | None,
    ignore_duplicates: bool | None,
    of_key: DuplicateScope | None,
    policy: Policy,
    of_source: DuplicateScope | None = None,
) -> AppliedScope:
    """An absent flag or null does not speak.

    A looser request than the floor is no error, the floor applies. ``of_source`` is what the rows
    themselves ask for: members of another campaign are elsewhere on purpose.
    """
    spoken = (
        (requested, "request"),
        (of_flag(ignore_duplicates, policy.duplicate_flag_meaning), "flag"),
        (of_source, "source"),
        (of_key, "key"),
        (policy.default_scope, "workspace"),
    )
    scope, origin = next((scope, origin) for scope, origin in spoken if scope)
    if scope.strictness < policy.floor.strictness:
        return AppliedScope(policy.floor, "floor")
    return AppliedScope(scope, origin)


def of_flag(ignore_duplicates: bool | None, meaning: FlagMeaning) -> DuplicateScope | None:
    """SmartLead documents ``true`` as "allow them".

    Its live service was seen to do the opposite (``legacy``).
    """
    if ignore_duplicates is None:
        return None
    allowed = ignore_duplicates is (meaning is FlagMeaning.DOCUMENTED)
    return DuplicateScope.CAMPAIGN if allowed else DuplicateScope.WORKSPACE
