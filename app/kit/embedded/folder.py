"""The data folder of `leadgate up`: held by one process, with secrets, logs and servers' files."""

import fcntl
import os
import pwd
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.kit.processes import Account, CannotStart

OUTSIDE = Path("/var/lib/leadgate")
"""For the servers' files, if the data folder lies where their account cannot go (root's home)."""


class FolderInUse(CannotStart):
    """Another process holds the folder."""


@dataclass(frozen=True)
class Folder:
    path: Path
    """Absolute."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Raises FolderInUse while another process holds it; the kernel frees it in any case."""
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(
                f"{self.path} is in use by a running `leadgate up`, `backup` or `restore`. Stop"
                " that one first, or choose another folder with --data-dir."
            ) from None
        else:
            yield
        finally:
            os.close(descriptor)

    def secret(self, name: str) -> str:
        """The same at every start; made at the first."""
        path = self.path / name
        if not path.exists():
            write_private(path, secrets.token_urlsafe(32))
        return path.read_text().strip()

    def log_path(self, name: str) -> Path:
        logs = self.path / "logs"
        logs.mkdir(mode=0o700, exist_ok=True)
        return logs / f"{name}.log"

    def servers(self, account: Account | None) -> Path:
        """Where the servers' own files are, reachable for their account.

        Usually a folder in the data folder. Where the account cannot go, they lie elsewhere, with a
        link to them here: the other way would be to open root's home to it.
        """
        link = self.path / "servers"
        if link.exists():
            return link.resolve()
        if account is None or is_reachable(self.path):
            link.mkdir()
        else:
            outside = OUTSIDE / secrets.token_hex(6)
            outside.mkdir(parents=True)
            for directory in (OUTSIDE, outside):
                directory.chmod(0o711)
            link.symlink_to(outside)
        link.chmod(0o711)
        return link.resolve()


def open_folder(path: Path) -> Folder:
    """Made if missing, for its owner only; root's may be walked through by the servers' account."""
    if not path.exists():
        path.mkdir(parents=True)
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return Folder(path.resolve())


def server_account() -> Account | None:
    """For root: PostgreSQL refuses it, and initdb wants an account that the system knows."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def is_reachable(path: Path) -> bool:
    """May any account walk to this directory, and into it?"""
    resolved = path.resolve()
    return all(step.stat().st_mode & 0o001 for step in (resolved, *resolved.parents))


def give(path: Path, account: Account | None) -> None:
    if account:
        os.chown(path, account.uid, account.gid)


def private_directory(path: Path, account: Account | None) -> Path:
    """Made if missing, for the account only."""
    path.mkdir(mode=0o700, exist_ok=True)
    give(path, account)
    return path


def keep(path: Path) -> None:
    """Have the disk remember that a name appeared or changed in the directory."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Whole or not at all, and for the account only (without one, for us)."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    give(part, account)
    part.replace(path)
