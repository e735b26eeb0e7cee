"""Makes CSV of a workbook, in a process of its own.

What reads workbooks holds a whole sheet in memory, and a small file may hold a sheet of any size.
"""

import asyncio
import json
import os
import signal
import sys
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time, timedelta
from pathlib import Path
from typing import IO, Any, NamedTuple

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from app.files.errors import FileUnreadable
from app.kit.processes import die_with_parent

MODULE = "app.files.workbooks"
MAX_ENTRIES = 10_000
MAX_ROWS, MAX_CELLS = 1_048_576, 10_000_000
"""Excel itself has no more rows."""
MAX_MEMORY_BYTES = 1024**3
PIECE_BYTES = 1024 * 1024
OF_WORKBOOKS = ("xl/", "content.xml")
"""What Excel calls its parts, and OpenDocument its table."""
SHEETS = "xl/worksheets/"
ROW, CELL = (b"<row>", b"<row "), (b"<c>", b"<c ")
MAX_NAMED = 50
MAX_NAME_LENGTH = 100
"""Excel's own have 31 characters at most."""
QUOTE = '"'
SOURCES = Path(__file__).parents[2]
WHOLE_DIGITS = 1e21
"""Below it a whole number is written with all of its digits."""


class Sheets(NamedTuple):
    """The name of the sheet that was taken, and of the other visible ones, as many as are shown."""

    taken: str
    others: list[str]


async def to_csv(
    source: Path,
    target: Path,
    *,
    sheet: str | None = None,
    timeout_s: float = 120,
    max_bytes: int,
) -> Sheets:
    """Write the sheet of this name, or the first visible one that has rows; its row 7 is line 7, if
    no cell has two lines.

    ``max_bytes`` bounds what the archive holds unpacked, and the CSV. Raises FileUnreadable, and
    then, or when cancelled, leaves no target behind.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", MODULE),
        *(str(source), str(target), str(max_bytes), str(timeout_s), *([sheet] if sheet else [])),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        # A parser that panics prints what it was reading.
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.defpath, "PYTHONPATH": str(SOURCES)},
        start_new_session=True,
    )
    is_written = False
    try:
        async with asyncio.timeout(timeout_s):
            assert process.stdout
            answer = await process.stdout.read()  # which the child keeps short
            code = await process.wait()
        if code:
            raise _told(answer, code)
        sheets = Sheets(**json.loads(answer))
        is_written = True
    except TimeoutError:
        raise _too_large(f"takes longer than {timeout_s:g} seconds to read") from None
    finally:
        if not is_written:
            await _end(process)
            await asyncio.to_thread(target.unlink, missing_ok=True)
    return sheets


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _told(answer: bytes, code: int) -> FileUnreadable:
    """What the child said; one that was stopped by its limits says nothing."""
    try:
        return FileUnreadable(**json.loads(answer))
    except ValueError:
        return _too_large("takes too much memory or time to read") if code < 0 else _damaged()


def _too_large(how: str) -> FileUnreadable:
    return FileUnreadable("file_too_large", f"The workbook {how}. Save the sheet as CSV.")


def _damaged() -> FileUnreadable:
    return FileUnreadable("file_damaged", "The workbook is damaged, or not of a kind we can read.")


def main(
    source: Path, target: Path, max_bytes: int, timeout_s: float, sheet: str | None = None
) -> int:
    """The child: its answer is, in JSON, which sheet it took, or the error."""
    die_with_parent(signal.SIGTERM)
    _limit(timeout_s)
    try:
        _check_archive(source, max_bytes)
        sheets = _convert(source, target, max_bytes, sheet)
    except FileUnreadable as error:
        found = error
    except MemoryError:
        found = _too_large("takes too much memory to read")
    except (CalamineError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        found = _damaged()
    else:
        sys.stdout.write(json.dumps(sheets._asdict()))
        return 0
    sys.stdout.write(json.dumps({"code": found.code, "sentence": found.sentence}))
    return 1


def _limit(timeout_s: float) -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    seconds = int(timeout_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _check_archive(source: Path, max_bytes: int) -> None:
    """Before anything unpacks it into memory: what it declares, and that this is the truth."""
    with zipfile.ZipFile(source) as archive:
        entries = archive.infolist()
        if not any(entry.filename.startswith(OF_WORKBOOKS) for entry in entries):
            raise FileUnreadable(
                "file_not_a_table",
                "The file is a ZIP archive and no workbook. Unpack it, and send what is in it.",
            )
        if len(entries) > MAX_ENTRIES:
            raise _too_large(f"consists of more than {MAX_ENTRIES:,} parts")
        if sum(entry.file_size for entry in entries) > max_bytes:
            raise _too_large(f"is longer than {max_bytes:,} bytes when unpacked")
        for entry in entries:
            with archive.open(entry) as part:  # which at its end compares the checksum
                _check_part(part, is_sheet=entry.filename.startswith(SHEETS))


def _check_part(part: IO[bytes], *, is_sheet: bool) -> None:
    """A sheet is held as a whole, and a cell takes three bytes of a file but fifty of memory."""
    rows = cells = 0
    tail = b""
    while piece := part.read(PIECE_BYTES):
        if is_sheet:
            text = tail + piece
            rows += sum(map(text.count, ROW))
            cells += sum(map(text.count, CELL))
            tail = text[-2:]  # of a long tag that is cut here and there one is missed
        if rows > MAX_ROWS or cells > MAX_CELLS:
            raise _too_large(f"has more than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells")


def _convert(source: Path, target: Path, max_bytes: int, named: str | None) -> Sheets:
    workbook = CalamineWorkbook.from_path(source)
    names = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet
    ]
    sheet = _sheet(workbook, names, named)
    left = max_bytes
    with target.open("wb") as file:
        for row in sheet.iter_rows():
            line = csv_line([cell_text(value) for value in row]).encode()
            left -= len(line)
            if left < 0:
                raise _too_large(f"is longer than {max_bytes:,} bytes as CSV")
            file.write(line)
    others = [_shown(name) for name in names if name != sheet.name]
    return Sheets(_shown(sheet.name), others[:MAX_NAMED])


def _sheet(workbook: CalamineWorkbook, names: Sequence[str], named: str | None) -> CalamineSheet:
    """The one of this name; without a name the first that has rows."""
    wanted = [name for name in names if _shown(name) == named] if named else names
    if named and not wanted:
        listed = ", ".join(f"`{_shown(name)}`" for name in names[:MAX_NAMED])
        sentence = f"The workbook has no visible sheet `{named}`; it has {listed or 'none'}."
        raise FileUnreadable("sheet_not_found", sentence)
    for name in wanted:
        opened = workbook.get_sheet_by_name(name)
        if opened.height:
            return opened
    which = f"The sheet `{named}` has no" if named else "No visible sheet of the workbook has"
    raise FileUnreadable("file_empty", f"{which} rows.")


def _shown(name: str) -> str:
    """What can be stored of it."""
    return name.replace("\0", "")[:MAX_NAME_LENGTH]


def csv_line(cells: Sequence[str]) -> str:
    """With quotes around every cell: nobody has to guess at the delimiter then."""
    if not any(cells):
        return "\n"
    return ",".join(f'"{cell.replace(QUOTE, 2 * QUOTE)}"' for cell in cells) + "\n"


def cell_text(value: Any) -> str:
    """Times as ISO 8601 has them, ``true`` and ``false``, whole numbers without ``.0``."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            is_whole = value.is_integer() and abs(value) < WHOLE_DIGITS
            return f"{value:.0f}" if is_whole else repr(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
        case _:
            return str(value)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(Path(given[0]), Path(given[1]), int(given[2]), float(given[3]), *given[4:]))
