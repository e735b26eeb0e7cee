"""What a ticket is: a text for one path, in place of a key. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from app.values import TicketId, WorkspaceId

OPENED_WITHIN = timedelta(minutes=1)
"""A link that was copied from somewhere is of no use."""
GOOD_FOR = timedelta(days=1)
"""For whoever opened it in time and comes again."""

WRITTEN = re.compile(r"tk_([0-9]{1,18})_([0-9]{1,18})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Ticket:
    """Its text tells whose it is, so that it is found where that workspace's rows are."""

    workspace_id: WorkspaceId
    id: TicketId
    secret: str

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None if it is no ticket."""
        if found := WRITTEN.fullmatch(text):
            return cls(WorkspaceId(int(found[1])), TicketId(int(found[2])), found[3])
        return None

    def __str__(self) -> str:
        return f"tk_{self.workspace_id}_{self.id}_{self.secret}"


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """``path`` is what it opens."""

    ticket: Ticket
    path: str
    open_before: datetime
