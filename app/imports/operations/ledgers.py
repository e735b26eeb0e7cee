"""What can be read of an import's rows, or of a push's."""

from datetime import UTC, datetime

from app.imports.breakdown import By, counted_codes
from app.imports.errors import LedgerExpired
from app.imports.records import Import, Push
from app.imports.repository.breakdown import BreakdownRepository, Line
from app.imports.repository.imports import ImportRepository
from app.imports.repository.ledgers import Ledgers
from app.imports.repository.pushes import PushRepository
from app.imports.rules import Tally, kept_since
from app.kit.db import Tx
from app.values import ImportId
from app.workspaces.rules import Caller


async def import_with_ledger(tx: Tx, caller: Caller, import_id: ImportId) -> Import:
    """An import whose rows are kept. Raises ImportNotFound, LedgerExpired."""
    found = await ImportRepository(tx, caller.workspace_id).get(import_id)
    check_ledger(found, caller)
    return found


def check_ledger(found: Import, caller: Caller) -> None:
    """Raises LedgerExpired."""
    if not found.has_ledger(caller.policy.ledger_retention_days, datetime.now(UTC)):
        raise LedgerExpired


async def push_with_ledgers(tx: Tx, caller: Caller, name: str) -> tuple[Tally, Ledgers]:
    """The rows of a push that are kept. Raises PushNotFound, and LedgerExpired when none are."""
    found = await look_up_push(tx, caller, name)
    if not found.ledgers:
        raise LedgerExpired
    return found.tally, Ledgers.of_push(name, _kept_since(caller))


async def look_up_push(tx: Tx, caller: Caller, name: str) -> Push:
    """Raises PushNotFound."""
    return await PushRepository(tx, caller.workspace_id).get(name, _kept_since(caller))


def _kept_since(caller: Caller) -> datetime | None:
    return kept_since(caller.policy.ledger_retention_days, datetime.now(UTC))


async def breakdown(
    tx: Tx,
    caller: Caller,
    ledgers: Ledgers,
    by: By,
    after: tuple[int, str] | None,
    limit: int,
) -> list[Line]:
    """Of rows that did not get in; or, by normalisation, of all."""
    found = BreakdownRepository(tx, caller.workspace_id)
    return await found.page(ledgers, by, counted_codes(by), after, limit)
