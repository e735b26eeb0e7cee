"""The rows that did not get in, as a table that is read while it is sent."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from app.files.columns import MAX_COLUMNS
from app.imports.mapping.own_columns import OWN, OWN_OF_PUSH
from app.imports.operations.ledgers import import_with_ledger, push_with_ledgers
from app.imports.records import RefusedRow
from app.imports.refused_table import RefusedTable
from app.imports.repository.ledgers import Ledgers
from app.imports.repository.refused import RefusedRepository
from app.kit.db import Tx
from app.kit.resources import Resources
from app.values import Code, ImportId
from app.workspaces.rules import Caller


@dataclass(frozen=True, slots=True)
class Refused:
    """``first``: the rows of its first page, so that what is wrong shows before the answer."""

    resources: Resources
    caller: Caller
    ledgers: Ledgers
    codes: Sequence[Code]
    table: RefusedTable
    first: list[RefusedRow]
    import_id: ImportId | None = None

    async def pages(self) -> AsyncIterator[list[list[str]]]:
        """The header, then the rows; each page is a transaction of its own."""
        yield [self.table.header]
        page = self.first
        while page:
            yield [self.table.cells(row) for row in page]
            last = page[-1]
            async with self.resources.database.transaction() as tx:
                found = RefusedRepository(tx, self.caller.workspace_id, self.ledgers)
                page = await found.page(self.codes, (last.import_id, last.row))
                if self.import_id:  # what is removed meanwhile would look like the end
                    await import_with_ledger(tx, self.caller, self.import_id)


async def refused_of_import(
    resources: Resources, caller: Caller, import_id: ImportId, codes: Sequence[Code]
) -> Refused:
    """Raises ImportNotFound, LedgerExpired."""
    async with resources.database.transaction() as tx:
        found = await import_with_ledger(tx, caller, import_id)
        begun = await _begun(tx, resources, caller, Ledgers.of_import(found), codes, OWN)
        return replace(begun, import_id=import_id)


async def refused_of_push(
    resources: Resources, caller: Caller, name: str, codes: Sequence[Code]
) -> Refused:
    """Raises PushNotFound, LedgerExpired."""
    async with resources.database.transaction() as tx:
        _, ledgers = await push_with_ledgers(tx, caller, name)
        return await _begun(tx, resources, caller, ledgers, codes, OWN_OF_PUSH)


async def _begun(
    tx: Tx,
    resources: Resources,
    caller: Caller,
    ledgers: Ledgers,
    codes: Sequence[Code],
    own: Sequence[str],
) -> Refused:
    found = RefusedRepository(tx, caller.workspace_id, ledgers)
    members = await found.members(codes, MAX_COLUMNS)
    table = RefusedTable(await found.layouts(), members, own)
    return Refused(resources, caller, ledgers, codes, table, await found.page(codes, None))
