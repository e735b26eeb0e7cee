"""What a file is packed in, taken off while it streams."""

import zlib

from app.files.errors import FileUnreadable

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


class Unpacker:
    """Gzip comes off; a workbook passes as it is; ``packed_as`` says which, after the start."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes, self._bytes = max_bytes, 0
        self._start: bytes | None = b""
        self._gzip = zlib.decompressobj(wbits=31)
        self.packed_as: str | None = None

    def feed(self, chunk: bytes) -> bytes:
        if self._start is not None:
            chunk = self._start + chunk
            if len(chunk) < len(ZIP):
                self._start = chunk
                return b""
            self._begin(chunk)
        return self._counted(self._unpacked(chunk))

    def finish(self) -> bytes:
        if self._start is not None:
            return self._counted(self._start)
        if self.packed_as == "gzip" and not self._gzip.eof:
            raise FileUnreadable("gzip_broken", "The gzip file ends before its end.")
        return b""

    def _begin(self, start: bytes) -> None:
        self._start = None
        if start.startswith(GZIP):
            self.packed_as = "gzip"
        elif start.startswith(ZIP):
            self.packed_as = "xlsx"

    def _unpacked(self, chunk: bytes) -> bytes:
        if self.packed_as != "gzip":
            return chunk
        try:
            return self._gzip.decompress(chunk)
        except zlib.error:
            raise FileUnreadable("gzip_broken", "The gzip file is broken.") from None

    def _counted(self, text: bytes) -> bytes:
        self._bytes += len(text)
        if self._bytes > self._max_bytes:
            raise FileUnreadable("file_too_large", "The file is larger than 2 GiB of text.")
        return text
