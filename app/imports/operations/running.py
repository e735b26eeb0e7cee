"""Bring an import to its end, one committed chunk at a time.

A chunk's rows, its ledger and the place where the next one begins commit together, and only for the
job that holds the lease: so a run may be killed, repeated, or begun on two hosts at once.
"""

import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from app.campaigns.errors import CampaignNotFound
from app.files.errors import FileUnreadable
from app.imports.errors import LedgerExpired
from app.imports.in_the_way import InTheWay
from app.imports.jobs import RunImport
from app.imports.judged import normalisations
from app.imports.metrics import VERDICTS
from app.imports.operations.destinations import Look, Taken, destination_of
from app.imports.records import Advance, Import
from app.imports.repository.imports import ImportRepository
from app.imports.repository.ledger import LedgerRepository
from app.imports.repository.runs import RunRepository
from app.imports.rules import Tally
from app.imports.sources.chunk import Chunk
from app.imports.sources.source import Source, source_of
from app.kit.ahead import ahead
from app.kit.db import Tx
from app.kit.jobs import JobFailed, Lease, NotNow, WishGranted
from app.kit.resources import Resources
from app.uploads.errors import UploadNotFound
from app.uploads.repository import UploadRepository
from app.uploads.rules import Upload, path_of
from app.values import WORKED_ON, ImportState, UploadId, Wish, WorkspaceId

GRANTED = {Wish.PAUSE: ImportState.PAUSED, Wish.CANCEL: ImportState.CANCELLED}


async def run_import(resources: Resources, lease: Lease) -> None:
    """From wherever it is to its end.

    Raises JobFailed where no later try would end otherwise, and WishGranted.
    """
    found = await _found(resources, lease)
    try:
        await _check_file(resources, lease.workspace_id, found)
        await Run(resources, lease, found).to_its_end()
    except CampaignNotFound:
        raise JobFailed("The campaign was deleted") from None
    except FileNotFoundError:
        # It was removed; or it should be there, and its folder is elsewhere for the moment.
        await _upload(resources, lease.workspace_id, found.upload_id)
        raise NotNow("The file was not found in the storage") from None
    except FileUnreadable as error:
        raise JobFailed(error.sentence) from None
    except LedgerExpired:
        raise JobFailed("The rows that were refused are not kept any longer") from None


async def _check_file(resources: Resources, workspace_id: WorkspaceId, found: Import) -> None:
    """What was cut short in the storage must not pass for all of it. Raises JobFailed."""
    if found.upload_id is None:
        return
    upload = await _upload(resources, workspace_id, found.upload_id)
    there = await resources.storage.size(path_of(workspace_id, upload.id))
    if there != upload.text_bytes:
        raise JobFailed(
            f"The stored file is damaged: {there:,} bytes of {upload.text_bytes:,} are there"
        )


async def _upload(
    resources: Resources, workspace_id: WorkspaceId, upload_id: UploadId | None
) -> Upload:
    async with resources.database.transaction() as tx:
        try:
            return await UploadRepository(tx, workspace_id).get(upload_id or UploadId(0))
        except UploadNotFound:
            raise JobFailed("The file is not kept any longer") from None


async def fail_import(resources: Resources, lease: Lease, error: str) -> None:
    """Its job has failed for good."""
    import_id = lease.as_job(RunImport).import_id
    async with resources.database.transaction() as tx:
        found = await ImportRepository(tx, lease.workspace_id).get(import_id)
        if found.job_id == lease.job_id:
            runs = RunRepository(tx, lease.workspace_id)
            await runs.move(import_id, WORKED_ON, ImportState.FAILED, error=error)
        await lease.fence(tx)


async def delay_import(resources: Resources, lease: Lease, error: str) -> None:
    """Its job is to be tried again: until then it says why it waits.

    Raises WishGranted where somebody does not want to wait.
    """
    import_id = lease.as_job(RunImport).import_id
    async with resources.database.transaction() as tx:
        wish = await lease.fence(tx)
        runs = RunRepository(tx, lease.workspace_id)
        if wish:
            await runs.move(import_id, WORKED_ON, GRANTED[wish])
        else:
            await runs.delay(import_id, lease.job_id, f"{error}; it is tried again")
    if wish:
        raise WishGranted


async def _found(resources: Resources, lease: Lease) -> Import:
    async with resources.database.transaction() as tx:
        imports = ImportRepository(tx, lease.workspace_id)
        return await imports.get(lease.as_job(RunImport).import_id)


@dataclass(frozen=True, slots=True)
class Totals:
    """Of the whole run, as they are committed."""

    rows: int
    tally: Tally
    by_normalisation: Counter[str]
    in_the_way: InTheWay


class Run:
    """One job's work on one import."""

    def __init__(self, resources: Resources, lease: Lease, found: Import) -> None:
        self._resources, self._lease, self._import = resources, lease, found
        self._workspace_id = lease.workspace_id
        self._destination = destination_of(lease.workspace_id, found)
        self._rows_total = found.rows_total
        self._totals = Totals(
            found.rows_done, found.tally, Counter(found.by_normalisation), found.in_the_way
        )
        self._since = time.monotonic()
        """The last commit; what a chunk takes is all the time from there to its own."""

    async def to_its_end(self) -> None:
        """While a chunk is stored, the people of the next one are looked at, and the one after
        that is read.
        """
        rows = source_of(self._resources, self._workspace_id, self._import)
        await self._take_up(rows)
        async with aclosing(ahead(self._looked_at(ahead(self._read(rows))))) as chunks:
            async for chunk, look in chunks:
                await self._store(chunk, look)

    async def _read(self, rows: Source) -> AsyncGenerator[Chunk]:
        cursor: Mapping[str, int] | None = self._import.cursor
        is_last = False
        while not is_last:
            chunk = await rows.read(cursor)
            cursor, is_last = chunk.cursor, chunk.is_last
            yield chunk

    async def _looked_at(
        self, chunks: AsyncGenerator[Chunk]
    ) -> AsyncGenerator[tuple[Chunk, Look | None]]:
        async with aclosing(chunks):
            async for chunk in chunks:
                yield chunk, await self._destination.look(self._resources.database, chunk.rows)

    async def _take_up(self, rows: Source) -> None:
        """Counted once; whoever takes the run over knows it."""
        if self._import.cursor is None:
            await self._count(rows)
        else:
            await self._run_of(self._rows_total)
        self._since = time.monotonic()

    async def _count(self, rows: Source) -> None:
        wish: Wish | None = None
        async for found in rows.count():
            if wish:
                await self._grant(wish)
            # Who was killed in the midst of it had counted some already, and told of them.
            wish = await self._run_of(max(found, self._import.rows_total))
        self._rows_total = found

    async def _run_of(self, rows_total: int) -> Wish | None:
        """It runs, and will have so many rows."""

        async def take_up(tx: Tx) -> tuple[bool, Wish | None]:
            runs = RunRepository(tx, self._workspace_id)
            taken = await runs.take_up(self._import.id, self._lease.job_id, rows_total)
            return taken, await self._lease.fence(tx)

        taken, wish = await self._resources.database.run(take_up)
        if not taken:
            raise WishGranted  # paused or cancelled, and perhaps taken up by another job since
        return wish

    async def _store(self, chunk: Chunk, look: Look | None) -> None:
        async def store(tx: Tx) -> tuple[Totals, Wish | None]:
            taken = await self._destination.take(tx, chunk.rows, self._totals.rows + 1, look)
            after = await self._write(tx, chunk, taken)
            return after, await self._lease.fence(tx, {"rows_done": after.rows})

        self._totals, wish = await self._resources.database.run(store)
        self._since = time.monotonic()
        if wish and not chunk.is_last:
            await self._grant(wish)

    async def _write(self, tx: Tx, chunk: Chunk, taken: Taken) -> Totals:
        """The ledger, and how far the import is."""
        ledger = LedgerRepository(tx, self._workspace_id)
        await ledger.write(self._import.id, self._import.run, taken.lines)
        counted = Tally.of(line.code for line in taken.lines)
        after = Totals(
            self._totals.rows + len(taken.lines),
            self._totals.tally.plus(counted),
            self._totals.by_normalisation + normalisations(taken.lines),
            self._totals.in_the_way.plus(taken.in_the_way),
        )
        runs = RunRepository(tx, self._workspace_id)
        to = self._advance(chunk, after, taken.settings)
        if not await runs.advance(self._import.id, self._lease.job_id, to):
            raise WishGranted
        if not (self._import.is_dry_run or self._import.suppresses):
            for code, n in counted.by_code.items():
                tx.count(VERDICTS, code.value, n=n)
        return after

    def _advance(self, chunk: Chunk, after: Totals, settings: Mapping[str, Any]) -> Advance:
        return Advance(
            state=ImportState.COMPLETED if chunk.is_last else ImportState.RUNNING,
            rows_total=after.rows if chunk.is_last else self._rows_total,
            rows_done=after.rows,
            cursor=chunk.cursor,
            tally=after.tally,
            by_normalisation=after.by_normalisation,
            in_the_way=after.in_the_way,
            took_s=time.monotonic() - self._since,
            settings=settings,
        )

    async def _grant(self, wish: Wish) -> None:
        """After the chunk that was running when somebody asked; unless they ask no longer.

        The fence comes first here, and holds the wish.
        """

        async def grant(tx: Tx) -> bool:
            if await self._lease.fence(tx) is not wish:
                return False
            runs = RunRepository(tx, self._workspace_id)
            await runs.move(self._import.id, WORKED_ON, GRANTED[wish])
            return True

        if await self._resources.database.run(grant):
            raise WishGranted
