"""Small workbooks, written by hand: what Excel would put into the archive, and no more."""

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = f"""<styleSheet {MAIN}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>
<xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="21" applyNumberFormat="1"/></cellXfs>
</styleSheet>"""
DATE, MOMENT, TIME = 1, 2, 3
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - workbooks know no zones

Cell = str | int | float | bool | date | time | None


@dataclass(frozen=True)
class Sheet:
    rows: Sequence[Sequence[Cell]]
    state: str = "visible"
    name: str = ""


def write_workbook(path: Path, *sheets: Sheet) -> Path:
    parts = {
        f"xl/worksheets/sheet{number}.xml": sheet_xml(sheet.rows)
        for number, sheet in enumerate(sheets, 1)
    }
    names = [sheet.name or f"Sheet{number}" for number, sheet in enumerate(sheets, 1)]
    return write_parts(path, parts, [sheet.state for sheet in sheets], names)


def write_parts(
    path: Path, sheets: dict[str, str], states: Sequence[str], names: Sequence[str] = ("Sheet1",)
) -> Path:
    """A workbook out of the XML of its sheets."""
    numbers = range(1, len(sheets) + 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _types(numbers))
        archive.writestr("_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.xml")}))
        archive.writestr("xl/workbook.xml", _book(states, names))
        archive.writestr("xl/styles.xml", STYLES)
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            _relations(
                {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in numbers}
                | {"rIdS": ("styles", "styles.xml")}
            ),
        )
        for name, xml in sheets.items():
            archive.writestr(name, xml)
    return path


def sheet_xml(rows: Iterable[Sequence[Cell]]) -> str:
    body = "".join(
        f'<row r="{number}">{"".join(map(_cell, _references(number), row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    return f"<worksheet {MAIN}><sheetData>{body}</sheetData></worksheet>"


def _references(row: int) -> Iterable[str]:
    return (f"{chr(ord('A') + column)}{row}" for column in range(26))


def _cell(reference: str, value: Cell) -> str:
    match value:
        case None:
            return ""
        case str():
            text = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
            return f'<c r="{reference}" t="inlineStr">{text}</c>'
        case bool():
            return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f'<c r="{reference}"><v>{value!r}</v></c>'
        case _:
            style, number = _serial(value)
            return f'<c r="{reference}" s="{style}"><v>{number!r}</v></c>'


def _serial(value: date | time) -> tuple[int, float]:
    """Days since the epoch of workbooks."""
    match value:
        case time():
            return TIME, (value.hour * 3600 + value.minute * 60 + value.second) / 86400
        case datetime():
            return MOMENT, (value - EPOCH).total_seconds() / 86400
        case _:
            return DATE, float((value - EPOCH.date()).days)


def _types(numbers: Iterable[int]) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{CONTENT}.worksheet+xml"/>'
        for n in numbers
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{CONTENT}.styles+xml"/>{sheets}</Types>'
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    one = '<Relationship Id="{}" Type="' + OFFICE + '/{}" Target="{}"/>'
    body = "".join(one.format(name, kind, target) for name, (kind, target) in targets.items())
    return f'<Relationships xmlns="{PACKAGE}">{body}</Relationships>'


def _book(states: Sequence[str], names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, (state, name) in enumerate(zip(states, names, strict=True), 1)
    )
    return f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
