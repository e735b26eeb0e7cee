"""What is sent: a file, or what comes out of a pipe."""

import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from os import fstat
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from app.kit.processes import CannotStart

STANDARD_INPUT = Path("-")


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """At its beginning, and of a known length: what a pipe gives is kept in a file meanwhile.

    Raises CannotStart.
    """
    try:
        source = nullcontext(sys.stdin.buffer) if file == STANDARD_INPUT else file.open("rb")
        with source as given:
            if _has_length(given):
                yield given
                return
            with TemporaryFile() as kept:
                shutil.copyfileobj(given, kept)
                kept.seek(0)
                yield kept
    except OSError as error:
        raise CannotStart(f"{file} cannot be read: {error.strerror}.") from None


def name_of(file: Path) -> str:
    return "stdin" if file == STANDARD_INPUT else file.name


def length_of(content: BinaryIO) -> int:
    return fstat(content.fileno()).st_size


def _has_length(given: BinaryIO) -> bool:
    return stat.S_ISREG(fstat(given.fileno()).st_mode) and given.tell() == 0
