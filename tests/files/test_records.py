"""Records of a file, good and bad, from wherever one begins."""

import csv
import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.files.formats import FileFormat, detect
from app.files.records import Record, Records, count_records

MIB = 1024 * 1024


def found(text: bytes) -> FileFormat:
    return detect(text, whole=True)


def records(text: bytes, size: int = 7) -> list[Record]:
    at = found(text)
    chunks = [text[n : n + size] for n in range(at.begins_at, len(text), size)]
    return list(Records(at, chunks, offset=at.begins_at, line=at.begins_line))


CASES: dict[bytes, list[tuple[int, list[str] | None, str | None]]] = {
    b'email,t\na@x.com,"two\nlines"\nb@x.com,x\n': [
        (2, ["a@x.com", "two\nlines"], None),
        (4, ["b@x.com", "x"], None),
    ],
    b"email,t,u\na@x.com\nb@x.com,1,2,,\nc@x.com,1,2,3\n": [
        (2, ["a@x.com", "", ""], None),
        (3, ["b@x.com", "1", "2"], None),
        (4, ["c@x.com", "1", "2"], "has 4 cells, the header has 3"),
    ],
    b"email,t\na@x.com,1\n\nemail,t\nb@x.com,2\n": [
        (2, ["a@x.com", "1"], None),
        (5, ["b@x.com", "2"], None),
    ],
    b"email,t\na@x.com,\xff\xc3\xa4\nb\0@x.com,2\nc@x.com,\xc3\xa4\n": [
        (2, ["a@x.com", "\ufffdä"], "has bytes that are not utf-8 text"),
        (3, ["b\ufffd@x.com", "2"], "has a NUL character"),
        (4, ["c@x.com", "ä"], None),
    ],
    b'{"email":"a@x.com","n":1.50}\n[1]\n{"email":"b@x.com","extra":"x"}\n': [
        (1, ["a@x.com", "1.50", ""], None),
        (2, None, "is not an object"),
        (3, ["b@x.com", "", "x"], None),
    ],
}


@pytest.mark.parametrize("text", [text for text in CASES if b"\xff" not in text and text[0] != 123])
def test_records(text: bytes) -> None:
    assert [(one.line, one.cells, one.problem) for one in records(text)] == CASES[text]


def test_objects_keep_what_is_no_header() -> None:
    at = found(b'{"email":"a@x.com"}\n')
    text = b'{"email":"b@x.com","n":1}\n[1]\n'
    one, two = Records(at, [text], offset=0, line=1)
    assert (one.cells, one.extra, one.problem) == (["b@x.com"], {"n": "1"}, None)
    assert two.cells is None
    assert two.problem


def test_a_row_that_is_no_text_spoils_no_other() -> None:
    text = b"email,t\na@x.com,\xff\nb\0@x.com,2\nc@x.com,\xc3\xa4\n"
    at = FileFormat("csv", ",", "utf-8", ("email", "t"), 1, 8, 2)
    rows = list(Records(at, [text[8:]], offset=8, line=2))
    assert [bool(row.problem) for row in rows] == [True, True, False]
    assert rows[2].cells == ["c@x.com", "ä"]


cells = st.text(st.characters(exclude_characters="\0\r", codec="utf-8"), max_size=8)
tables = st.lists(st.tuples(cells, cells), min_size=1, max_size=8)


@settings(max_examples=200, deadline=None)
@given(tables, st.sampled_from(",;\t|"), st.integers(1, 50))
def test_from_every_record_on_the_rest_is_the_same(
    rows: list[tuple[str, str]], delimiter: str, size: int
) -> None:
    """Whatever the cells hold, and wherever the chunks of the file end."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([("a@x.com", "head"), *rows])
    text = out.getvalue().encode()
    at = FileFormat("csv", delimiter, "utf-8", ("c1", "c2"), 0, 0, 1)

    def read(offset: int, line: int) -> Iterator[tuple[Record, int, int]]:
        chunks = [text[n : n + size] for n in range(offset, len(text), size)]
        reading = Records(at, chunks, offset=offset, line=line)
        for record in reading:
            yield record, reading.offset, reading.line

    whole = list(read(0, 1))
    wanted = [[cell.strip() for cell in row] for row in rows if any(map(str.strip, row))]
    assert [record.cells for record, _, _ in whole[1:]] == wanted
    for n, (_, offset, line) in enumerate(whole, 1):
        assert [one for one, _, _ in read(offset, line)] == [one for one, _, _ in whole[n:]]


def endless(beginning: bytes, end: bytes) -> Iterator[bytes]:
    yield beginning
    for _ in range(64):
        yield b"x" * MIB
    yield end


@pytest.mark.parametrize(
    ("beginning", "end", "good"),
    [
        (b"a@x.com,1\nb@x.com,", b"\nc@x.com,3\n", ["a@x.com", "c@x.com"]),
        (b"a@x.com,1\nb@x.com,\"", b"\nc@x.com,3\n", ["a@x.com", "c@x.com"]),
    ],
)  # fmt: skip
def test_a_line_without_an_end_takes_no_memory(
    beginning: bytes, end: bytes, good: list[str]
) -> None:
    at = FileFormat("csv", ",", "utf-8", ("email", "t"), 1, 0, 1)
    tracemalloc.start()
    rows = list(Records(at, endless(beginning, end), offset=0, line=1))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [row.cells[0] for row in rows if row.cells and not row.problem] == good
    assert [row.line for row in rows if row.problem] == [2]
    assert most < 12 * MIB


def test_a_quote_that_is_never_closed_costs_its_row_only() -> None:
    rows = b"".join(b"p%d@x.com,x\n" % n for n in range(100_000))
    at = FileFormat("csv", ",", "utf-8", ("email", "t"), 1, 0, 1)
    text = b'a@x.com,"open\n' + rows
    assert count_records(at, [text], offset=0, line=1) == 100_001
