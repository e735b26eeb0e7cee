"""What kind of table a file is."""

import pytest

from app.files.errors import FileUnreadable
from app.files.formats import FileFormat, detect

CASES = {
    "comma": (b"email,name\na@x.com,Ann\n", "csv", ",", "utf-8", ("email", "name"), 1),
    "semicolon": (b"email;name\na@x.com;Ann, Lee\n", "csv", ";", "utf-8", ("email", "name"), 1),
    "tab": (b"email\tname\na@x.com\tAnn\n", "csv", "\t", "utf-8", ("email", "name"), 1),
    "pipe": (b"email|name\na@x.com|Ann\n", "csv", "|", "utf-8", ("email", "name"), 1),
    "excel": (b"sep=;\nemail;name\na@x.com;Ann\n", "csv", ";", "utf-8", ("email", "name"), 2),
    "mark": (b"\xef\xbb\xbfemail,name\na@x.com,Ann\n", "csv", ",", "utf-8", ("email", "name"), 1),
    "title": (
        b"My list 2026\n\nemail,name\na@x.com,B\n",
        "csv",
        ",",
        "utf-8",
        ("email", "name"),
        3,
    ),
    "twice": (
        b"email,x,x,\na@x.com,1,2,3\n",
        "csv",
        ",",
        "utf-8",
        ("email", "x", "x (2)", "Column 4"),
        1,
    ),
    "none": (b"a@x.com,Ann\nb@x.com,Bob\n", "csv", ",", "utf-8", ("Column 1", "Column 2"), 0),
    "german": (
        "email,stadt\na@x.com,Köln\n".encode("cp1252"),
        "csv",
        ",",
        "windows-1252",
        ("email", "stadt"),
        1,
    ),
    "czech": (
        "email,město\na@x.com,Příbram, Děčín\n".encode("cp1250"),
        "csv",
        ",",
        "windows-1250",
        ("email", "město"),
        1,
    ),
    "objects": (
        b'{"email":"a@x.com"}\n{"email":"b@x.com","name":"B"}\n',
        "ndjson",
        "",
        "utf-8",
        ("email", "name"),
        0,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_formats(name: str) -> None:
    head, kind, delimiter, encoding, headers, line = CASES[name]
    found = detect(head, whole=True)
    assert (found.kind, found.delimiter, found.encoding) == (kind, delimiter, encoding)
    assert (found.headers, found.header_line) == (headers, line)
    assert FileFormat.of(found.stored()) == found


REFUSED = {
    "file_empty": b"  \n\n",
    "header_only": b"email,name\n",
    "json_array": b'[{"email": "a@x.com"}]',
    "file_not_a_table": b"<html><table>",
    "too_many_columns": b"email" + b",c" * 100_000 + b"\n" + b"x" + b",c" * 100_000 + b"\n",
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_no_table(code: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        detect(REFUSED[code], whole=True)
    assert refused.value.code == code
    assert refused.value.sentence.endswith(".")


def test_a_header_of_a_million_columns_without_an_end() -> None:
    with pytest.raises(FileUnreadable) as refused:
        detect(b"c," * 600_000, whole=False)
    assert refused.value.code == "too_many_columns"
