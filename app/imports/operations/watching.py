"""Watch an import while it runs."""

from app.imports.records import Import
from app.imports.repository.imports import ImportRepository
from app.kit.db import Tx
from app.kit.resources import Resources
from app.settings import Settings
from app.tickets.operations import issue_ticket
from app.tickets.rules import IssuedTicket
from app.values import ImportId, WorkspaceId
from app.workspaces.rules import Caller


async def look(resources: Resources, workspace_id: WorkspaceId, import_id: ImportId) -> Import:
    """As it is now, without its preview. Raises ImportNotFound."""
    async with resources.database.transaction() as tx:
        return await ImportRepository(tx, workspace_id).watched(import_id)


async def ticket_for(
    tx: Tx, caller: Caller, import_id: ImportId, settings: Settings, path: str
) -> IssuedTicket:
    """For the path at which it can be watched. Raises ImportNotFound."""
    await ImportRepository(tx, caller.workspace_id).watched(import_id)
    return await issue_ticket(tx, caller, settings, path)
