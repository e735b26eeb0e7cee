"""Where the rows of an import come from: one class for each source, chosen here."""

from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Protocol

from app.files.formats import FileFormat
from app.files.records import Record
from app.imports.batch import GivenRow
from app.imports.records import Import
from app.imports.sources.chunk import Chunk
from app.imports.sources.columns import columns_of, entries_of
from app.imports.sources.entries import entry_row
from app.imports.sources.file_rows import FileRows, file_row
from app.imports.sources.lead_rows import LeadRows
from app.imports.sources.refused_rows import RowsAgain
from app.imports.sources.selections import RefusedRows, stored_filter
from app.kit.jobs import JobFailed
from app.kit.resources import Resources
from app.uploads.rules import path_of
from app.values import ImportSource, WorkspaceId

NOTHING_TO_READ = "This import has nothing to read"


class Source(Protocol):
    """Rows that can be read from wherever a run was left."""

    def count(self) -> AsyncIterator[int]:
        """How many have been found so far, good and bad; in the end all there are."""

    async def read(self, cursor: Mapping[str, int] | None) -> Chunk:
        """The rows from there on, as many as fit into a chunk; from the first one for None."""


def source_of(resources: Resources, workspace_id: WorkspaceId, found: Import) -> Source:
    """Raises JobFailed."""
    if found.suppresses:
        return _file(resources, workspace_id, found, partial(entry_row, column=entries_of(found)))
    columns = columns_of(found) if found.format else None
    if found.source is ImportSource.REFUSED and found.selection:
        again = RefusedRows.of(found.selection)
        return RowsAgain(resources, workspace_id, again, columns)
    if found.selection is not None:
        by = stored_filter(found.source, found.selection)
        return LeadRows(resources, workspace_id, by)
    if columns is None:
        raise JobFailed(NOTHING_TO_READ)
    return _file(resources, workspace_id, found, partial(file_row, columns=columns))


def _file(
    resources: Resources,
    workspace_id: WorkspaceId,
    found: Import,
    row_of: Callable[[Record], GivenRow],
) -> FileRows:
    if found.upload_id is None or found.format is None:
        raise JobFailed(NOTHING_TO_READ)
    path = path_of(workspace_id, found.upload_id)
    return FileRows(resources.storage, path, FileFormat.of(found.format), row_of)
