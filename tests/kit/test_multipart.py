"""Forms in pieces of every size, with their parts in any order."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest

from app.kit.multipart import MAX_PARTS, MAX_TEXT_BYTES, Form
from app.kit.problems import Problem

TYPE = "multipart/form-data; boundary=x"
CSV = b"email\r\nann@example.com\r\n--\r\n--y\r\n"
END = b"--x--\r\n"
TEXTS = frozenset(("settings", "note"))


def part(name: str, content: bytes, more: bytes = b"") -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n' % (name.encode(), more)
    return head + content + b"\r\n"


FILE = part("file", CSV, b'; filename="a.csv"')
SETTINGS = part("settings", '{"tags": ["ä"]}'.encode(), b"\r\nContent-Type: application/json")
NOTE = part("note", b"")
SENT = {"settings": '{"tags": ["ä"]}', "note": ""}


async def read(
    body: bytes, size: int, content_type: str = TYPE
) -> tuple[str, bytes, dict[str, str]]:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), size):
            yield body[start : start + size]
        yield b""

    form = Form(content_type, pieces(), TEXTS)
    name = await form.file_name()
    return name, b"".join([chunk async for chunk in form.file()]), await form.texts()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 100, 10_000])
@pytest.mark.parametrize(
    "parts",
    [[FILE, SETTINGS, NOTE], [SETTINGS, FILE, NOTE], [NOTE, SETTINGS, FILE]],
    ids=["first", "between", "last"],
)
async def test_the_file_may_stand_anywhere(parts: list[bytes], size: int) -> None:
    assert await read(b"".join(parts) + END, size) == ("a.csv", CSV, SENT)


@pytest.mark.parametrize("before", [b"", b"\r\n", b"\r\n\r\n"])
@pytest.mark.parametrize("behind", [b"", b"\r\n", b"more, which means nothing" * 1000])
async def test_what_stands_around_the_form_means_nothing(before: bytes, behind: bytes) -> None:
    assert await read(before + FILE + END + behind, 100) == ("a.csv", CSV, {})


@pytest.mark.parametrize("at_once", [1, 100_000])
async def test_the_file_is_handed_on_before_it_has_come(at_once: int) -> None:
    come = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal come
        for piece in (FILE[:-2], *[b"x" * at_once] * 50, b"\r\n", END):
            come += 1
            yield piece

    form = Form(TYPE, pieces(), TEXTS)
    taken = 0
    async for chunk in form.file():
        assert len(chunk) <= max(at_once, len(CSV))
        taken += 1
        assert come <= taken + 2
    assert come >= 51


async def test_a_form_is_read_up_to_its_file_and_no_further() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield FILE[:-5]
        raise AssertionError("nobody asked for more")

    assert await Form(TYPE, pieces(), TEXTS).file_name() == "a.csv"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (FILE + part("settings", b"x" * (MAX_TEXT_BYTES + 1)) + END, 422, "/settings: Longer than"),
        (FILE + part("settings", b"\xff") + END, 422, "/settings: Not valid UTF-8."),
        (FILE + part("settings", b"a\x00") + END, 422, "/settings: Text may not hold a NUL"),
        (FILE + SETTINGS + SETTINGS + END, 422, "/settings: The form has several parts"),
        (SETTINGS + END, 422, "/file: The form has no part of this name."),
        (part("a/b", b"") + END, 422, "/a~1b: The form has no such part."),
        (FILE + SETTINGS, 400, "The form could not be read: it ends before its last boundary."),
        (FILE + b"--x-", 400, "The form could not be read: it ends before its last boundary."),
        (FILE + b"--x\rx", 400, "The form could not be read:"),
    ],
)
@pytest.mark.parametrize("size", [1, 10_000])
async def test_what_is_wrong_is_said(body: bytes, status: int, said: str, size: int) -> None:
    with pytest.raises(Problem) as raised:
        await read(body, size)
    assert raised.value.status == HTTPStatus(status)
    assert raised.value.detail.startswith(said)


async def test_parts_are_counted() -> None:
    names = frozenset(f"n{n}" for n in range(MAX_PARTS + 1))

    async def pieces() -> AsyncIterator[bytes]:
        for name in sorted(names):
            yield part(name, b"")

    with pytest.raises(Problem, match="more than 20 parts"):
        await Form(TYPE, pieces(), names).texts()


async def test_the_longest_text_is_taken() -> None:
    body = FILE + part("settings", b"x" * MAX_TEXT_BYTES) + END
    assert (await read(body, 1000))[2] == {"settings": "x" * MAX_TEXT_BYTES}
