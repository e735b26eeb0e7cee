"""Makes CSV of a workbook, in a process of its own.

What reads workbooks holds the whole sheet in memory, and a small file can hold a sheet of any size.
"""

import asyncio
import csv
import resource
import sys
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from app.files.errors import FileUnreadable

MAX_MEMORY_BYTES = 3 * 1024**3
MAX_ENTRIES = 10_000
BROKEN = FileUnreadable("workbook_broken", "The workbook is broken, or is none.")
TOO_LARGE = FileUnreadable("file_too_large", "The workbook is too large when it is unpacked.")
EMPTY = FileUnreadable("file_empty", "No sheet of the workbook has a row.")
ENDS = {3: EMPTY, 4: TOO_LARGE}


async def to_csv(source: Path, target: Path, *, timeout_s: float = 120, max_bytes: int) -> None:
    """Of the first visible sheet that has rows. Raises FileUnreadable."""
    await asyncio.to_thread(_check_declared, source, max_bytes)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "app.files.workbooks", str(source), str(target)),
        str(max_bytes),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(timeout_s):
            code = await process.wait()
    except TimeoutError:
        raise TOO_LARGE from None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    if code:
        raise ENDS.get(code, BROKEN if code > 0 else TOO_LARGE)


def _check_declared(source: Path, max_bytes: int) -> None:
    """What its table of contents says; the child's limits hold whoever lies there."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise BROKEN from None
    if len(entries) > MAX_ENTRIES or sum(one.file_size for one in entries) > max_bytes:
        raise TOO_LARGE


def _convert(source: str, target: str, max_bytes: int) -> int:
    """Gives the exit code."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, max_bytes))
    workbook = CalamineWorkbook.from_path(source)
    for sheet in workbook.sheets_metadata:
        if sheet.visible is SheetVisibleEnum.Visible:
            rows = workbook.get_sheet_by_name(sheet.name)
            if rows.height:
                with Path(target).open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows(map(_texts, rows.iter_rows()))
                return 0
    return 3


def _texts(cells: list[Any]) -> list[str]:
    return [_text(cell) for cell in cells]


def _text(value: Any) -> str:
    """As a person would write it: no ``.0``, ISO 8601."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


if __name__ == "__main__":
    try:
        sys.exit(_convert(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    except MemoryError:
        sys.exit(4)
