"""What an import's columns become, as it was decided."""

from collections.abc import Mapping as Named
from collections.abc import Sequence

from app.files.formats import FileFormat
from app.imports.errors import MappingRefused
from app.imports.mapping.mapping import Mapping, MappingWrong
from app.imports.records import Import
from app.imports.sources.entries import EntryColumn


def columns_of(found: Import) -> Mapping:
    """Of an import of a file. Raises MappingRefused."""
    assert found.format
    return checked(FileFormat.of(found.format).headers, found.settings["mapping"])


def entries_of(found: Import) -> EntryColumn:
    """Of an import onto a suppression list. Raises MappingRefused."""
    assert found.format
    return EntryColumn.checked(FileFormat.of(found.format).headers, found.settings["mapping"])


def checked(headers: Sequence[str], given: Named[str, str | None]) -> Mapping:
    """Raises MappingRefused with all that is wrong."""
    try:
        return Mapping.checked(headers, given)
    except MappingWrong as wrong:
        raise MappingRefused(wrong.findings) from None
