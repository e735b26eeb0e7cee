"""The source that an import's rows come from."""

from app.files.formats import FileFormat
from app.imports.mapping.mapping import Mapping
from app.imports.repository.imports import Import
from app.imports.sources import Source
from app.imports.sources.files import FileRows
from app.kit.jobs import JobFailed
from app.kit.resources import Resources
from app.uploads.rules import path_of
from app.values import WorkspaceId


def open_source(resources: Resources, workspace_id: WorkspaceId, found: Import) -> Source:
    """Raises JobFailed for one that has none: a batch was in one request."""
    if found.upload_id is None or found.format is None:
        raise JobFailed("This import has nothing left to read")
    file_format = FileFormat.of(found.format)
    columns = Mapping.checked(file_format.headers, found.settings["mapping"])
    path = path_of(workspace_id, found.upload_id)
    return FileRows(resources.storage, path, file_format, columns)
