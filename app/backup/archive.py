"""The file of a backup: a zip archive of the rows, the secret key and a manifest."""

import os
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from pydantic import BaseModel

from app import migrate
from app.about import INFO
from app.kit.embedded.folder import keep
from app.kit.processes import CannotStart
from app.kit.rows import Contents, Table, table_file

FORMAT = 1
STANDARD_OUTPUT = "-"
MANIFEST, SECRET_KEY = "manifest.json", "secret-key"
COUNTED = ("workspaces", "campaigns", "leads")
DAMAGED = (BadZipFile, zlib.error, struct.error, EOFError, KeyError, ValueError, RuntimeError)
"""What reading an archive raises in which any bit may be wrong."""


class Manifest(BaseModel, frozen=True):
    """Written last: an archive without one was not finished."""

    format: int
    leadgate: str
    """The version that wrote it."""
    created_at: datetime
    contents: Contents

    def __str__(self) -> str:
        rows = {table.name: table.rows for table in self.contents.tables}
        return ", ".join(f"{name} {rows.get(name, 0):,}" for name in COUNTED)


@dataclass(frozen=True)
class Backup:
    """A whole one, which this code can bring back."""

    archive: ZipFile
    manifest: Manifest
    secret_key: str


@contextmanager
def new_file(target: str, *, force: bool) -> Iterator[BinaryIO]:
    """Whole or not at all, and ours alone.

    Raises CannotStart if it may not or cannot be written.
    """
    if target == STANDARD_OUTPUT:
        with _standard_output() as file:
            yield file
        return
    path = Path(target)
    if path.exists() and not force:
        raise CannotStart(f"{path} exists already. Choose another name, or overwrite with --force.")
    try:
        with _part(path) as file:
            yield file
    except OSError as error:
        raise CannotStart(f"{path} cannot be written: {error.strerror or error}") from None


@contextmanager
def whole_file(path: Path) -> Iterator[Backup]:
    """All of it is read once here. Raises CannotStart if it is damaged or too new."""
    try:
        archive = ZipFile(path)
    except OSError as error:
        raise CannotStart(f"{path} cannot be read: {error.strerror or error}") from None
    except DAMAGED:
        raise CannotStart(_damaged(path)) from None
    with archive:
        try:
            found = _checked(archive)
        except (*DAMAGED, OSError):
            raise CannotStart(_damaged(path)) from None
        _refuse_newer(path, found.manifest)
        yield found


def told(table: Table) -> None:
    """A line for the person who waits."""
    if table.rows:
        say(f"  {table.name:20} {table.rows:14,}")


def say(line: str) -> None:
    """Beside the standard output, which may be the backup itself."""
    sys.stderr.write(line + "\n")


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    if sys.stdout.isatty():
        raise CannotStart("A backup is no text for a terminal. Name a file, or lead it into one.")
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


@contextmanager
def _part(path: Path) -> Iterator[BinaryIO]:
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        part.replace(path)
        keep(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _checked(archive: ZipFile) -> Backup:
    """Every byte against its checksum, every file of the manifest there."""
    if archive.testzip():
        raise BadZipFile
    manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    for table in manifest.contents.tables:
        archive.getinfo(table_file(table.name))
    return Backup(archive, manifest, archive.read(SECRET_KEY).decode())


def _refuse_newer(path: Path, manifest: Manifest) -> None:
    if manifest.format > FORMAT or not migrate.is_known(manifest.contents.revision):
        raise CannotStart(
            f"{path} was written by Leadgate {manifest.leadgate}, with the schema"
            f" {manifest.contents.revision}, which this Leadgate ({INFO['version']}) does not know."
            " Restore it with that version, or a newer one."
        )


def _damaged(path: Path) -> str:
    return f"{path} is damaged, incomplete, or no backup of Leadgate. Nothing was touched."
