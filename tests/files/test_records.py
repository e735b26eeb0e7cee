"""Which rows a text holds, and what is wrong with one of them."""

import csv
import io
import resource
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import repeat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.files.errors import FileUnreadable
from app.files.formats import FileFormat
from app.files.lines import BLOCK_BYTES, MAX_RECORD_BYTES
from app.files.records import MAX_SHOWN_LENGTH, MAX_UNCLOSED, Record, Records, count_next
from tests.files.reading import (
    assert_resumes_anywhere,
    in_chunks,
    objects,
    records,
    table,
)

ABC = table("A", "B", "C")
ONE_COLUMN = table("A")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1,2,3\n", [(1, ["1", "2", "3"])], id="plain"),
        pytest.param("1,2,3", [(1, ["1", "2", "3"])], id="no newline at the end"),
        pytest.param("1,2,3\r\n4,5,6\r\n", [(1, [*"123"]), (2, [*"456"])], id="windows"),
        pytest.param("1,2,3\r4,5,6\r", [(1, [*"123"]), (2, [*"456"])], id="old macintosh"),
        pytest.param(
            " 1 ,\t2,3\u00a0\n", [(1, [" 1 ", "\t2", "3\u00a0"])], id="space around a cell"
        ),
        pytest.param('1," x ""y"" ",3\n', [(1, ["1", ' x "y" ', "3"])], id="doubled quotes"),
        pytest.param('1,5" disk,3\n', [(1, ["1", '5" disk', "3"])], id="a quote inside"),
        pytest.param('"Big" Al,2,3\n', [(1, ["Big Al", "2", "3"])], id="more after the quote"),
        pytest.param(
            '1,"a\r\nb\n",3\n4,5,6\n', [(1, ["1", "a\r\nb\n", "3"]), (4, [*"456"])], id="newlines"
        ),
        pytest.param("1\n1,2\n", [(1, ["1", "", ""]), (2, ["1", "2", ""])], id="short"),
        pytest.param("1,2,3,, \n", [(1, ["1", "2", "3"])], id="a surplus of empty cells"),
        pytest.param("\n1,2,3\n\n \n,,\n4,5,6\n\n", [(2, [*"123"]), (6, [*"456"])], id="blank"),
        pytest.param("A,B\nA,B,c\n", [(1, ["A", "B", ""]), (2, [*"ABc"])], id="nearly the header"),
        pytest.param(",2,3\n", [(1, ["", "2", "3"])], id="the first empty"),
        pytest.param(
            "1,2,\u2028\x85\x1cx\n", [(1, ["1", "2", "\u2028\x85\x1cx"])], id="no line ends"
        ),
        pytest.param("", [], id="nothing"),
        pytest.param("\n\n", [], id="nothing but blank lines"),
    ],
)
def test_rows(text: str, expected: list[tuple[int, list[str]]]) -> None:
    found = list(records(ABC, text.encode()))
    assert [(one.line, one.cells) for one in found] == expected
    assert {(one.extra, one.problem) for one in found} <= {(None, None)}
    assert_resumes_anywhere(ABC, text.encode())


@pytest.mark.parametrize(
    ("text", "record"),
    [
        (b"1,2,3,4\n", Record(1, ["1,2,3,4", "", ""], None, "has 4 cells, the header has 3")),
        (b"1,2,3,,5\n", Record(1, ["1,2,3,,5", "", ""], None, "has 5 cells, the header has 3")),
        (b"1,2\x00,3\n", Record(1, ["1", "2\ufffd", "3"], None, "has a NUL character")),
        (b"\x00\n", Record(1, ["\ufffd", "", ""], None, "has a NUL character")),
        (
            b"M\xfcller,2,3\n",
            Record(1, ["M\ufffdller", *"23"], None, "has bytes that are not utf-8 text"),
        ),
        (
            b'1,"\n\xff",3\n',
            Record(1, ["1", "\n\ufffd", "3"], None, "has bytes that are not utf-8 text"),
        ),
        (b" A,B ,C\n", Record(1, [" A", "B ", "C"], None, "repeats the header")),
        (b'1,2,"3\n', Record(1, ['1,2,"3', "", ""], None, "has a quote that is never closed")),
    ],
)
def test_a_row_that_is_wrong_is_the_only_one(text: bytes, record: Record) -> None:
    text = b"0,0,0\n" + text + b"7,8,9\n"
    line = 3 + record.line + text.count(b"\n") - 3
    wrong = record._replace(line=2)
    assert list(records(ABC, text)) == [
        Record(1, [*"000"], None, None),
        wrong,
        Record(line - 1, [*"789"], None, None),
    ]
    assert_resumes_anywhere(ABC, text)


def test_what_a_replacement_character_stands_for_is_not_guessed() -> None:
    text = "1,\ufffd,3\n".encode() + b"1,\xff,3\n"
    assert [one.problem for one in records(ABC, text)] == [
        None,
        "has bytes that are not utf-8 text",
    ]


@pytest.mark.parametrize(
    ("encoding", "raw", "text"),
    [
        ("windows-1252", b"M\xfcller\x80", "Müller€"),
        ("windows-1250", b"Dvo\xf8\xe1k", "Dvořák"),
    ],
)
def test_encodings(encoding: str, raw: bytes, text: str) -> None:
    reading = records(table("A", encoding=encoding), raw + b"\n\x81\n")
    assert list(reading) == [
        Record(1, [text], None, None),
        Record(2, ["\ufffd"], None, f"has bytes that are not {encoding} text"),
    ]


@pytest.mark.parametrize("size", [1000, BLOCK_BYTES, 10 * MAX_RECORD_BYTES])
def test_how_long_a_record_may_be_does_not_depend_on_the_chunks(size: int) -> None:
    longest = b"x" * (MAX_RECORD_BYTES - 1) + b"\n"
    text = b"a\n" + longest + b"x" + longest + b'"' + longest + b'b"\n' + b"c\n"
    reading = records(ONE_COLUMN, in_chunks(text, size))
    found = [(one.line, one.problem, reading.offset) for one in reading]
    too_long = "is longer than 1024 KiB"
    problems = [None, None, too_long, too_long, None, None]
    assert [one[:2] for one in found] == list(enumerate(problems, 1))
    for line, _, offset in found:
        rest = Records(ONE_COLUMN, [text[offset:]], offset=offset, line=line + 1)
        assert [one.problem for one in rest] == problems[line:]


def test_an_open_quote_costs_one_row_and_not_a_mebibyte_of_them() -> None:
    good = b"1,2,3\n"
    text = good + b'1,"2,3\n' + good * 300_000
    reading = records(ABC, in_chunks(text, 100_000))
    assert [(one.line, one.problem) for one in (next(reading), next(reading), next(reading))] == [
        (1, None),
        (2, "has a quote that is never closed"),
        (3, None),
    ]
    assert sum(one.cells == [*"123"] for one in reading) == 299_999


def test_a_quote_that_opens_on_every_line_ends_the_reading() -> None:
    """Else each line would cost a mebibyte: hours, for a file of some megabytes."""
    reading = records(ABC, b'"' + b'x","y\n' * 200_000)
    for line in range(1, MAX_UNCLOSED + 1):
        text = '"x","y' if line == 1 else 'x","y'
        unclosed = "has a quote that is never closed"
        assert next(reading) == Record(line, [text, "", ""], None, unclosed)
    with pytest.raises(FileUnreadable, match="begins on line 21") as caught:
        next(reading)
    assert caught.value.code == "file_damaged"


def test_a_line_of_two_gibibytes_is_passed() -> None:
    ten_blocks = 10 * BLOCK_BYTES
    count = 2 * 1024**3 // ten_blocks

    def chunks() -> Iterator[bytes]:
        yield b"a\n"
        yield from repeat(b"x" * ten_blocks, count)
        yield b"\r"
        yield b"\nb\n"

    reading = records(ONE_COLUMN, chunks())
    assert [(one.line, one.problem) for one in reading] == [
        (1, None),
        (2, "is longer than 1024 KiB"),
        (3, None),
    ]
    assert reading.offset == 2 + count * ten_blocks + 4


@pytest.mark.parametrize("size", [1000, BLOCK_BYTES, 10 * MAX_RECORD_BYTES])
@pytest.mark.parametrize("form", [table("Email", "Note"), objects("Email", "Note")])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_of_a_line_that_is_too_long_the_beginning_is_shown(
    form: FileFormat, end: bytes, size: int
) -> None:
    text = b"ann@x.com," + b"x" * 2 * MAX_RECORD_BYTES + b",its end"
    [long] = records(form, in_chunks(text + end, size))
    assert long.cells == [text[:MAX_SHOWN_LENGTH].decode(), ""]
    assert long.problem == "is longer than 1024 KiB"


LONG = b"x" * 200 + b"\n"


@pytest.mark.parametrize(
    ("format_", "chunk", "count"),
    [
        pytest.param(ABC, LONG * 150, 1000, id="rows"),
        pytest.param(ABC, b" " * 200 + b"\n", 150_000, id="blank lines"),
        pytest.param(ABC, (b"\0" + LONG + b"\xff" + LONG) * 75, 1000, id="broken lines"),
        pytest.param(ABC, b"x" * 30_000, 1000, id="a line without end"),
        pytest.param(ABC, b'1,"' + LONG * 7_500, MAX_UNCLOSED, id="cells without end"),
        pytest.param(objects("A"), b'{"A":"' + b"x" * 200 + b'"}\n', 150_000, id="objects"),
        pytest.param(objects("A"), b"[" * 30_000, 1000, id="an object without end"),
    ],
)
def test_memory_stays_flat(format_: FileFormat, chunk: bytes, count: int) -> None:
    """Of thirty million bytes no more is held than a few of the longest records."""
    seen = [resident_bytes()]

    def chunks() -> Iterator[bytes]:
        for number in range(count):
            yield chunk
            if number % (count // 20) == 0:
                seen.append(resident_bytes())

    reading = records(format_, chunks())
    deque(reading, maxlen=0)
    assert reading.offset == count * len(chunk) > 30_000_000 - 1
    assert max(seen) - seen[0] < 24 * 1024**2


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


NUL_VALUE, NUL_NAME = '{"A":"\\u0000"}', '{"\\u0000":"A"}'
NESTED = '{"A":' + 300 * "[" + 300 * "]" + "}"


@pytest.mark.parametrize(
    ("line", "record"),
    [
        ('{"A":" x ","B":"y"}', Record(1, [" x ", "y"], None, None)),
        ('{"B":"y"}', Record(1, ["", "y"], None, None)),
        ('{"A":null,"B":12}', Record(1, ["", "12"], None, None)),
        ('{"A":true,"B":1.5}', Record(1, ["true", "1.5"], None, None)),
        ('{"A":["a", "ž"],"B":{"c": 1}}', Record(1, ['["a","ž"]', '{"c":1}'], None, None)),
        ('{"A":123456789012345678901}', Record(1, ["123456789012345678901", ""], None, None)),
        ('{"A":"1","D":2,"E":null}', Record(1, ["1", ""], {"D": "2", "E": ""}, None)),
        ("{}", Record(1, ["", ""], None, None)),
        ("[1]", Record(1, ["[1]", ""], None, "is not a JSON object")),
        ("12", Record(1, ["12", ""], None, "is not a JSON object")),
        (NUL_VALUE, Record(1, [NUL_VALUE, ""], None, "has a NUL character")),
        (NUL_NAME, Record(1, [NUL_NAME, ""], None, "has a NUL character")),
        (NESTED, Record(1, [NESTED, ""], None, "is nested too deeply")),
    ],
)
def test_objects(line: str, record: Record) -> None:
    text = f"{line}\n\n{line}".encode()
    assert list(records(objects("A", "B"), text)) == [record, record._replace(line=3)]
    assert_resumes_anywhere(objects("A", "B"), text)


@pytest.mark.parametrize(
    "line",
    [
        b'{"A":1',
        b'{"A":1}}',
        b'{"A":NaN}',
        b'{"A":"\\ud800"}',
        b'{"A":"\xff"}',
        b'{"A":"\x00"}',
        b'{"A":' + 100_000 * b"[",
    ],
)
def test_lines_that_are_not_json(line: bytes) -> None:
    first, second = records(objects("A"), line + b"\n{}\n")
    assert (first.problem or "").startswith("is not JSON: ")
    assert second.problem is None


def test_records_are_counted() -> None:
    found = records(ABC, b"1,2,3\n\n1,2,3,4\nA,B,C\n5")
    assert [count_next(found, 3), count_next(found, 3), count_next(found, 3)] == [3, 1, 0]


CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from('",;\t|\r\n \u2028'),
    max_size=6,
)


@st.composite
def csv_texts(draw: st.DrawFn) -> tuple[FileFormat, bytes, list[Sequence[str]]]:
    delimiter = draw(st.sampled_from(",;\t|"))
    width = draw(st.integers(1, 4))
    cells = st.lists(CELLS, min_size=width, max_size=width)
    table_rows = draw(st.lists(cells, max_size=8))
    out = io.StringIO()
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    # Minimal quoting leaves bare what is not in its own line end, a lone carriage return too.
    quotes = [csv.QUOTE_ALL, csv.QUOTE_MINIMAL] if end == "\r\n" else [csv.QUOTE_ALL]
    writer = csv.writer(
        out, delimiter=delimiter, lineterminator=end, quoting=draw(st.sampled_from(quotes))
    )
    writer.writerows(table_rows)
    headers = [f"header {place}" for place in range(width)]
    return (
        table(*headers, delimiter=delimiter),
        out.getvalue().encode(),
        [row for row in table_rows if any(map(str.strip, row))],
    )


@settings(max_examples=250, deadline=None)
@given(csv_texts())
def test_what_was_written_is_read(made: tuple[FileFormat, bytes, list[Sequence[str]]]) -> None:
    format_, text, expected = made
    assert [record.cells for record in records(format_, text)] == expected
    assert_resumes_anywhere(format_, text)


@settings(max_examples=250, deadline=None)
@given(st.text(st.sampled_from('ab,"\r\n\0 ž'), max_size=60).map(str.encode))
def test_whatever_it_is_it_resumes(text: bytes) -> None:
    assert_resumes_anywhere(table("a", "b"), text)
