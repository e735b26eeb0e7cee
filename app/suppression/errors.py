"""What can be wrong with a suppression entry, or with lifting one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from app.kit.problems import Problem
from app.suppression.rules import Entry, Refused
from app.values import SuppressionId, SuppressionKind, SuppressionSource

MOST_SHOWN = 100
OPTED_OUT = Entry(
    SuppressionId(12),
    SuppressionKind.UNSUBSCRIBE,
    "ann@example.com",
    campaign_id=None,
    client_id=None,
    source=SuppressionSource.LEAD,
    protected=True,
    created_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
)
"""For the example of the API's description."""


class NoValidEntry(Problem):
    """None of the entries is an address or a domain; nothing was stored."""

    status, code = HTTPStatus.UNPROCESSABLE_ENTITY, "no_valid_entry"
    example = ([Refused("emails", 0, "ann@")],)

    def __init__(self, refused: Sequence[Refused]) -> None:
        super().__init__(
            f"None of the {len(refused)} entries is an email address or a domain.",
            errors=[
                {"pointer": one.pointer, "code": "invalid_entry", "detail": one.reason}
                for one in refused[:MOST_SHOWN]
            ],
        )


class SuppressionNotFound(Problem):
    """The list has no such entry, or has none any more."""

    status, code = HTTPStatus.NOT_FOUND, "suppression_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such entry on this list.")


class ProtectedEntry(Problem):
    """The person made this entry; no operator lifts it."""

    status, code = HTTPStatus.CONFLICT, "protected_entry"
    example = ([OPTED_OUT],)

    def __init__(self, protected: Sequence[Entry]) -> None:
        names = ", ".join(entry.entry for entry in protected[:3])
        more = f" and {len(protected) - 3} more" if len(protected) > 3 else ""
        super().__init__(
            f"Made by the person's own opt-out, so it stays: {names}{more}. Nothing was lifted.",
            protected=[{"id": one.id, "entry": one.entry} for one in protected[:MOST_SHOWN]],
        )
