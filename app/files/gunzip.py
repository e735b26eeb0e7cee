"""gzip in steps of bounded size."""

import zlib
from collections.abc import Iterator

from app.files.errors import FileUnreadable

MAGIC = b"\x1f\x8b\x08"
GIVEN_BYTES = 16 * 1024
"""Taken at once: what follows a member is copied, and a file may have many small ones."""
UNPACKED_BYTES = 256 * 1024
WITH_GZIP_HEADER = 31


class Gunzip:
    """Any number of members, one behind the other; zeros may follow. Raises FileUnreadable."""

    def __init__(self) -> None:
        self._rest = b""
        self._member = zlib.decompressobj(WITH_GZIP_HEADER)
        self._is_between = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """In pieces of UNPACKED_BYTES at most."""
        for at in range(0, len(chunk), GIVEN_BYTES):
            self._rest += chunk[at : at + GIVEN_BYTES]
            yield from self._unpacked()

    def finish(self) -> None:
        if self._rest or not (self._is_between or self._member.eof):
            raise FileUnreadable("file_damaged", "The file is cut off: its gzip data do not end.")

    def _unpacked(self) -> Iterator[bytes]:
        while self._rest and self._is_in_member():
            piece = self._step()
            # All may have been taken, and the end of it not yet given.
            while len(piece) == UNPACKED_BYTES and not self._rest:
                yield piece
                piece = self._step()
            if piece:
                yield piece

    def _step(self) -> bytes:
        try:
            piece = self._member.decompress(self._rest, UNPACKED_BYTES)
        except zlib.error:
            raise FileUnreadable("file_damaged", "The gzip data of the file are damaged.") from None
        self._is_between = self._member.eof
        self._rest = self._member.unused_data if self._is_between else self._member.unconsumed_tail
        return piece

    def _is_in_member(self) -> bool:
        """Begin the next one when the last has ended; False when that takes more bytes."""
        if not self._is_between:
            return True
        self._rest = self._rest.lstrip(b"\0")
        if not self._rest.startswith(MAGIC):
            if not MAGIC.startswith(self._rest):
                raise FileUnreadable("file_damaged", "Something else follows the file's gzip data.")
            return False
        self._member = zlib.decompressobj(WITH_GZIP_HEADER)
        self._is_between = False
        return True
