"""What can be read of an import's rows."""

from datetime import UTC, datetime

from app.imports.errors import LedgerExpired
from app.imports.records import Import
from app.imports.repository.imports import ImportRepository
from app.imports.rules import is_ledger_expired
from app.kit.db import Tx
from app.values import ImportId
from app.workspaces.rules import Caller


async def import_with_ledger(
    tx: Tx, caller: Caller, import_id: ImportId, *, for_change: bool = False
) -> Import:
    """An import whose rows are there. Raises ImportNotFound, LedgerExpired.

    Too old is gone, whether or not the job that removes the rows has come to them.
    """
    found = await ImportRepository(tx, caller.workspace_id).get(import_id, for_change=for_change)
    check_ledger(found, caller)
    return found


def check_ledger(found: Import, caller: Caller) -> None:
    """Raises LedgerExpired."""
    days = caller.policy.ledger_retention_days
    if found.ledger_removed_at or is_ledger_expired(found.finished_at, days, datetime.now(UTC)):
        raise LedgerExpired
