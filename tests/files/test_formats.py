"""What a file is taken for, by its beginning."""

import tracemalloc
from dataclasses import replace

import pytest

from app.files.columns import MAX_NAME_LENGTH
from app.files.errors import FileUnreadable
from app.files.formats import FileFormat, detect
from tests.files.reading import read

PLAIN = FileFormat("csv", ",", "utf-8", ("Email", "Name"), 1, 11, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Email,Name\na@b.cz,Ann\n", PLAIN, id="plain"),
        pytest.param("Email;Name\na@b.cz;Ann\n", replace(PLAIN, delimiter=";"), id="semicolon"),
        pytest.param("Email\tName\na@b.cz\tAnn\n", replace(PLAIN, delimiter="\t"), id="tab"),
        pytest.param("Email|Name\na@b.cz|Ann\n", replace(PLAIN, delimiter="|"), id="pipe"),
        pytest.param(
            "\ufeffEmail,Name\na@b.cz,", replace(PLAIN, begins_at=14), id="byte order mark"
        ),
        pytest.param("Email,Name\r\na@b.cz,Ann", replace(PLAIN, begins_at=12), id="windows"),
        pytest.param(" Email ,Name\na@b.cz,", replace(PLAIN, begins_at=13), id="spaces"),
        pytest.param(
            "sep=|\r\nEmail|Name\na,b;c|Ann\n",
            replace(PLAIN, delimiter="|", header_line=2, begins_at=18, begins_line=3),
            id="sep",
        ),
        pytest.param(
            '\ufeff"sep=;"\nEmail;Name\na;Ann\n',
            replace(PLAIN, delimiter=";", header_line=2, begins_at=22, begins_line=3),
            id="sep in quotes, behind a mark",
        ),
        pytest.param(
            "Leads 2026\n\nversion 4\nEmail,Name\na@b.cz,Ann\n",
            replace(PLAIN, header_line=4, begins_at=33, begins_line=5),
            id="lines above the header",
        ),
        pytest.param(
            "Leads 2026,\n,\nEmail,Name\na@b.cz,Ann\n",
            replace(PLAIN, header_line=3, begins_at=25, begins_line=4),
            id="lines above the header, out of a spreadsheet",
        ),
        pytest.param(
            'Email,"Na\nme"\na@b.cz,Ann\n',
            FileFormat("csv", ",", "utf-8", ("Email", "Na me"), 1, 14, 3),
            id="a name of two lines",
        ),
        pytest.param(
            "Email\na@b.cz\n", FileFormat("csv", ",", "utf-8", ("Email",), 1, 6, 2), id="one column"
        ),
        pytest.param(
            "Email\na@b.cz, c@d.cz\ne@f.cz\n",
            FileFormat("csv", ";", "utf-8", ("Email",), 1, 6, 2),
            id="one column with commas",
        ),
        pytest.param(
            "A;B;C\n1,5;2;3\n2,5;3;4\n",
            FileFormat("csv", ";", "utf-8", ("A", "B", "C"), 1, 6, 2),
            id="commas in numbers",
        ),
        pytest.param(
            'Email,Tags\na@b.cz,x;y;z\nc@d.cz,"x,y;z"\n',
            FileFormat("csv", ",", "utf-8", ("Email", "Tags"), 1, 11, 2),
            id="semicolons in cells",
        ),
        pytest.param(
            "Email,Notes,Notes,,Notes (2),Notes\na@b.cz,,,,,\n",
            FileFormat(
                "csv",
                ",",
                "utf-8",
                ("Email", "Notes", "Notes (3)", "Column 4", "Notes (2)", "Notes (4)"),
                1,
                35,
                2,
            ),
            id="names twice, or none",
        ),
        pytest.param(
            "a@b.cz,Ann,\nc@d.cz,Bob,x\n",
            FileFormat("csv", ",", "utf-8", ("Column 1", "Column 2", "Column 3"), 0, 0, 1),
            id="no header",
        ),
        pytest.param(
            "Leads 2026\n\na@b.cz,Ann\n",
            FileFormat("csv", ",", "utf-8", ("Column 1", "Column 2"), 0, 12, 3),
            id="no header, and a title",
        ),
        pytest.param(
            "example.com\n*.example.org\n",
            FileFormat("csv", ",", "utf-8", ("Column 1",), 0, 0, 1),
            id="domains",
        ),
        pytest.param(
            "Company,Website\nX,x.com\n",
            FileFormat("csv", ",", "utf-8", ("Company", "Website"), 1, 16, 2),
            id="no address anywhere",
        ),
        pytest.param(
            "Email;" + ";" * 16383 + "\na@b.cz\n",
            FileFormat("csv", ";", "utf-8", ("Email",), 1, 16390, 2),
            id="as many empty columns as a spreadsheet has",
        ),
        pytest.param(
            '{"email":"a@b.cz","n":1}\nbroken\n\n{"z":null,"email":""}',
            FileFormat("ndjson", "", "utf-8", ("email", "n", "z"), 0, 0, 1),
            id="objects",
        ),
    ],
)
def test_formats(text: str, expected: FileFormat) -> None:
    found = detect(text.encode(), whole=True)
    assert found == expected
    assert FileFormat.of(found.stored()) == found


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1250", "Jméno;Příjmení;Email\nJiří;Dvořák;\n"),
        ("windows-1250", "Firma;Email\nŽižkovské pekařství;a@b.cz\nČapek;\n"),
        ("windows-1250", "Imię;Nazwisko;Email\nWiesław;Kamiński;\n"),
        ("windows-1250", "Meno;Email\nĽubomír Hruška;\nJán Kováč;\n"),
        ("windows-1252", "Vorname;Straße;E-Mail\nJürgen;Große Allee;\n"),
        ("windows-1252", "Prénom;Nom;Email\nHélène;Lumière;\nFrançois;Lefèvre;\n"),
        ("windows-1252", "Nombre;Apellidos;Email\nÍñigo;Muñoz;\n"),
        ("windows-1252", "Nome;Cognome;Email\nNiccolò;Dalla Libertà;\n"),
        ("windows-1252", "Navn;Email\nJørgen Sørensen;\nÅse;\n"),
        ("windows-1252", "Name;Price\nAnn;5 €\n"),
        ("windows-1252", "Name\nRené\nAndré"),
        ("windows-1250", "Město\nPlzeň\nŘež\nPlzeň"),
    ],
)
def test_encodings(encoding: str, text: str) -> None:
    format_, found = read(text.encode(encoding))
    assert format_.encoding == encoding
    given = [line.split(";") for line in text.splitlines()]
    assert [list(format_.headers), *[one.cells for one in found]] == given


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        (b"", "file_empty", "The file is empty."),
        (b"\xef\xbb\xbf", "file_empty", "The file is empty."),
        (b"\n\r\n \n", "file_empty", "The file is empty."),
        (b",,\n;\n", "file_empty", "The file is empty."),
        (b"sep=;\n", "file_empty", "The file is empty."),
        (b"Email,Name\n", "header_only", "has a header on line 1 and no rows below it"),
        (b"Title\nEmail,Name\n", "header_only", "has a header on line 2 and no rows below it"),
        (b'[{"email":"a@b.cz"}]', "json_array", "each object on a line of its own"),
        (b'{\n"email":"a@b.cz"}', "file_not_a_table", "Line 1 is not JSON"),
        (b"{}\n{}\n", "file_not_a_table", "no line of it is an object with a value"),
        (b"<!DOCTYPE html><p>a,b</p>", "file_not_a_table", "a web page"),
        (b"a," * 1001 + b"\n1\n", "too_many_columns", "more than 1,000 columns"),
        (b"a@b.cz," * 1001 + b"\n", "too_many_columns", "more than 1,000 columns"),
    ],
)
def test_what_is_no_table(text: bytes, code: str, sentence: str) -> None:
    with pytest.raises(FileUnreadable, match=sentence) as caught:
        detect(text, whole=True)
    assert caught.value.code == code


@pytest.mark.parametrize("count", [100_000, 1_000_000])
def test_a_header_of_very_many_columns_costs_no_memory(count: int) -> None:
    head = (b",".join(b"c%d" % number for number in range(count)) + b"\n1,2\n")[: 1024**2]
    tracemalloc.start()
    with pytest.raises(FileUnreadable) as caught:
        detect(head, whole=False)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.code == "too_many_columns"
    assert peak_bytes < 64 * 1024**2


def test_an_endless_first_line_is_no_table() -> None:
    with pytest.raises(FileUnreadable, match="longer than 1 MiB") as caught:
        detect(b"x" * 1024**2, whole=False)
    assert caught.value.code == "file_not_a_table"


def test_the_name_speaks_where_the_text_does_not() -> None:
    text = b"A,B\tC,D\n1,2\t3,4\n"
    assert detect(text, whole=True, name="leads.csv").delimiter == ","
    assert detect(b"A,B\tC\n1,2\t3\n", whole=True, name="leads.tsv").delimiter == "\t"


def test_a_head_may_end_anywhere() -> None:
    """In the midst of a character, of a quoted cell, of a line end."""
    text = 'Email,Město\r\na@b.cz,"Plzeň\r\nJih"\r\nc@d.cz,Brno\r\n'.encode()
    expected = FileFormat("csv", ",", "utf-8", ("Email", "Město"), 1, 14, 2)
    assert {detect(text[:end], whole=False) for end in range(24, len(text))} == {expected}


def test_a_name_is_no_longer_than_a_question() -> None:
    long = "x" * 400_000
    format_, found = read(f"Email,{long}1,{long}2\na@b.cz,y,z\nEmail,{long}1,{long}2\n".encode())
    name = "x" * MAX_NAME_LENGTH
    assert format_.headers == ("Email", name, f"{name} (2)")
    assert [one.cells[:3] for one in found if not one.problem] == [["a@b.cz", "y", "z"]]
    format_, [found_one] = read(f'{{"Email": "a@b.cz", "{long}": "y"}}\n'.encode())
    assert (format_.headers, found_one.extra) == (("Email",), {long: "y"})


def test_the_header_twice() -> None:
    format_, found = read(b"Email,Notes,Notes\nEmail,Notes,Notes\na@b.cz,x,y\n")
    assert format_.headers == ("Email", "Notes", "Notes (2)")
    assert [(one.line, one.problem) for one in found] == [(2, "repeats the header"), (3, None)]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_one_broken_line_does_not_change_the_letters_of_all_others(mark: bytes) -> None:
    lines = ["Email,Město", "a@b.cz,Plzeň", "c@d.cz,Zlín"]
    text = mark + "\n".join(lines).encode() + b"\ne@f.cz,Brn\xec\n"
    format_, found = read(text)
    assert format_.encoding == "utf-8"
    assert [one.cells and one.cells[1] for one in found] == ["Plzeň", "Zlín", "Brn\ufffd"]
    assert [one.problem is None for one in found] == [True, True, False]


def test_nor_does_one_in_a_line_that_has_letters_of_utf_8() -> None:
    format_, found = read("Email,Name\na@b.cz,Jiří Č".encode() + b"\xe1p\nc@d.cz,X\n")
    assert format_.encoding == "utf-8"
    assert [one.problem for one in found] == ["has bytes that are not utf-8 text", None]
