"""Issue tickets, and let in who shows one.

A browser's EventSource can send no key. A ticket stands in the address instead, where others may
read it: it opens one path, within a minute, and that path again for a day.
"""

import secrets

from app.kit.db import Tx
from app.kit.resources import Resources
from app.settings import Settings
from app.tickets.errors import InvalidTicket
from app.tickets.repository import TicketRepository
from app.tickets.rules import OPENED_WITHIN, IssuedTicket, Ticket
from app.workspaces import repository as workspaces
from app.workspaces.operations import key_hash
from app.workspaces.rules import Caller


async def issue_ticket(tx: Tx, caller: Caller, settings: Settings, path: str) -> IssuedTicket:
    """For who has a key: it opens the path as that key would."""
    secret = secrets.token_urlsafe(32)
    tickets = TicketRepository(tx, caller.workspace_id)
    hashed = key_hash(settings, secret)
    ticket_id, created_at = await tickets.add(path, caller.key_id, hashed)
    ticket = Ticket(caller.workspace_id, ticket_id, secret)
    return IssuedTicket(ticket, path, created_at + OPENED_WITHIN)


async def redeem_ticket(resources: Resources, text: str, path: str) -> Caller:
    """Whose ticket it is. Raises InvalidTicket, whatever is wrong with it."""
    ticket = Ticket.read(text)
    if ticket is None:
        raise InvalidTicket
    async with resources.database.transaction() as tx:
        tickets = TicketRepository(tx, ticket.workspace_id)
        hashed = key_hash(resources.settings, ticket.secret)
        key_id = await tickets.open(ticket, path, hashed)
    caller = key_id and await workspaces.caller_of_key(resources.database, key_id)
    if not caller:
        raise InvalidTicket
    return caller
