"""Take in a file: unpacked as it streams, stored, and recorded by whoever it is for."""

import hashlib
import logging
from asyncio import Semaphore, timeout
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from app.files.errors import FileUnreadable
from app.files.unpacking import Unpacker
from app.files.workbooks import Sheets, to_csv
from app.kit.db import Tx, is_away
from app.kit.multipart import Form
from app.kit.problems import TooBusy
from app.kit.resources import Resources
from app.kit.storage import StorageAway
from app.uploads.errors import FileRefused
from app.uploads.repository import UploadRepository, next_upload_id, unrecorded
from app.uploads.rules import MAX_UPLOAD_BYTES, Received, Stored, Upload, path_of
from app.values import KeyId, WorkspaceId
from app.workspaces.rules import Caller

GATHERED_BYTES = 256 * 1024
LONGEST_TURN_S = 60
"""Until a workbook may be read; its client would give up later."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def receive_upload(
    resources: Resources, caller: Caller, form: Form, sheet: str | None
) -> AsyncIterator[Received]:
    """The form's file, stored; the block records it. If it does not, the file is removed again.

    ``sheet`` names the one of a workbook that is meant.

    Raises TooBusy, TooManyUploads, FileRefused, and what ``Form`` raises.
    """
    resources.uploads.check(caller.workspace_id)
    with resources.uploads.held(caller.workspace_id):
        name = await form.file_name()
        async with _kept_if_recorded(resources, caller, name, form.file(), sheet) as stored:
            yield Received(stored, await form.texts())


@asynccontextmanager
async def receive_lines(
    resources: Resources, caller: Caller, rows: Sequence[Mapping[str, Any]]
) -> AsyncIterator[Stored]:
    """Rows of a request as a file of NDJSON, to be recorded like one that was sent."""

    async def lines() -> AsyncIterator[bytes]:
        for row in rows:
            yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)

    async with _kept_if_recorded(resources, caller, "rows.ndjson", lines()) as stored:
        yield stored


@asynccontextmanager
async def _kept_if_recorded(
    resources: Resources,
    caller: Caller,
    name: str,
    chunks: AsyncIterator[bytes],
    sheet: str | None = None,
) -> AsyncIterator[Stored]:
    stored = await receive(resources, caller.workspace_id, caller.key_id, name, chunks, sheet)
    try:
        yield stored
    except Exception as error:
        # Who lost PostgreSQL cannot know what it committed; the retention asks later.
        if not is_away(error):
            await _remove_unrecorded(resources, caller.workspace_id, stored)
        raise
    else:
        await _remove_unrecorded(resources, caller.workspace_id, stored)


async def receive(
    resources: Resources,
    workspace_id: WorkspaceId,
    key_id: KeyId | None,
    name: str,
    chunks: AsyncIterator[bytes],
    sheet: str | None,
) -> Stored:
    """Store a file as text, under an id of its own. Raises FileRefused."""
    upload_id = await next_upload_id(resources.database)
    packed = _Packed(chunks, sheet)
    path = path_of(workspace_id, upload_id)
    try:
        text_bytes = await packed.store(resources, path)
    except FileUnreadable as error:
        raise FileRefused(error.code, error.sentence) from None
    return Stored(
        id=upload_id,
        name=name,
        size_bytes=packed.size_bytes,
        sha256=packed.digest(),
        packed_as=packed.packed_as,
        text_bytes=text_bytes,
        created_by=key_id,
        sheet=packed.sheets and packed.sheets.taken,
        other_sheets=packed.sheets.others if packed.sheets else [],
    )


async def record(tx: Tx, caller: Caller, received: Received) -> Upload:
    """For those who want the upload only."""
    return await UploadRepository(tx, caller.workspace_id).record(received.stored)


class _Packed:
    """A file as it is sent, on its way into the storage."""

    def __init__(self, chunks: AsyncIterator[bytes], sheet: str | None) -> None:
        self.size_bytes = 0
        self.sheets: Sheets | None = None
        """Of a workbook that was stored."""
        self._sheet = sheet
        self._chunks = chunks
        self._hash = hashlib.sha256()
        self._unpacker = Unpacker(MAX_UPLOAD_BYTES)

    @property
    def packed_as(self) -> str | None:
        return self._unpacker.packed_as

    def digest(self) -> bytes:
        return self._hash.digest()

    async def store(self, resources: Resources, path: str) -> int:
        """As text; gives how many bytes of it."""
        text = self._unpacked()
        first = await anext(text, b"")  # after which it is known what it is packed in
        if self.packed_as == "xlsx":
            content = _after(first, text)
            size, self.sheets = await _store_workbook(resources, path, content, self._sheet)
            return size
        if self._sheet is not None:
            raise FileUnreadable("sheet_not_found", "The file is no workbook: it has no sheets.")
        return await resources.storage.write(path, _after(first, text))

    async def _unpacked(self) -> AsyncIterator[bytes]:
        gathered = bytearray()
        async for piece in self._pieces():
            gathered += piece
            if len(gathered) >= GATHERED_BYTES:
                yield bytes(gathered)
                gathered.clear()
        yield bytes(gathered)

    async def _pieces(self) -> AsyncIterator[bytes]:
        """Small ones, however tightly the file is packed."""
        async for chunk in self._chunks:
            self.size_bytes += len(chunk)
            self._hash.update(chunk)
            for piece in self._unpacker.pieces(chunk):
                yield piece
        for piece in self._unpacker.last_pieces():
            yield piece


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


async def _store_workbook(
    resources: Resources, path: str, content: AsyncIterator[bytes], sheet: str | None
) -> tuple[int, Sheets]:
    """A workbook is read from its end, so it has to be there as a whole before it is text.

    Raises TooBusy when others take too long to read theirs.
    """
    with TemporaryDirectory(prefix="leadgate-") as folder:
        source, target = Path(folder, "workbook"), Path(folder, "text")
        await _save(content, source)
        async with _turn(resources.heavy):
            sheets = await to_csv(source, target, sheet=sheet, max_bytes=MAX_UPLOAD_BYTES)
        return await resources.storage.upload_file(path, target), sheets


@asynccontextmanager
async def _turn(heavy: Semaphore) -> AsyncIterator[None]:
    """A sheet may take two GiB of memory while it is read."""
    try:
        async with timeout(LONGEST_TURN_S):
            await heavy.acquire()
    except TimeoutError:
        raise TooBusy from None
    try:
        yield
    finally:
        heavy.release()


async def _save(content: AsyncIterator[bytes], target: Path) -> None:
    """Into the page cache, a quarter of a megabyte at a time: no thread is worth its while."""
    with target.open("wb") as file:
        async for chunk in content:
            file.write(chunk)


async def _remove_unrecorded(
    resources: Resources, workspace_id: WorkspaceId, stored: Stored
) -> None:
    """The row is the truth: a repetition of a request, for one, was answered without one."""
    try:
        if await unrecorded(resources.database, [(workspace_id, stored.id)]):
            await resources.storage.remove([path_of(workspace_id, stored.id)])
    except Exception as error:
        if not (isinstance(error, StorageAway) or is_away(error)):
            raise
        log.warning("a file that nobody recorded is left to the retention")
