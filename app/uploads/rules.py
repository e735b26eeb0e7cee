"""Files that were sent."""

import re
from dataclasses import dataclass
from datetime import datetime

from app.values import KeyId, UploadId, WorkspaceId

MAX_UPLOAD_BYTES = 2 * 1024**3
"""Of a request that brings a file, and of the text in it, whatever it is packed in."""
UNUSED_DAYS = 7
"""So long an upload is kept that no import uses, or whose imports have no ledger any more."""
ENDED_DAYS = 90
"""So long after the last import of it has ended, if its ledger is kept for longer."""

PATH = re.compile(r"([1-9][0-9]{0,17})/([1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in the storage; it is no upload before it is recorded."""

    id: UploadId
    name: str
    size_bytes: int
    """As it was sent, and so is the digest."""
    sha256: bytes
    packed_as: str | None
    text_bytes: int
    """As it is stored."""
    created_by: KeyId | None
    sheet: str | None
    """Of a workbook, the one whose rows are stored."""
    other_sheets: list[str]


@dataclass(frozen=True, slots=True)
class Upload(Stored):
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came in a form, and the texts that came with it, by name."""

    stored: Stored
    texts: dict[str, str]

    @property
    def identity(self) -> bytes:
        """By which the form is known again: whatever its boundary, and whatever the file's name."""
        told = (f"{name}\0{text}" for name, text in sorted(self.texts.items()))
        return b"\0".join([self.stored.sha256, *(one.encode() for one in told)])


def path_of(workspace_id: WorkspaceId, upload_id: UploadId) -> str:
    """Of the file, in the storage."""
    return f"{workspace_id}/{upload_id}"


def file_at(path: str) -> tuple[WorkspaceId, UploadId] | None:
    """The other way round; None for what is no file of ours."""
    named = PATH.fullmatch(path)
    return (WorkspaceId(int(named[1])), UploadId(int(named[2]))) if named else None
