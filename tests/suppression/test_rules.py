import pytest

from app.suppression.rules import (
    Refused,
    candidates,
    parse_entries,
    parse_entry,
    searched,
    would_stop,
)


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("ann@x.com", ["ann@x.com", "x.com", "*.x.com"]),
        ("ann@b.x.com", ["ann@b.x.com", "b.x.com", "*.b.x.com", "*.x.com"]),
        (
            "ann@a.b.x.co.uk",
            [
                "ann@a.b.x.co.uk",
                "a.b.x.co.uk",
                "*.a.b.x.co.uk",
                "*.b.x.co.uk",
                "*.x.co.uk",
                "*.co.uk",
            ],
        ),
    ],
)
def test_which_entries_would_stop_an_address(email: str, expected: list[str]) -> None:
    assert candidates(email) == expected


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("ann@x.com", "ann@x.com"),
        ("  Ann <ANN@X.com> ", "ann@x.com"),
        ("mailto:ann@x.com", "ann@x.com"),
        ("x.com", "x.com"),
        ("X.COM.", "x.com"),
        ("@x.com", "x.com"),
        ("*@x.com", "x.com"),
        ("*.x.com", "*.x.com"),
        (" *.X.com ", "*.x.com"),
        ("\ufeff*.x.com\u00a0", "*.x.com"),
        ("*.münchen.de", "*.xn--mnchen-3ya.de"),
        ("ann@münchen.de", "ann@xn--mnchen-3ya.de"),
        ("", None),
        ("@", None),
        ("*", None),
        ("*.", None),
        ("com", None),
        ("*.com", None),
        ("*.*.x.com", None),
        ("*x.com", None),
        ("*.ann@x", None),
        ("x .com", None),
        ("https://x.com/", None),
        ("ann@x.com, bob@x.com", None),
        ("a\x00@x.com", None),
        ("*." + "b." * 1_000_000 + "com", None),
    ],
    ids=lambda text: ascii(text)[:40],
)
def test_what_a_text_means(text: str, entry: str | None) -> None:
    assert parse_entry(text) == entry


def test_what_is_no_entry_is_named_by_its_place() -> None:
    entries, refused = parse_entries({"emails": ["ann@x.com", "ann@"], "domains": ["?", "x.com"]})
    assert entries == ["ann@x.com", "x.com"]
    assert refused == [Refused("emails", 1, "ann@"), Refused("domains", 0, "?")]
    assert [one.pointer for one in refused] == ["/emails/1", "/domains/0"]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("Ann@b.x.com", ["ann@b.x.com", "b.x.com", "*.b.x.com", "*.x.com"]),
        ("b.x.com", ["b.x.com", "*.b.x.com", "*.x.com"]),
        ("*.x.com", None),
        ("ann@", None),
    ],
)
def test_what_would_stop_a_text(text: str, entries: list[str] | None) -> None:
    assert would_stop(text) == entries


@pytest.mark.parametrize(
    ("text", "part"), [(" Ann@X", "ann@x"), ("München.de", "xn--mnchen-3ya.de"), ("mün", "mün")]
)
def test_how_a_part_of_an_entry_is_written(text: str, part: str) -> None:
    assert searched(text) == part
