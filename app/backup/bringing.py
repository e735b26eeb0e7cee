"""`leadgate restore`."""

import asyncio
import os
import shutil
from pathlib import Path

from app import migrate
from app.backup.archive import Backup, say, told, whole_file
from app.backup.taking import open_database
from app.kit.embedded.folder import Folder, keep, open_folder, server_account, write_private
from app.kit.embedded.postgres import DATA, postgres
from app.kit.processes import CannotStart
from app.kit.rows import read_rows

UNFINISHED = "postgres.restored"
"""The data's name until all of it is there: a killed restore leaves nothing that would start."""


async def bring(file: Path, data_dir: Path) -> None:
    """Raises CannotStart with what is in the way, before it touches anything."""
    if os.environ.get("LEADGATE_DATABASE_URL"):
        raise CannotStart(
            "A backup is restored into a data folder, where `leadgate up` has a PostgreSQL of its"
            " own. Unset LEADGATE_DATABASE_URL for that."
        )
    with whole_file(file) as backup:
        say(
            f"{file}: of {backup.manifest.created_at:%Y-%m-%d %H:%M} UTC, Leadgate"
            f" {backup.manifest.leadgate}, PostgreSQL {backup.manifest.contents.postgresql}."
        )
        folder = open_folder(data_dir)
        with folder.locked():
            _refuse_data(folder, backup)
            await _fill(folder, backup)
    say(
        f"Restored into {folder.path}: {backup.manifest}. The API keys are as they were.\n"
        f"Start it: leadgate up --data-dir '{folder.path}'"
    )


def _refuse_data(folder: Folder, backup: Backup) -> None:
    """A key without data is an unfinished restore's, or that of a database elsewhere."""
    key = folder.path / "secret-key"
    foreign_key = key.exists() and key.read_text().strip() != backup.secret_key
    if foreign_key or (folder.path / "servers" / DATA).exists():
        raise CannotStart(
            f"{folder.path} has data already, and a restore overwrites nothing. Choose an empty or"
            " a new folder with --data-dir."
        )


async def _fill(folder: Folder, backup: Backup) -> None:
    servers, contents = folder.servers(server_account()), backup.manifest.contents
    shutil.rmtree(servers / UNFINISHED, ignore_errors=True)
    async with postgres(folder, name=UNFINISHED) as url:
        await asyncio.to_thread(migrate.upgrade, url, contents.revision)
        async with open_database(url) as database, database.transaction() as tx:
            await read_rows(tx, backup.archive, contents, told)
        await asyncio.to_thread(migrate.upgrade, url)
    write_private(folder.path / "secret-key", backup.secret_key)
    (servers / UNFINISHED).rename(servers / DATA)
    for directory in (servers, folder.path):
        keep(directory)
