"""multipart/form-data (RFC 7578) as it streams in: short texts, and one file that is never held."""

import re
from collections import deque
from collections.abc import AsyncIterator, Set
from dataclasses import dataclass, field
from typing import Self

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.kit.findings import pointer
from app.kit.json_text import NUL
from app.kit.problems import InvalidRequest, MalformedMultipart, UnsupportedMediaType

FILE = "file"
MAX_PARTS = 20
MAX_TEXT_BYTES = 64 * 1024
MAX_NAME = 255
MULTIPART = "multipart/form-data"
AS_IT_IS = {b"", b"7bit", b"8bit", b"binary"}
"""Content-Transfer-Encodings of parts that need no decoding; RFC 7578 takes no others."""
UNPRINTED = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(slots=True)
class _Part:
    """``pieces`` holds what has come and was not taken yet."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: str = ""
    file_name: str = ""
    size_bytes: int = 0
    pieces: deque[bytes] = field(default_factory=deque)


class Form:
    """A form with one part ``file``; the others are texts by name, before it or behind.

    To be read in this order: ``file_name``, ``file``, ``texts``. Raises UnsupportedMediaType,
    MalformedMultipart, and InvalidRequest for what a form may not hold or lacks.
    """

    def __init__(self, content_type: str, body: AsyncIterator[bytes], texts: Set[str]) -> None:
        """``texts`` are the names that other parts may have."""
        self._body, self._known = body, texts | {FILE}
        self._parts: dict[str, _Part] = {}
        self._part = _Part()
        self._count, self._whole = 0, False
        self._header, self._value = bytearray(), bytearray()
        self._parser = self._parser_of(content_type)

    @classmethod
    def of(cls, request: Request, *texts: str) -> Self:
        return cls(request.headers.get("content-type", ""), request.stream(), frozenset(texts))

    async def file_name(self) -> str:
        """As the client calls it; may be empty. Reads on until the file begins."""
        while FILE not in self._parts and await self._more():
            pass
        if FILE not in self._parts:
            raise _refused(FILE, "missing", "The form has no part of this name.")
        return self._parts[FILE].file_name

    async def file(self) -> AsyncIterator[bytes]:
        await self.file_name()
        pieces, more = self._parts[FILE].pieces, True
        while more:
            more = self._is_in_file() and await self._more()
            while pieces:
                yield pieces.popleft()

    async def texts(self) -> dict[str, str]:
        """Reads to the end."""
        while await self._more():
            pass
        return {name: _text(part) for name, part in self._parts.items() if name != FILE}

    def _is_in_file(self) -> bool:
        return self._part is self._parts[FILE]

    async def _more(self) -> bool:
        """Feed one more piece of the body; False at its end."""
        chunk = await anext(self._body, None)
        if chunk is None:
            if not self._whole:
                raise MalformedMultipart("it ends before its last boundary")
            return False
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise MalformedMultipart(str(error)) from None
        return True

    def _parser_of(self, content_type: str) -> MultipartParser:
        media_type, options = parse_options_header(content_type)
        if media_type != MULTIPART.encode():
            raise UnsupportedMediaType(
                "The body must be a form, sent as Content-Type: multipart/form-data."
            )
        if not options.get(b"boundary"):
            raise MalformedMultipart("its Content-Type names no boundary")
        try:
            return MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._on_header_name,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers,
                    "on_part_data": self._on_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise MalformedMultipart(str(error)) from None

    def _begin(self) -> None:
        self._count += 1
        if self._count > MAX_PARTS:
            raise MalformedMultipart(f"it has more than {MAX_PARTS} parts")
        self._part = _Part()

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._part.headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _on_headers(self) -> None:
        part = self._part
        disposition = part.headers.get(b"content-disposition", b"").decode("latin-1")
        kind, options = parse_options_header(disposition)
        if kind != b"form-data" or b"name" not in options:
            raise MalformedMultipart("a part has no name in its Content-Disposition")
        part.name = _readable(options[b"name"])
        part.file_name = _readable(options.get(b"filename", b""))
        self._refuse(part)
        self._parts[part.name] = part

    def _refuse(self, part: _Part) -> None:
        if part.name not in self._known:
            raise _refused(part.name, "extra_forbidden", "The form has no such part.")
        if part.name in self._parts:
            raise _refused(part.name, "repeated", "The form has several parts of this name.")
        if part.headers.get(b"content-transfer-encoding", b"").lower() not in AS_IT_IS:
            raise _refused(part.name, "encoded", "Parts are sent as they are, not encoded.")

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        part.size_bytes += end - start
        if part.name != FILE and part.size_bytes > MAX_TEXT_BYTES:
            raise _refused(part.name, "too_long", f"Longer than {MAX_TEXT_BYTES // 1024} KiB.")
        part.pieces.append(data[start:end])

    def _on_part_end(self) -> None:
        self._part = _Part()

    def _on_end(self) -> None:
        self._whole = True


def _text(part: _Part) -> str:
    try:
        text = b"".join(part.pieces).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(part.name, "invalid_text", "Not valid UTF-8.") from None
    if NUL in text:
        raise _refused(part.name, "invalid_text", "Text may not hold a NUL character.")
    return text


def _readable(name: bytes) -> str:
    return UNPRINTED.sub("\N{REPLACEMENT CHARACTER}", name.decode(errors="replace"))[:MAX_NAME]


def _refused(name: str, code: str, detail: str) -> InvalidRequest:
    where = pointer([name])
    error = {"pointer": where, "code": code, "detail": detail}
    return InvalidRequest(f"{where}: {detail}", errors=[error])
