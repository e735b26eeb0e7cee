"""Turns what is uploaded into plain text while it streams in."""

import codecs
from collections.abc import Callable, Iterable, Iterator

from app.files import gunzip
from app.files.errors import FileUnreadable
from app.files.gunzip import Gunzip

LOOKED_AT = 4096
"""Bytes that are waited for before it is said what they are."""
STEP_BYTES = 256 * 1024
"""Passed on at once; from UTF-16 to UTF-8 a text grows by half at most."""

ZIP = b"PK\x03\x04"
MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",  # begins like the one of UTF-16
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
NO_TABLES = {
    gunzip.MAGIC: "packed by gzip twice",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"{\\rtf": "a text document (RTF)",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old workbook (.xls), or locked by a password; save it"
    " as .xlsx or CSV",
    b"PK\x05\x06": "an empty archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"BZh91AY&SY": "packed by bzip2; gzip can be read",
    b"\xfd7zXZ\x00": "packed by xz; gzip can be read",
    b"\x28\xb5\x2f\xfd": "packed by zstd; gzip can be read",
}


class Unpacker:
    """Give it the upload chunk by chunk, and store its ``pieces``; then the ``last_pieces``.

    Undoes gzip, and makes UTF-8 of UTF-16 and UTF-32. A workbook passes as it is: afterwards
    ``packed_as`` is ``xlsx``, and what was stored is to be converted. Raises FileUnreadable, also
    when more than ``max_bytes`` would come out; after that it is of no more use.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._given_bytes = 0
        self._beginning: bytes | None = b""
        """Until there is enough of it to tell whether it is gzip."""
        self._gunzip: Gunzip | None = None
        self._text = _Text()

    @property
    def packed_as(self) -> str | None:
        """``gzip``, ``xlsx``, ``utf-16``, ``utf-32``: the innermost of them. Final at the end."""
        return self._text.form or ("gzip" if self._gunzip else None)

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """What comes out of it; of hostile gzip a thousand times as much. None is longer than
        1 MiB, nor is more held.
        """
        if self._beginning is not None:
            chunk = self._beginning = self._beginning + chunk
            if len(chunk) < len(gunzip.MAGIC):
                return
            self._beginning = None
            if chunk.startswith(gunzip.MAGIC):
                self._gunzip = Gunzip()
        yield from self._counted(map(self._text.feed, self._plain(chunk)))

    def last_pieces(self) -> Iterator[bytes]:
        if self._gunzip:
            self._gunzip.finish()
        yield from self._counted([self._text.feed(self._beginning or b""), self._text.finish()])

    def _plain(self, chunk: bytes) -> Iterator[bytes]:
        if self._gunzip:
            yield from self._gunzip.feed(chunk)
            return
        for at in range(0, len(chunk), STEP_BYTES):
            yield chunk[at : at + STEP_BYTES]

    def _counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._given_bytes += len(piece)
            if self._given_bytes > self._max_bytes:
                raise _too_large(self._max_bytes, self._gunzip is not None)
            if piece:
                yield piece


class _Text:
    """The text in UTF-8, if it is text: whatever else could be mistaken for a table is refused."""

    def __init__(self) -> None:
        self.form: str | None = None
        self._beginning = b""
        self._decode: Callable[[bytes, bool], bytes] | None = None

    def feed(self, chunk: bytes, *, last: bool = False) -> bytes:
        if self._decode is None:
            self._beginning += chunk
            if len(self._beginning) < LOOKED_AT and not last:
                return b""
            chunk = self._begin()
        assert self._decode
        return self._decode(chunk, last)

    def finish(self) -> bytes:
        return self.feed(b"", last=True)

    def _begin(self) -> bytes:
        beginning, self._beginning = self._beginning, b""
        mark, encoding = _encoding(beginning)
        if encoding is None:
            self.form = "xlsx" if beginning.startswith(ZIP) else None
            self._decode = _as_it_is
        else:
            self.form = encoding[: len("utf-16")]
            self._decode = _to_utf8(encoding)
        return beginning.removeprefix(mark)


def _encoding(beginning: bytes) -> tuple[bytes, str | None]:
    """The byte order mark and the encoding, when it is not one in which a comma is one byte."""
    for mark, encoding in MARKS.items():
        if beginning.startswith(mark):
            return mark, encoding
    for magic, what in NO_TABLES.items():
        if beginning.startswith(magic):
            raise FileUnreadable("file_not_a_table", f"The file is {what}.")
    if beginning.startswith(ZIP) or b"\0" not in beginning[:LOOKED_AT]:
        return b"", None
    return b"", _unmarked(beginning)


def _unmarked(beginning: bytes) -> str:
    """Of western text in UTF-16 nearly every other byte is NUL."""
    half = len(beginning) // 2
    high, low = beginning[0::2].count(0), beginning[1::2].count(0)
    for encoding, many, few in (("utf-16-le", low, high), ("utf-16-be", high, low)):
        if many > 0.7 * half and few < 0.05 * half:
            return encoding
    at = beginning.index(b"\0")
    raise FileUnreadable("file_not_a_table", f"The file is not text: byte {at + 1} of it is NUL.")


def _as_it_is(chunk: bytes, last: bool) -> bytes:  # noqa: ARG001 - the other way of decoding needs it
    return chunk


def _to_utf8(encoding: str) -> Callable[[bytes, bool], bytes]:
    # What is no character becomes U+FFFD: half a surrogate pair must not cost the rest of the file.
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    return lambda chunk, last: decoder.decode(chunk, last).encode()


def _too_large(max_bytes: int, was_packed: bool) -> FileUnreadable:
    unpacked = " when unpacked" if was_packed else ""
    return FileUnreadable(
        "file_too_large", f"The file is longer than {max_bytes:,} bytes{unpacked}."
    )
