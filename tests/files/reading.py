"""Shorthands of these tests: a text, and the rows that are read from it."""

import random
from collections.abc import Iterable, Iterator, Sequence

from app.files.formats import FileFormat, detect
from app.files.records import Record, Records


def table(*headers: str, delimiter: str = ",", encoding: str = "utf-8") -> FileFormat:
    """A format whose records begin with the text."""
    return FileFormat("csv", delimiter, encoding, headers, 0, 0, 1)


def objects(*headers: str) -> FileFormat:
    return FileFormat("ndjson", "", "utf-8", headers, 0, 0, 1)


def in_chunks(text: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(text), size):
        yield text[at : at + size]


def in_random_chunks(text: bytes, seed: int, most: int) -> Iterator[bytes]:
    at, sizes = 0, random.Random(seed)
    while at < len(text):
        size = sizes.randint(0, most)
        yield text[at : at + size]
        at += size


def records(format_: FileFormat, chunks: bytes | Iterable[bytes]) -> Records:
    """From where the format says that they begin; ``chunks`` are the bytes from there on."""
    given = [chunks] if isinstance(chunks, bytes) else chunks
    return Records(format_, given, offset=format_.begins_at, line=format_.begins_line)


def read(text: bytes) -> tuple[FileFormat, list[Record]]:
    """As an import does it: the format first, and then all of the records."""
    format_ = detect(text, whole=True)
    return format_, list(records(format_, text[format_.begins_at :]))


def rows(text: bytes) -> list[Sequence[str] | None]:
    return [record.cells for record in read(text)[1]]


def assert_resumes_anywhere(format_: FileFormat, text: bytes) -> None:
    """From after each record the rest is the rest, wherever the chunks are cut."""
    whole = list(records(format_, text))
    reading = records(format_, in_random_chunks(text, seed=len(text), most=7))
    for number, record in enumerate(reading, 1):
        assert record == whole[number - 1]
        rest = Records(
            format_, in_chunks(text[reading.offset :], 3), offset=reading.offset, line=reading.line
        )
        assert list(rest) == whole[number:]
        assert rest.offset == len(text)
    assert reading.offset == len(text)
