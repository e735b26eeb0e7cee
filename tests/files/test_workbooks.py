"""Workbooks become CSV in a process of their own, whatever they are made of."""

import asyncio
import resource
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest

from app.files.errors import FileUnreadable
from app.files.workbooks import Sheets, to_csv
from tests.files.reading import read
from tests.files.workbook import MAIN, Cell, Sheet, write_parts, write_workbook

MIB = 1024**2
PEOPLE = Sheet([["Email", "Name"], ["a@b.cz", "Ann"]])


async def converted(
    source: Path,
    *,
    sheet: str | None = None,
    timeout_s: float = 60,
    max_bytes: int = 100 * MIB,
) -> str:
    target = source.with_suffix(".csv")
    await to_csv(source, target, sheet=sheet, timeout_s=timeout_s, max_bytes=max_bytes)
    return target.read_text()


async def test_cells(tmp_path: Path) -> None:
    """Times are those of nowhere: a workbook knows no zones."""
    rows: list[list[Cell]] = [
        ["Email", "Phone", "Rate", "Known", "Since", "Seen", "At", "Notes"],
        [
            "a@b.cz",
            420123456789,
            1.5,
            True,
            date(2026, 1, 2),
            datetime(2026, 1, 2, 3, 4, 5),  # noqa: DTZ001
            time(3, 4, 5),
            'one\ntwo "2"; x',
        ],
        ["", 12345678901234567890, 3.0, False, None, None, None, "<&>"],
    ]
    text = await converted(write_workbook(tmp_path / "book", Sheet(rows)))
    assert text == (
        '"Email","Phone","Rate","Known","Since","Seen","At","Notes"\n'
        '"a@b.cz","420123456789","1.5","true","2026-01-02","2026-01-02T03:04:05","03:04:05",'
        '"one\ntwo ""2""; x"\n'
        '"","12345678901234567168","3","false","","","","<&>"\n'
    )


async def test_the_first_sheet_that_is_seen_and_has_rows(tmp_path: Path) -> None:
    hidden = Sheet([["Password"]], "hidden")
    very = Sheet([["Password"]], "veryHidden")
    book = write_workbook(tmp_path / "b.xlsx", hidden, very, Sheet([]), PEOPLE, Sheet([["x"]]))
    assert await converted(book) == '"Email","Name"\n"a@b.cz","Ann"\n'


async def test_a_sheet_by_its_name(tmp_path: Path) -> None:
    """But none that is hidden; and what there is else is told."""
    hidden, other = Sheet([["Password"]], "hidden"), Sheet([["Email"], ["x@y.cz"]])
    book = write_workbook(tmp_path / "b.xlsx", PEOPLE, hidden, other, Sheet([]))
    target = tmp_path / "b.csv"
    found = await to_csv(book, target, sheet="Sheet3", max_bytes=MIB)
    assert found == Sheets("Sheet3", ["Sheet1", "Sheet4"])
    assert target.read_text() == '"Email"\n"x@y.cz"\n'
    assert (await to_csv(book, target, max_bytes=MIB)).taken == "Sheet1"
    visible = "it has `Sheet1`, `Sheet3`, `Sheet4`"
    for name, sentence in {
        "Sheet2": f"The workbook has no visible sheet `Sheet2`; {visible}.",
        "--x": f"The workbook has no visible sheet `--x`; {visible}.",
        "Sheet4": "The sheet `Sheet4` has no rows.",
    }.items():
        with pytest.raises(FileUnreadable, match=sentence):
            await converted(book, sheet=name)


async def test_many_sheets_with_long_names(tmp_path: Path) -> None:
    """Shown shortened; by what is shown each can be asked for."""
    names = [f"{n:03}" + "\N{SNOWMAN}" * 252 for n in range(100)]
    sheets = [Sheet([["Email"], [f"{n}@y.cz"]], name=name) for n, name in enumerate(names)]
    book = write_workbook(tmp_path / "b.xlsx", *sheets)
    found = await to_csv(book, tmp_path / "b.csv", max_bytes=MIB)
    assert found == Sheets(names[0][:100], [name[:100] for name in names[1:51]])
    assert "7@y.cz" in await converted(book, sheet=found.others[6])
    with pytest.raises(FileUnreadable) as refused:
        await converted(book, sheet="nope")
    assert refused.value.code == "sheet_not_found"


async def test_a_row_of_the_sheet_is_a_line_of_the_text(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        [],
        ["Leads"],
        [],
        [None, "Email", "Name"],
        [None, "a@b.cz", "Ann"],
        [],
        [None, "c@d.cz"],
    ]
    text = await converted(write_workbook(tmp_path / "book", Sheet(rows)))
    format_, found = read(text.encode())
    assert (format_.headers, format_.header_line) == (("Column 1", "Email", "Name"), 4)
    assert [(one.line, one.cells) for one in found] == [
        (5, ["", "a@b.cz", "Ann"]),
        (7, ["", "c@d.cz", ""]),
    ]


async def test_the_delimiter_is_not_guessed(tmp_path: Path) -> None:
    rows = [["Tags"], ["a;b"], ["c;d"], ["e;f"]]
    text = await converted(write_workbook(tmp_path / "book", Sheet(rows)))
    assert [one.cells for one in read(text.encode())[1]] == [["a;b"], ["c;d"], ["e;f"]]


def archive(path: Path, *parts: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts:
            made.writestr(name, content)
    return path


def of_bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def lying(path: Path) -> Path:
    """Declares one byte where there are ten million."""
    write_parts(path, {"xl/worksheets/sheet1.xml": " " * 10_000_000}, ["visible"])
    declared = (10_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(declared, (1).to_bytes(4, "little")))
    return path


def far_apart(path: Path) -> Path:
    """Two cells, and 17 thousand million between them."""
    cell = '<row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'
    rows = cell.format(1, "A") + cell.format(1048576, "XFD")
    xml = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    return write_parts(path, {"xl/worksheets/sheet1.xml": xml}, ["visible"])


def many_rows(path: Path) -> Path:
    """Small as a file, and gigabytes in memory."""
    rows = "<row><c><v>1</v></c></row>" * 1_100_000
    xml = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    return write_parts(path, {"xl/worksheets/sheet1.xml": xml}, ["visible"])


@pytest.mark.parametrize(
    ("make", "code", "sentence"),
    [
        (lambda path: write_workbook(path, Sheet([])), "file_empty", "No visible sheet"),
        (lambda path: write_workbook(path, Sheet([["x"]], "hidden")), "file_empty", "No visible"),
        (lambda path: of_bytes(path, b"PK\x03\x04junk"), "file_damaged", "is damaged"),
        (lambda path: of_bytes(path, b""), "file_damaged", "is damaged"),
        (lambda path: archive(path, ("xl/a.xml", b"x")), "file_damaged", "not of a kind"),
        (lambda path: archive(path, ("a.csv", b"x")), "file_not_a_table", "no workbook. Unpack it"),
        (
            lambda path: of_bytes(path, write_workbook(path, PEOPLE).read_bytes()[:-100]),
            "file_damaged",
            "is damaged",
        ),
        (
            lambda path: archive(path, *[(f"xl/{n}", b"") for n in range(10_001)]),
            "file_too_large",
            "more than 10,000 parts",
        ),
        (
            lambda path: archive(path, ("xl/a.xml", b" " * 200 * MIB)),
            "file_too_large",
            "longer than 104,857,600 bytes when unpacked",
        ),
        (lying, "file_damaged", "is damaged"),
        (far_apart, "file_too_large", "too much memory"),
        (many_rows, "file_too_large", "more than 1,048,576 rows or 10,000,000 cells"),
    ],
)
async def test_what_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], code: str, sentence: str
) -> None:
    source = make(tmp_path / "book")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileUnreadable, match=sentence) as caught:
        await converted(source)
    assert caught.value.code == code
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024
    assert not source.with_suffix(".csv").exists()


async def test_the_text_is_bounded_too(tmp_path: Path) -> None:
    """It may be longer than the archive unpacked: 9e20 has 21 digits."""
    rows = ("<row>" + "<c><v>9e20</v></c>" * 10 + "</row>") * 1000
    xml = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    book = write_parts(tmp_path / "book", {"xl/worksheets/sheet1.xml": xml}, ["visible"])
    size = len(await converted(book))
    assert size == 240_000
    assert len(await converted(book, max_bytes=size)) == size
    with pytest.raises(FileUnreadable, match="as CSV") as caught:
        await converted(book, max_bytes=size - 1)
    assert caught.value.code == "file_too_large"
    assert not book.with_suffix(".csv").exists()


async def test_a_workbook_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "book", PEOPLE)
    with pytest.raises(FileUnreadable, match=r"takes longer than 0\.001 seconds") as caught:
        await converted(book, timeout_s=0.001)
    assert caught.value.code == "file_too_large"
    assert not children()


async def test_who_is_cancelled_leaves_nothing_behind(tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "book", Sheet([["x"] * 26] * 20_000))
    converting = asyncio.create_task(converted(book))
    while not children():  # noqa: ASYNC110 - another process begins, which sets no event
        await asyncio.sleep(0.001)
    converting.cancel()
    await asyncio.wait([converting])
    assert converting.cancelled()
    assert not children()
    assert not book.with_suffix(".csv").exists()


def children() -> list[int]:
    """Those of ours that read workbooks."""
    lists = Path("/proc/self/task").glob("*/children")
    pids = [int(pid) for one in lists for pid in one.read_text().split()]
    return [pid for pid in pids if b"files.workbooks" in Path(f"/proc/{pid}/cmdline").read_bytes()]
