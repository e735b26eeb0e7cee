"""The columns that a list of refused rows has besides those that were sent."""

from collections.abc import Collection, Sequence

OWN = ("code", "reason", "row")
OWN_OF_PUSH = (*OWN, "import_id")
"""A push has the same row several times."""
PREFIX = "leadgate_"
"""Where a column that was sent has the name."""


def own_names(sent: Collection[str], own: Sequence[str]) -> list[str]:
    """What they are called beside these."""
    return [PREFIX + name if name in sent else name for name in own]


def own_count(headers: Sequence[str]) -> int:
    """How many of the last columns are ours; the file was sent before, and comes again."""
    for own in (OWN_OF_PUSH, OWN):
        if tuple(header.removeprefix(PREFIX) for header in headers[-len(own) :]) == own:
            return len(own)
    return 0


def without_own(headers: Sequence[str]) -> Sequence[str]:
    return headers[: len(headers) - own_count(headers)]
