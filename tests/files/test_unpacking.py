"""Whatever comes in, plain text goes on, or a sentence that says why not."""

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import repeat

import pytest

from app.files.errors import FileUnreadable
from app.files.unpacking import Unpacker
from tests.files.reading import in_chunks, in_random_chunks

MIB = 1024**2
TEXT = "Email;Město\r\na@b.cz;Plzeň 🚲\r\n" * 500
PLAIN = TEXT.encode()
MANY = 10 * len(PLAIN)
gzipped = partial(gzip.compress, mtime=0)
"""The same each time: the tests are named by it."""


def unpacked(packed: bytes, sizes: Callable[[bytes], Iterator[bytes]]) -> tuple[bytes, str | None]:
    unpacker = Unpacker(max_bytes=MANY)
    return given(unpacker, sizes(packed)), unpacker.packed_as


def given(unpacker: Unpacker, chunks: Iterable[bytes]) -> bytes:
    """All that comes out of these."""
    pieces = [piece for chunk in chunks for piece in unpacker.pieces(chunk)]
    return b"".join([*pieces, *unpacker.last_pieces()])


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param(lambda text: in_chunks(text, 1), id="byte by byte"),
        pytest.param(lambda text: in_random_chunks(text, 1, 5000), id="in chunks"),
        pytest.param(lambda text: in_chunks(text, MANY), id="at once"),
    ],
)
@pytest.mark.parametrize(
    ("packed", "text", "form"),
    [
        pytest.param(b"", b"", None, id="nothing"),
        pytest.param(b"\x1f", b"\x1f", None, id="one byte of a magic"),
        pytest.param(b"a,b\n", b"a,b\n", None, id="little"),
        pytest.param(PLAIN, PLAIN, None, id="plain"),
        pytest.param(b"\xef\xbb\xbfa,b", b"\xef\xbb\xbfa,b", None, id="utf-8 with a mark"),
        pytest.param(b"M\xfcller\xff", b"M\xfcller\xff", None, id="windows"),
        pytest.param(PLAIN + b"\0", PLAIN + b"\0", None, id="a NUL far below"),
        pytest.param(TEXT.encode("utf-16"), PLAIN, "utf-16", id="utf-16"),
        pytest.param(b"\xfe\xff" + TEXT.encode("utf-16-be"), PLAIN, "utf-16", id="big-endian"),
        pytest.param(TEXT.encode("utf-16-le"), PLAIN, "utf-16", id="utf-16 without a mark"),
        pytest.param(TEXT.encode("utf-16-be"), PLAIN, "utf-16", id="big-endian without a mark"),
        pytest.param(TEXT.encode("utf-32"), PLAIN, "utf-32", id="utf-32"),
        pytest.param("a,b\n".encode("utf-16"), b"a,b\n", "utf-16", id="little utf-16"),
        pytest.param("x🚲".encode("utf-16")[:-2], "x\ufffd".encode(), "utf-16", id="half a pair"),
        pytest.param(gzipped(PLAIN), PLAIN, "gzip", id="gzip"),
        pytest.param(gzipped(b""), b"", "gzip", id="empty gzip"),
        pytest.param(gzipped(PLAIN) * 3, PLAIN * 3, "gzip", id="members"),
        pytest.param(gzipped(b"a") * 3000, b"a" * 3000, "gzip", id="small members"),
        pytest.param(gzipped(PLAIN) + b"\0" * 512, PLAIN, "gzip", id="zeros at the end"),
        pytest.param(gzipped(TEXT.encode("utf-16")), PLAIN, "utf-16", id="utf-16 in gzip"),
        pytest.param(b"PK\x03\x04\0\0", b"PK\x03\x04\0\0", "xlsx", id="a workbook"),
        pytest.param(gzipped(b"PK\x03\x04\0"), b"PK\x03\x04\0", "xlsx", id="and in gzip"),
    ],
)
def test_unpacking(
    packed: bytes, text: bytes, form: str | None, sizes: Callable[[bytes], Iterator[bytes]]
) -> None:
    assert unpacked(packed, sizes) == (text, form)


@pytest.mark.parametrize(
    ("packed", "code", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "file_not_a_table", "a picture"),
        (b"%PDF-1.7\n", "file_not_a_table", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_not_a_table", "an old workbook"),
        (bz2.compress(PLAIN), "file_not_a_table", "packed by bzip2"),
        (gzipped(gzipped(PLAIN)), "file_not_a_table", "packed by gzip twice"),
        (gzipped(b"%PDF-1.7\n"), "file_not_a_table", "a PDF document"),
        (b"a,b\n1,\0\n", "file_not_a_table", "byte 7 of it is NUL"),
        (b"\0" * 100, "file_not_a_table", "byte 1 of it is NUL"),
        (bytes(range(256)) * 8, "file_not_a_table", "is NUL"),
        (gzipped(PLAIN)[:-9], "file_damaged", "do not end"),
        (gzipped(PLAIN)[:12], "file_damaged", "do not end"),
        (gzipped(PLAIN)[:-8] + b"\0" * 8, "file_damaged", "are damaged"),
        (b"\x1f\x8b\x08" + b"x" * 100, "file_damaged", "are damaged"),
        (gzipped(PLAIN) + b"more", "file_damaged", "Something else follows"),
        (gzipped(PLAIN) + b"\x1f", "file_damaged", "do not end"),
        (PLAIN * 11, "file_too_large", "longer than .* bytes"),
        (gzipped(PLAIN * 11), "file_too_large", "bytes when unpacked"),
        ((TEXT * 11).encode("utf-16"), "file_too_large", "longer than .* bytes"),
    ],
)
@pytest.mark.parametrize("size", [7, MANY])
def test_what_is_refused(packed: bytes, code: str, sentence: str, size: int) -> None:
    with pytest.raises(FileUnreadable, match=sentence) as caught:
        unpacked(packed, lambda text: in_chunks(text, size))
    assert caught.value.code == code


def test_a_bomb_comes_out_in_small_pieces_up_to_the_limit() -> None:
    bomb = gzipped(b"a,b\n" * 16 * MIB, compresslevel=9)
    unpacker = Unpacker(max_bytes=40 * MIB)
    given = 0
    with pytest.raises(FileUnreadable) as caught:  # noqa: PT012 - what came before counts as well
        for piece in unpacker.pieces(bomb):
            assert len(piece) <= MIB
            given += len(piece)
    assert caught.value.code == "file_too_large"
    assert 39 * MIB <= given <= 40 * MIB


def test_the_length_of_pieces_has_nothing_to_do_with_the_chunks() -> None:
    for packed in (b"a,b\n" * MIB, ("a,b\n" * MIB).encode("utf-16")):
        pieces = list(Unpacker(max_bytes=100 * MIB).pieces(packed))
        assert len(b"".join(pieces)) == 4 * MIB
        assert max(map(len, pieces)) <= MIB


def test_a_member_may_end_where_a_step_does() -> None:
    """All of it was taken in then, and its end not yet given."""
    for length in range(256 * 1024 - 2, 256 * 1024 + 3):
        packed = gzipped(b"a" * length)
        assert unpacked_whole(packed) == b"a" * length
        assert unpacked_whole(packed * 2) == b"a" * length * 2


def unpacked_whole(packed: bytes) -> bytes:
    return given(Unpacker(max_bytes=MIB), [packed])


def test_many_empty_members_take_no_time() -> None:
    member = zlib.compressobj(wbits=31).flush()
    unpacker = Unpacker(max_bytes=MIB)
    assert given(unpacker, repeat(member * 3000, 10)) == b""
    assert unpacker.packed_as == "gzip"
