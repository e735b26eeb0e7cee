"""Workbooks become text, in a process of their own."""

import zipfile
from pathlib import Path

import pytest

from app.files.errors import FileUnreadable
from app.files.workbooks import to_csv

MIB = 1024 * 1024
NAMES = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OPEN_XML = "http://schemas.openxmlformats.org"
OF_OFFICE = f"{OPEN_XML}/officeDocument/2006/relationships"
OF_PACKAGE = f'xmlns="{OPEN_XML}/package/2006/relationships"'
OF_TYPES = f'xmlns="{OPEN_XML}/package/2006/content-types"'
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def part(name: str, kind: str) -> str:
    return f'<Override PartName="{name}" ContentType="{SHEETS}.{kind}+xml"/>'


def related(kind: str, target: str) -> str:
    return f'<Relationship Id="r1" Type="{OF_OFFICE}/{kind}" Target="{target}"/>'


PARTS = {
    "[Content_Types].xml": f"<Types {OF_TYPES}>{part('/xl/workbook.xml', 'sheet.main')}"
    f"{part('/xl/worksheets/sheet1.xml', 'worksheet')}</Types>",
    "_rels/.rels": f"<Relationships {OF_PACKAGE}>"
    f"{related('officeDocument', 'xl/workbook.xml')}</Relationships>",
    "xl/workbook.xml": f'<workbook {NAMES} xmlns:r="{OF_OFFICE}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f"<Relationships {OF_PACKAGE}>"
    f"{related('worksheet', 'worksheets/sheet1.xml')}</Relationships>",
}


def workbook(path: Path, rows: list[list[str | float]]) -> Path:
    def cell(value: str | float) -> str:
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    sheet = f"<worksheet {NAMES}><sheetData>{lines}</sheetData></worksheet>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, text)
    return path


async def test_a_sheet(tmp_path: Path) -> None:
    rows: list[list[str | float]] = [["email", "n"], ["a@x.com", 1200.0], ["b, c", 1.5]]
    source, target = workbook(tmp_path / "a.xlsx", rows), tmp_path / "a.csv"
    await to_csv(source, target, max_bytes=MIB)
    assert target.read_text(encoding="utf-8").splitlines() == [
        "email,n",
        "a@x.com,1200",
        '"b, c",1.5',
    ]


async def test_what_is_no_workbook(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(FileUnreadable) as refused:
        await to_csv(source, tmp_path / "a.csv", max_bytes=MIB)
    assert refused.value.code == "workbook_broken"


async def test_a_sheet_without_rows(tmp_path: Path) -> None:
    source = workbook(tmp_path / "a.xlsx", [])
    with pytest.raises(FileUnreadable) as refused:
        await to_csv(source, tmp_path / "a.csv", max_bytes=MIB)
    assert refused.value.code == "file_empty"


async def test_a_bomb_is_refused_unread(tmp_path: Path) -> None:
    source = workbook(tmp_path / "a.xlsx", [["x" * 1000] * 1000] * 20)
    assert source.stat().st_size < MIB / 4
    with pytest.raises(FileUnreadable) as refused:
        await to_csv(source, tmp_path / "a.csv", max_bytes=4 * MIB)
    assert refused.value.code == "file_too_large"
