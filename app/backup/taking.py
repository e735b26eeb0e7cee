"""`leadgate backup`."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from app.about import INFO
from app.backup.archive import (
    FORMAT,
    MANIFEST,
    SECRET_KEY,
    STANDARD_OUTPUT,
    Manifest,
    new_file,
    say,
    told,
)
from app.environment import FILE, settings_beside_up
from app.kit.db import Database
from app.kit.embedded.folder import Folder, FolderInUse
from app.kit.embedded.postgres import DATA, postgres, written_by
from app.kit.processes import CannotStart
from app.kit.rows import write_rows

QUICK = 1
"""zlib's level; the higher ones take three times as long for a tenth of the size."""
DAY_S = 86_400.0
"""A limit for a statement that has none: the whole of the largest table."""


@dataclass(frozen=True)
class Source:
    database_url: str
    secret_key: str


async def take(target: str, folder: Folder, *, force: bool) -> None:
    """Raises CannotStart with what is in the way; then nothing is left behind."""
    with new_file(target, force=force) as file:
        async with _source(folder) as source:
            manifest = await _write(source, file)
    say(
        f"Backed up: {manifest}.{_size(target)}\n"
        "The file holds personal data and the secret key: keep it as safe as the data folder."
    )


async def _write(source: Source, file: BinaryIO) -> Manifest:
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=QUICK) as archive:
        async with open_database(source.database_url) as database, database.transaction() as tx:
            contents = await write_rows(tx, archive, told)
        if contents is None:
            raise CannotStart("The database is empty: no `leadgate` has started on it yet.")
        archive.writestr(SECRET_KEY, source.secret_key)
        manifest = Manifest(
            format=FORMAT,
            leadgate=INFO["version"],
            created_at=datetime.now(UTC),
            contents=contents,
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """For statements that take as long as they take."""
    database = Database(url, pool_size=1, statement_timeout_s=DAY_S, lock_timeout_s=DAY_S)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def _source(folder: Folder) -> AsyncIterator[Source]:
    """The database that the environment names; else that of a running `up`; else the folder's."""
    if os.environ.get("LEADGATE_DATABASE_URL"):
        yield _beside(folder)
        return
    if not (folder.path / "secret-key").exists():
        raise CannotStart(_nothing(folder))
    async with AsyncExitStack() as stack:
        try:
            stack.enter_context(folder.locked())
        except FolderInUse:
            yield _beside_running(folder)
        else:
            yield await _started(folder, stack)


def _beside(folder: Folder) -> Source:
    settings = settings_beside_up(folder.path)
    return Source(settings.database_url, settings.secret_key.get_secret_value())


def _beside_running(folder: Folder) -> Source:
    if not (folder.path / FILE).exists():
        raise CannotStart(f"The `leadgate` that uses {folder.path} starts or stops. Try again.")
    return _beside(folder)


async def _started(folder: Folder, stack: AsyncExitStack) -> Source:
    data = folder.path / "servers" / DATA
    if not data.exists():
        raise CannotStart(_nothing(folder))
    url = await stack.enter_async_context(postgres(folder, major=written_by(data)))
    return Source(url, os.environ.get("LEADGATE_SECRET_KEY") or folder.secret("secret-key"))


def _size(target: str) -> str:
    return "" if target == STANDARD_OUTPUT else f" {Path(target).stat().st_size / 1e6:,.2f} MB."


def _nothing(folder: Folder) -> str:
    return (
        f"There is no database in {folder.path}. Name the data folder of `leadgate up` with"
        " --data-dir, or set LEADGATE_DATABASE_URL and LEADGATE_SECRET_KEY."
    )
