"""Physical lines of a file that streams in, with the place where each one ends."""

from collections.abc import Iterable, Iterator

BLOCK_BYTES = 128 * 1024
"""Read at once: so large that the loop over blocks costs nothing, and in the cache still."""
MAX_RECORD_BYTES = 1024 * 1024
"""A record that is longer is not read; neither is a longer line held."""
KEPT_BYTES = 64 * 1024
"""Of the beginning of such a line, to show it."""


class Lines:
    """The lines of the open record and of what was read ahead; all before is forgotten.

    A line ends with ``\\n``, ``\\r\\n`` or ``\\r`` and keeps it. Of a line beyond MAX_RECORD_BYTES
    the midst is dropped, but its length counts.
    """

    def __init__(self, chunks: Iterable[bytes], offset: int, line: int) -> None:
        self.start = offset
        """Where the first of ``held`` begins."""
        self.line = line
        """The number of the first of ``held``."""
        self.held: list[bytes] = []
        self.ends: list[int] = []
        """For each of ``held``, the offset where the next one begins. Always the same list."""
        self._blocks = _blocks(chunks)
        self._tail = b""
        self._beginning = b""
        """Of a line that is too long, as long as its end is not there."""
        self._dropped = 0

    @property
    def next_line(self) -> int:
        """The number of the first line that is not held yet."""
        return self.line + len(self.held)

    def held_bytes(self) -> int:
        return self.ends[-1] - self.start if self.ends else 0

    def forget_before(self, line: int) -> None:
        if count := line - self.line:
            self.start = self.ends[count - 1]
            self.line = line
            del self.held[:count], self.ends[:count]

    def read_on(self) -> list[bytes]:
        """Hold more lines, and return them; none at the end of the file."""
        for block in self._blocks:
            if lines := self._split(block):
                return self._hold(lines)
        last, self._tail = self._tail, b""
        return self._hold([last]) if last else []

    def _split(self, block: bytes) -> list[bytes]:
        """The lines that this block completes."""
        text = self._tail + block
        if self._beginning and b"\n" not in text and b"\r" not in text:
            self._drop_midst_of(text)
            return []
        lines = text.splitlines(keepends=True)
        # A carriage return may be half of a line end whose other half is yet to come.
        self._tail = b"" if lines[-1].endswith(b"\n") else lines.pop()
        if not lines and (self._beginning or len(self._tail) > MAX_RECORD_BYTES):
            self._drop_midst_of(self._tail)
        return lines

    def _drop_midst_of(self, text: bytes) -> None:
        if not self._beginning:
            self._beginning, text = text[:KEPT_BYTES], text[KEPT_BYTES:]
        self._dropped += len(text) - 1
        self._tail = text[-1:]

    def _hold(self, lines: list[bytes]) -> list[bytes]:
        end = (self.ends[-1] if self.ends else self.start) + self._dropped
        lines[0] = self._beginning + lines[0]
        self._beginning, self._dropped = b"", 0
        for line in lines:
            end += len(line)
            self.ends.append(end)
        self.held += lines
        return lines


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of nearly one size, however small or large they come."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size < BLOCK_BYTES:
            continue
        together = b"".join(waiting)
        for at in range(0, size, BLOCK_BYTES):
            yield together[at : at + BLOCK_BYTES]
        waiting, size = [], 0
    if size:
        yield b"".join(waiting)
