"""What files are packed in comes off while they stream."""

import gzip
import tracemalloc

import pytest

from app.files.errors import FileUnreadable
from app.files.unpacking import Unpacker

MIB = 1024 * 1024
TEXT = "email,stadt\na@x.com,Köln\n"
UTF8 = TEXT.encode()


def unpacked(given: bytes, size: int = 5) -> tuple[bytes, str | None]:
    unpacker = Unpacker(100 * MIB)
    text = b"".join(unpacker.feed(given[n : n + size]) for n in range(0, len(given), size))
    return text + unpacker.finish(), unpacker.packed_as


@pytest.mark.parametrize(
    ("given", "text", "packed_as"),
    [
        (UTF8, UTF8, None),
        (b"", b"", None),
        (gzip.compress(UTF8), UTF8, "gzip"),
        (gzip.compress(UTF8) + gzip.compress(b"b@x.com,\n"), UTF8 + b"b@x.com,\n", "gzip"),
        (TEXT.encode("utf-16"), UTF8, "utf-16"),
        (TEXT.encode("utf-16-le"), UTF8, "utf-16"),
        (gzip.compress(TEXT.encode("utf-16")), UTF8, "utf-16"),
        (b"PK\x03\x04" + bytes(100), b"PK\x03\x04" + bytes(100), "xlsx"),
    ],
)
def test_forms(given: bytes, text: bytes, packed_as: str | None) -> None:
    assert unpacked(given) == (text, packed_as)


@pytest.mark.parametrize(
    "given",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"%PDF-1.7\n" + b"x" * 100,
        b"email\0,name\n" * 10,
        gzip.compress(UTF8)[:-9],
        b"\x1f\x8b\x08" + b"no gzip" * 10,
    ],
)
def test_what_is_no_text_is_refused(given: bytes) -> None:
    with pytest.raises(FileUnreadable):
        unpacked(given)


def test_a_bomb_is_refused_and_takes_no_memory() -> None:
    bomb = gzip.compress(b"a" * (300 * MIB))
    unpacker = Unpacker(100 * MIB)
    tracemalloc.start()

    def feed() -> None:
        for n in range(0, len(bomb), 4096):
            unpacker.feed(bomb[n : n + 4096])

    with pytest.raises(FileUnreadable, match="longer"):
        feed()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 24 * MIB
