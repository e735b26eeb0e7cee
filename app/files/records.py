"""Records of a file, one after the other, from any place where one begins."""

import csv
import io
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any, NamedTuple

from app.files.columns import column_names
from app.files.errors import FileUnreadable
from app.files.formats import FileFormat
from app.files.lines import MAX_RECORD_BYTES, Lines
from app.files.objects import NotAnObject, read_object

MAX_UNCLOSED = 20
"""Each costs reading MAX_RECORD_BYTES for nothing, 70 ms at worst. A table has one or two, because
the next quote closes the last; a hostile file could have one in every line."""
TOO_LONG = f"is longer than {MAX_RECORD_BYTES // 1024} KiB"
UNCLOSED = "has a quote that is never closed"
HAS_NUL = "has a NUL character"
REPEATS_HEADER = "repeats the header"
MAX_SHOWN_LENGTH = 10_000
"""Characters of a row that cannot be read; as many as a custom field has."""
SHOWN_INSTEAD = "\N{REPLACEMENT CHARACTER}"


class Record(NamedTuple):
    line: int
    """The physical line where it begins; the first of the file is 1."""
    cells: Sequence[str]
    """One for each header, with the space around it. What cannot be put into columns is in the
    first, as far as it can be shown."""
    extra: Mapping[str, Any] | None
    """NDJSON only: the texts of keys that are no header."""
    problem: str | None
    """The end of a sentence that begins with the row: ``has 5 cells, the header has 4``."""

    @property
    def sentence(self) -> str | None:
        """What is wrong with it, for people."""
        return f"The row {self.problem}" if self.problem else None


class _CannotEnd(Exception):
    """The record that is being read is too long, or its quote is never closed."""


class Records:
    """Iterate once. After each record ``offset`` and ``line`` say where the next one begins.

    ``chunks`` are the bytes from ``offset`` on. Another ``Records`` that begins there yields
    exactly the rest of these. Memory stays flat, whatever the file holds.
    Raises FileUnreadable when too many quotes were never closed.

    Skipped without a word: rows without a filled cell.
    """

    def __init__(
        self,
        format: FileFormat,  # noqa: A002 - so it is called wherever it is stored or sent
        chunks: Iterable[bytes],
        *,
        offset: int,
        line: int,
    ) -> None:
        self.offset = offset
        self.line = line
        self._format = format
        self._headers = list(format.headers)
        self._lines = Lines(chunks, offset, line)
        self._broken: dict[int, str] = {}
        """What is wrong with the text of a line, by its number."""
        self._unclosed = 0
        self._records: Generator[Record] = (
            self._objects() if format.kind == "ndjson" else self._rows()
        )

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def __next__(self) -> Record:
        return next(self._records)

    def close(self) -> None:
        """What is held goes at once, and not when cycles are looked for."""
        self._records.close()

    def _rows(self) -> Generator[Record]:
        while True:
            try:
                yield from self._parsed_rows()
            except _CannotEnd:
                yield self._without_end()
            else:
                return

    def _parsed_rows(self) -> Generator[Record]:
        """The hot path: a row as it should be costs no call of ours.

        The reader takes no line before it needs it, so the number of those that it took says where
        the record ends. Raises _CannotEnd, with the place still at the record's beginning.
        """
        lines, broken, width = self._lines, self._broken, len(self._headers)
        ends, new = lines.ends, tuple.__new__
        looked_into = {self._headers[0], ""}
        lines_before = self.line
        reader = csv.reader(chain.from_iterable(self._texts()), delimiter=self._format.delimiter)
        for cells in reader:
            line, after = self.line, lines_before + reader.line_num
            end = ends[after - lines.line - 1]
            if end - self.offset > MAX_RECORD_BYTES:
                raise _CannotEnd
            self.line, self.offset = after, end
            if len(cells) == width and not broken and cells[0].strip() not in looked_into:
                yield new(Record, (line, cells, None, None))
            elif record := self._judged(line, cells):
                yield record

    def _judged(self, line: int, cells: list[str]) -> Record | None:
        """Of a row that is not simply good."""
        bare = [cell.strip() for cell in cells]
        if not any(bare):
            return None
        if self._repeats_header(bare):
            return Record(line, cells, None, REPEATS_HEADER)
        width = len(self._headers)
        problem = next(
            (self._broken[at] for at in range(line, self.line) if at in self._broken), None
        )
        if any(bare[width:]) and not problem:
            wrong = f"has {_counted(len(cells), 'cell')}, the header has {width}"
            return self._unread(line, wrong, _written(cells, self._format.delimiter))
        return Record(line, (cells + [""] * (width - len(cells)))[:width], None, problem)

    def _unread(self, line: int, problem: str, text: str) -> Record:
        """All in the first cell: put into the wrong columns, it would look right."""
        first = text[:MAX_SHOWN_LENGTH].strip()
        return Record(line, [first] + [""] * (len(self._headers) - 1), None, problem)

    def _held(self, line: int) -> str:
        """The text of a line, as far as it is held, and can be shown."""
        raw = self._lines.held[line - self._lines.line][: 4 * MAX_SHOWN_LENGTH]
        return raw.decode(self._format.encoding, errors="replace").replace("\0", SHOWN_INSTEAD)

    def _repeats_header(self, cells: list[str]) -> bool:
        """The second question costs more than the reading of a row; the first is nearly as good."""
        first = next(place for place, cell in enumerate(cells) if cell)
        return (
            len(cells) == len(self._headers)
            and cells[first][0] == self._headers[first][0]
            and column_names(cells) == self._headers
        )

    def _without_end(self) -> Record:
        """Stands for the record begun. The next one begins on the line after its first."""
        line, start = self.line, self.offset
        self.line, self.offset = line + 1, self._lines.ends[line - self._lines.line]
        if self.offset - start > MAX_RECORD_BYTES:
            return self._unread(line, TOO_LONG, self._held(line))
        self._unclosed += 1
        if self._unclosed > MAX_UNCLOSED:
            raise FileUnreadable(
                "file_damaged",
                f"More than {MAX_UNCLOSED} rows have a quote that is never closed;"
                f" the last of them begins on line {line}.",
            )
        return self._unread(line, UNCLOSED, self._held(line))

    def _texts(self) -> Iterator[list[str]]:
        """The lines from the place on, in text, as many at once as are held."""
        lines = self._lines
        lines.forget_before(self.line)
        fresh = list(lines.held)
        while True:
            yield self._decoded(fresh)
            lines.forget_before(self.line)
            if lines.held_bytes() > MAX_RECORD_BYTES:
                raise _CannotEnd
            fresh = lines.read_on()
            if not fresh:
                break
        if lines.held:
            raise _CannotEnd

    def _decoded(self, fresh: list[bytes]) -> list[str]:
        encoding = self._format.encoding
        for line in [line for line in self._broken if line < self.line]:
            del self._broken[line]
        try:
            if not any(map(bytes.__contains__, fresh, repeat(b"\0"))):
                return [line.decode(encoding) for line in fresh]
        except UnicodeDecodeError:
            pass
        first = self._lines.next_line - len(fresh)
        return [self._mended(line, raw) for line, raw in enumerate(fresh, first)]

    def _mended(self, line: int, raw: bytes) -> str:
        encoding = self._format.encoding
        text = raw.decode(encoding, errors="replace").replace("\0", SHOWN_INSTEAD)
        if b"\0" in raw:
            self._broken[line] = HAS_NUL
        elif SHOWN_INSTEAD in text and not _is_text(raw, encoding):
            self._broken[line] = f"has bytes that are not {encoding} text"
        return text

    def _objects(self) -> Generator[Record]:
        lines = self._lines
        while lines.read_on():
            for raw, end in zip(lines.held, lines.ends, strict=True):
                line, size = self.line, end - self.offset
                self.line, self.offset = line + 1, end
                if size > MAX_RECORD_BYTES:
                    yield self._unread(line, TOO_LONG, self._held(line))
                elif not raw.isspace():
                    yield self._object(line, raw)
            lines.forget_before(self.line)

    def _object(self, line: int, raw: bytes) -> Record:
        try:
            texts = read_object(raw)
        except NotAnObject as error:
            return self._unread(line, str(error), self._held(line))
        cells = [texts.pop(header, "") for header in self._headers]
        return Record(line, cells, texts or None, None)


def count_next(records: Iterable[Record], most: int) -> int:
    """How many there still are, good and bad, up to so many; they are passed."""
    return sum(1 for _ in islice(records, most))


def _written(cells: Sequence[str], delimiter: str) -> str:
    """The cells as a row of a file again."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(cells)
    return text.getvalue()


def _is_text(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
