"""Tickets in the database."""

from datetime import datetime

from app.kit.db import Tx
from app.tickets.rules import GOOD_FOR, OPENED_WITHIN, Ticket
from app.values import KeyId, TicketId, WorkspaceId

ADD = """
with gone as (
    delete from stream_tickets where workspace_id = $1 and created_at < now() - $5::interval)
insert into stream_tickets (workspace_id, path, key_id, secret_hash)
values ($1, $2, $3, $4) returning id, created_at
"""

OPEN = """
update stream_tickets set opened_at = coalesce(opened_at, now())
where workspace_id = $1 and id = $2 and secret_hash = $3 and path = $4
  and created_at > now() - $5::interval
  and (opened_at is not null or created_at > now() - $6::interval)
returning key_id
"""


class TicketRepository:
    """The tickets of one workspace."""

    def __init__(self, tx: Tx, workspace_id: WorkspaceId) -> None:
        self._tx, self._workspace_id = tx, workspace_id

    async def add(self, path: str, key_id: KeyId, secret_hash: bytes) -> tuple[TicketId, datetime]:
        """Gives its id, and when it was made. Those that are good for nothing go."""
        [row] = await self._tx.rows(ADD, self._workspace_id, path, key_id, secret_hash, GOOD_FOR)
        return TicketId(row["id"]), row["created_at"]

    async def open(self, ticket: Ticket, path: str, secret_hash: bytes) -> KeyId | None:
        """Gives who asked for it; None when it does not open this path."""
        terms = (path, GOOD_FOR, OPENED_WITHIN)
        rows = await self._tx.rows(OPEN, self._workspace_id, ticket.id, secret_hash, *terms)
        return KeyId(rows[0]["key_id"]) if rows else None
