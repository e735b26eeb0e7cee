"""What a key may look like, and by what a request is known again."""

import pytest

from app.kit.repeats import fingerprint, idempotency_key


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (None, None),
        ("abc", "abc"),
        ('"abc"', "abc"),
        ('a"b', 'a"b'),
        ('"a\\"b\\\\c"', 'a"b\\c'),
        ("!", "!"),
        ("~" * 255, "~" * 255),
        (f'"{"x" * 255}"', "x" * 255),
    ],
)
def test_a_key_is_bare_or_quoted(given: str | None, key: str | None) -> None:
    assert idempotency_key(given) == key


@pytest.mark.parametrize(
    "given",
    [
        "",
        " ",
        '""',
        '"',
        '"abc',
        'abc, "def"',
        "a b",
        '"a b"',
        '"a\\b"',
        '"a";q=1',
        "a\x7f",
        "é",
        "x" * 256,
        f'"{"x" * 256}"',
    ],
)
def test_anything_else_is_none(given: str) -> None:
    with pytest.raises(ValueError, match="visible ASCII"):
        idempotency_key(given)


BASE = ("POST", "/api/v1/check", b"a=1&b=2", b"{}")


@pytest.mark.parametrize(
    "query", [b"a=1&b=2&api_key=k", b"api_key=k&a=1&b=2", b"a=1&api%5Fkey=k&b=2&api_key"]
)
def test_the_api_key_is_no_part_of_a_request(query: bytes) -> None:
    assert fingerprint("POST", "/api/v1/check", query, b"{}") == fingerprint(*BASE)


@pytest.mark.parametrize(
    "other",
    [
        ("PATCH", "/api/v1/check", b"a=1&b=2", b"{}"),
        ("POST", "/api/v1/keys", b"a=1&b=2", b"{}"),
        ("POST", "/api/v1/check", b"b=2&a=1", b"{}"),
        ("POST", "/api/v1/check", b"a=1&b=2&api_keys=k", b"{}"),
        ("POST", "/api/v1/check", b"a=1&b=2", b""),
        ("POST", "/api/v1/check", b"", b"{}"),
    ],
)
def test_everything_else_is(other: tuple[str, str, bytes, bytes]) -> None:
    assert fingerprint(*other) != fingerprint(*BASE)
