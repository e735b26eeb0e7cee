"""The head of a request: what uvicorn takes for granted, and what RFC 9112 asks of a server."""

from collections.abc import Sequence

import httptools

from app.kit.problems import HeadTooLarge, MalformedRequest

MAX_HEAD_BYTES = 64 * 1024
MAX_HEADERS = 200


def checked_address(url: bytes, headers: Sequence[tuple[bytes, bytes]], version: str) -> bytes:
    """The address, with a path. Raises HeadTooLarge and MalformedRequest."""
    size_bytes = len(url) + sum(len(name) + len(value) + 4 for name, value in headers)
    if size_bytes > MAX_HEAD_BYTES:
        raise HeadTooLarge
    if version not in ("1.0", "1.1"):
        raise MalformedRequest("it is HTTP/" + version)
    hosts = sum(name == b"host" for name, _ in headers)
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        raise MalformedRequest("it must have one Host header")
    if not url.isascii():
        raise MalformedRequest("the address holds bytes that are not percent-encoded")
    try:
        address = httptools.parse_url(url)
    except httptools.HttpParserInvalidURLError:
        raise MalformedRequest("the address is none") from None
    return url if address.path else b"/?" + (address.query or b"")  # GET http://host
