"""What kind of table a file is, told from its beginning."""

import re
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from app.files.columns import MAX_COLUMNS, MAX_NAME_LENGTH, column_names, numbered_columns
from app.files.encodings import encoding_of
from app.files.errors import FileUnreadable
from app.files.objects import NotAnObject, read_object
from app.files.samples import (
    Sample,
    Text,
    agreement,
    first_data,
    header_among,
    sampled,
)

MAX_HEAD_BYTES = 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")
BLANK = b' \r\n"' + "".join(DELIMITERS).encode()
"""Of these alone a spreadsheet without a filled cell consists."""
SEPARATOR_LINE = re.compile(rb'(?i)"?sep=([^\w"\r\n])"?[\r\n]*')
"""Excel's own, above the header."""
JSON_ARRAY = re.compile(rb"\s*\[\s*\{")
MARKUP = re.compile(rb"(?i)\s*<(?:\?xml|!doctype|html|table)")


@dataclass(frozen=True, slots=True)
class FileFormat:
    kind: Literal["csv", "ndjson"]
    delimiter: str
    encoding: str
    """``utf-8``, ``windows-1252`` or ``windows-1250``."""
    headers: tuple[str, ...]
    header_line: int
    """The first line is 1; 0 where no line names the columns."""
    begins_at: int
    """The byte offset of the first record."""
    begins_line: int

    def stored(self) -> dict[str, Any]:
        return {**asdict(self), "headers": list(self.headers)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "FileFormat":
        return cls(**{**document, "headers": tuple(document["headers"])})


def detect(head: bytes, *, whole: bool, name: str = "") -> FileFormat:
    """Tell the format from the first MiB, or less; ``whole`` when there is no more.

    ``name`` speaks where several delimiters are equally likely. Raises FileUnreadable.
    """
    whole = whole and len(head) <= MAX_HEAD_BYTES
    begins_at = len(BOM_UTF8) if head.startswith(BOM_UTF8) else 0
    text = head[begins_at:MAX_HEAD_BYTES]
    if not text.strip(BLANK):
        raise _empty(whole)
    if MARKUP.match(text):
        raise FileUnreadable("file_not_a_table", "The file is a web page or XML, not a table.")
    if JSON_ARRAY.match(text):
        raise FileUnreadable(
            "json_array", "The file is one JSON array. Send each object on a line of its own."
        )
    lines = _complete_lines(text, whole)
    if text.lstrip().startswith(b"{"):
        return _objects(lines, begins_at)
    encoding = "utf-8" if begins_at else encoding_of(text, whole=whole)
    return _table(Text(lines, encoding, begins_at, 1, whole), name)


def _empty(whole: bool) -> FileUnreadable:
    if whole:
        return FileUnreadable("file_empty", "The file is empty.")
    return FileUnreadable("file_not_a_table", "The first MiB of the file is blank.")


def _complete_lines(text: bytes, whole: bool) -> list[bytes]:
    """Without the last one when more of it may follow."""
    lines = text.splitlines(keepends=True)
    if whole:
        return lines
    if len(lines) > 1:
        return lines[:-1]
    if max(map(text.count, map(str.encode, DELIMITERS))) >= MAX_COLUMNS:
        raise _too_many_columns()
    raise FileUnreadable("file_not_a_table", "The first line of the file is longer than 1 MiB.")


def _too_many_columns() -> FileUnreadable:
    return FileUnreadable("too_many_columns", f"The file has more than {MAX_COLUMNS:,} columns.")


def _objects(lines: Sequence[bytes], begins_at: int) -> FileFormat:
    keys: dict[str, None] = {}
    problem = ""
    for number, line in enumerate(lines, 1):
        try:
            given = read_object(line) if line.strip() else {}
            keys.update(dict.fromkeys(key for key in given if len(key) <= MAX_NAME_LENGTH))
        except NotAnObject as error:
            problem = problem or f"Line {number} {error}."
    if not keys:
        raise FileUnreadable(
            "file_not_a_table",
            f"The file begins like JSON, but no line of it is an object with a value. {problem}"
            " Send each object on a line of its own.",
        )
    if len(keys) > MAX_COLUMNS:
        raise _too_many_columns()
    return FileFormat("ndjson", "", "utf-8", tuple(keys), 0, begins_at, 1)


def _table(text: Text, name: str) -> FileFormat:
    if announced := SEPARATOR_LINE.fullmatch(text.lines[0]):
        delimiter = announced[1].decode("latin-1")
        text = _below_first(text)
        return _format(text, delimiter, sampled(text, delimiter))
    likely = "\t" if name.lower().endswith((".tsv", ".tab")) else ","
    tried = {one: sampled(text, one) for one in sorted(DELIMITERS, key=lambda one: one != likely)}
    delimiter = max(tried, key=lambda one: agreement(tried[one]))
    if not agreement(tried[delimiter]):  # one column; what occurs least in it does least harm
        beginning = b"".join(text.lines[:100])
        delimiter = min(tried, key=lambda one: beginning.count(one.encode()))
    return _format(text, delimiter, tried[delimiter])


def _below_first(text: Text) -> Text:
    begins_at = text.begins_at + len(text.lines[0])
    return Text(text.lines[1:], text.encoding, begins_at, text.begins_line + 1, text.whole)


def _format(text: Text, delimiter: str, samples: Sequence[Sample]) -> FileFormat:
    if not samples:
        raise _empty(text.whole)
    header = header_among(samples)
    if header is None:
        first = samples[first_data(samples)]
        names = numbered_columns(_used_columns(samples))
        place = (0, first.begins_at, first.line)
    else:
        names = column_names(_used_cells(samples[header].cells, samples))
        place = (samples[header].line, samples[header].ends_at, samples[header].after_line)
        if text.whole and header == len(samples) - 1:
            raise FileUnreadable(
                "header_only",
                f"The file has a header on line {samples[header].line} and no rows below it.",
            )
    if len(names) > MAX_COLUMNS:
        raise _too_many_columns()
    return FileFormat("csv", delimiter, text.encoding, tuple(names), *place)


def _used_cells(cells: Sequence[str], samples: Sequence[Sample]) -> Sequence[str]:
    """Spreadsheets write delimiters for columns that nobody uses; these are not too many."""
    return cells if len(cells) <= MAX_COLUMNS else cells[: _used_columns(samples)]


def _used_columns(samples: Sequence[Sample]) -> int:
    return max(place for one in samples for place, cell in enumerate(one.cells, 1) if cell)
