"""Rows of a stored file, read in a thread while the chunk before is being stored."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import closing
from typing import Any

from app.files.formats import FileFormat
from app.files.records import Record, Records, count_next
from app.gate.rules import Row
from app.imports.batch import GivenRow, SentRow, candidate_of
from app.imports.mapping.mapping import Mapped
from app.imports.mapping.mapping import Mapping as Columns
from app.imports.sources.chunk import BYTES, ROWS, Chunk
from app.kit.storage import Storage
from app.leads.admission.rows import Candidate
from app.leads.merge import Profile
from app.values import Code

PARTS = 20
"""Each takes the processor for a few milliseconds."""
COUNTED = 500_000
"""Rows between two looks at what is wished; half a second, if they are short."""
NOTHING = Profile({}, {})
NOT_NAMED: Mapping[str, Any] = {}
"""What is given of a row whose candidate has the address, or that has none."""


class FileRows:
    """The rows of one file in the storage; ``row_of`` says what a record of it means."""

    def __init__(
        self,
        storage: Storage,
        path: str,
        file_format: FileFormat,
        row_of: Callable[[Record], GivenRow],
    ) -> None:
        self._storage, self._path = storage, path
        self._format, self._row_of = file_format, row_of
        self._reading: Records | None = None

    async def count(self) -> AsyncIterator[int]:
        """How many have been found so far, good and bad; a large file takes a minute."""
        found, step = 0, COUNTED
        with closing(self._read(self._format.begins_at, self._format.begins_line)) as records:
            while step == COUNTED:
                step = await asyncio.to_thread(count_next, records, COUNTED)
                found += step
                yield found

    async def read(self, cursor: Mapping[str, int] | None) -> Chunk:
        """The rows from there on, as many as fit into a chunk; from the first one for None.

        In parts: between two of them whoever stores the chunk before may go on, and Python lets
        only one thread run.
        """
        at = cursor or {"offset": self._format.begins_at, "line": self._format.begins_line}
        records = self._from(at["offset"], at["line"])
        rows: list[GivenRow] = []
        is_last = False
        while not is_last and len(rows) < ROWS and records.offset - at["offset"] < BYTES:
            part, is_last = await asyncio.to_thread(self._part, records)
            rows += part
        return Chunk(rows, {"offset": records.offset, "line": records.line}, is_last)

    def _part(self, records: Records) -> tuple[list[GivenRow], bool]:
        """The next rows, and whether they are the last."""
        rows, began = [], records.offset
        for record in records:
            rows.append(self._row_of(record))
            if len(rows) >= ROWS // PARTS or records.offset - began >= BYTES // PARTS:
                return rows, False
        return rows, True

    def _from(self, offset: int, line: int) -> Records:
        """Going on is the rule; after a crash or a chunk that is read again, one begins anew."""
        if self._reading is None or self._reading.offset != offset:
            self._reading = self._read(offset, line)
        return self._reading

    def _read(self, offset: int, line: int) -> Records:
        chunks = self._storage.read(self._path, offset)
        return Records(self._format, chunks, offset=offset, line=line)


def file_row(record: Record, columns: Columns) -> GivenRow:
    """A record of a file, as whom it is about."""
    sent = SentRow(columns.headers, record.cells, record.extra)
    if record.problem:
        return _refused(Code.UNREADABLE_ROW, {}, record.sentence, record.line, sent)
    mapped: Mapped = columns.apply(record.cells, record.extra)
    if mapped.problem:
        field, what = mapped.problem
        said = f"{field}: {what}"
        return _refused(Code.INVALID_FIELD, mapped.lead, said, record.line, sent)
    candidate = candidate_of(mapped.lead)
    if mapped.tags:
        candidate = candidate._replace(tags=mapped.tags)
    given = NOT_NAMED if candidate.row.email else _named(mapped.lead)
    return GivenRow(given, candidate, None, record.line, sent)


def _named(lead: Mapping[str, Any]) -> Mapping[str, Any]:
    """As little as tells who it was; all of it is kept by column."""
    return {"email": lead["email"]} if lead.get("email") else NOT_NAMED


def _refused(
    code: Code, lead: Mapping[str, Any], said: str | None, line: int, sent: SentRow
) -> GivenRow:
    return GivenRow(_named(lead), Candidate(Row(None, broken=code), NOTHING), said, line, sent)
