"""One person, one key: however an address or a profile is written."""

from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.identity import ADDRESS_LENGTH, checked_email, domain_key, email_identity, linkedin_key

SAME_ADDRESS = [
    "ann@example.com",
    "Ann@Example.COM",
    "  ann@example.com\t\r\n",
    "ann @ example.com",
    "\ufeffann@example.com",
    "an\u200bn@example.com",
    "ann@exam\u00adple.com",
    "\u00a0ann\u00a0@example.com\u2060",
    "\u202aann@example.com\u202c",
    "<ann@example.com>",
    "Ann <ann@example.com>",
    '"Lee, Ann (Ltd.)" < Ann@example.com >',
    "ann@old.example <ann@example.com>",
    "mailto:ann@example.com",
    "MAILTO:ann@example.com?subject=Hello%20there&cc=bob@example.com",
    "Ann <mailto:%61nn@example.com>",
]


@pytest.mark.parametrize("text", SAME_ADDRESS)
def test_an_address_has_one_key(text: str) -> None:
    found = email_identity(text)
    assert found is not None
    assert found.key == "ann@example.com"
    assert found.normalised_from == (None if text == "ann@example.com" else text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ann+news@example.com", "ann+news@example.com"),
        ("ann.lee@example.com", "ann.lee@example.com"),
        ("o'neil@sub.example.co.uk", "o'neil@sub.example.co.uk"),
        ("ann@anything.test", "ann@anything.test"),
        ("ann@something.example", "ann@something.example"),
        ("ann@München.de", "ann@xn--mnchen-3ya.de"),
        ("ann@XN--MNCHEN-3YA.de", "ann@xn--mnchen-3ya.de"),
        ("ann@Mu\u0308nchen.de", "ann@xn--mnchen-3ya.de"),
        ("Jo\u0308rg@example.com", "j\u00f6rg@example.com"),
        ("J\u00d6RG@example.com", "j\u00f6rg@example.com"),
        ("\u212aim@example.com", "kim@example.com"),
        ("x" * 242 + "@example.com", "x" * 242 + "@example.com"),
    ],
)
def test_what_is_kept_of_an_address(text: str, key: str) -> None:
    found = email_identity(text)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "@",
        "ann",
        "ann@",
        "@example.com",
        "ann@example",
        "ann@test",
        "ann lee@example.com",
        "ann@exam ple.com",
        "ann@@example.com",
        "ann@a@example.com",
        ".ann@example.com",
        "ann.@example.com",
        "an..n@example.com",
        "ann@-example.com",
        "ann@example..com",
        "ann@example.com.",
        "ann@example.123",
        "ann@127.0.0.1",
        "ann@[127.0.0.1]",
        "ann@ab--cd.com",
        "ann@" + "x" * 64 + ".com",
        "x" * 243 + "@example.com",
        "\u0130" * 100 + "@example.com",  # 212 bytes as given, 312 in lower case
        '"ann lee"@example.com',
        "ann@example.com, bob@example.com",
        "<ann@example.com",
        "ann@example.com>",
        "ann@printer.local",
        "ann@host.invalid",
        "a\x00nn@example.com",
        "ann\ud800@example.com",
        "mailto:ann%FF@example.com",  # U+FFFD
        "ann\uff20example.com",
        "a@" + "b." * 1_000_000 + "com",
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_not_an_address(text: str) -> None:
    assert email_identity(text) is None


def test_a_long_text_is_not_parsed() -> None:
    """It takes less time than one that is a third as long."""
    longest = "x: " * (ADDRESS_LENGTH // 3 - 4) + "@example.com"
    assert taken("x: " * 300 + "@example.com") < taken(longest)
    assert email_identity("x " * 400 + "<ann@example.com>")


def taken(text: str) -> float:
    """Seconds of the processor, for a hundred of them."""
    began = process_time()
    assert {email_identity(f"{n}{text}") for n in range(100)} == {None}
    return process_time() - began


ADDRESS_LIKE = st.from_regex(
    r"\A ?[A-Za-z0-9.!'+_-]{1,12}@(?:[A-Za-z0-9-]{1,8}\.){0,3}(?:com|test|local|[a-z0-9]{1,4})\Z"
)
SCRIPT_LIKE = st.text(st.sampled_from("aZ9.@-_+ <>:ßİÖo\u0308K\u200b\u00a0中א\uff11"), max_size=30)


@given(st.one_of(ADDRESS_LIKE, SCRIPT_LIKE, st.text(max_size=40), st.emails()))
@example("a@xn--a.com")
@example("a@x--y.com")
@example("\u212a@\u212a.com")
@example("a@b.LOCAL")
@example("a@b.com\n")
@example("x" * 52 + "@example.com")
def test_the_plain_look_gives_the_answer_of_the_thorough_one(text: str) -> None:
    found = email_identity(text)
    assert (found.key if found else None) == checked_email(text)


@given(st.one_of(ADDRESS_LIKE, SCRIPT_LIKE, st.emails()))
@example("\u0130@example.com")
def test_a_key_is_its_own_key(text: str) -> None:
    found = email_identity(text)
    if found:
        assert email_identity(found.key) == (found.key, None)


@pytest.mark.parametrize(
    "text",
    [
        "linkedin.com/in/ann-lee",
        "https://www.linkedin.com/in/ann-lee/",
        "HTTP://WWW.LinkedIn.com/IN/Ann-Lee",
        "//www.linkedin.com/in/ann-lee",
        "https://de.linkedin.com/in/ann-lee",
        "https://m.linkedin.com/in/ann-lee",
        "https://www.linkedin.com/mwlite/in/ann-lee",
        "https://www.linkedin.com:443/in/ann-lee",
        "https://www.linkedin.com/in/ann-lee/de",
        "https://www.linkedin.com/in/ann-lee/details/experience/",
        "https://www.linkedin.com/in/ann-lee?trk=people&locale=de_DE",
        "https://www.linkedin.com/in/ann-lee/#about",
        "https://www.linkedin.com/in/%61nn-lee",
        " \ufeffhttps://www.linkedin.com/in/ann\u200b-lee\n",
    ],
)
def test_a_profile_has_one_key(text: str) -> None:
    assert linkedin_key(text) == "linkedin.com/in/ann-lee"


def test_a_profile_of_any_script_has_one_key() -> None:
    key = "linkedin.com/in/j\u00e9r\u00f4me-中"
    for slug in (
        "J%C3%A9r%c3%b4me-%E4%B8%AD",
        "j\u00e9r\u00f4me-中",
        "J\u00c9R\u00d4ME-中",
        "je\u0301ro\u0302me-中",
        "JE%CC%81RO%CC%82ME-中",
    ):
        assert linkedin_key(f"https://fr.linkedin.com/in/{slug}/fr") == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann-lee",
        "https://www.linkedin.com/in/",
        "https://www.linkedin.com/in//",
        "https://www.linkedin.com/company/example",
        "https://www.linkedin.com/sales/lead/ACwAAA,NAME_SEARCH",
        "https://www.linkedin.com/pub/ann-lee/1/2/3",
        "https://www.linkedin.com/search?q=/in/ann",
        "https://www.linkedin.com.example.com/in/ann-lee",
        "https://notlinkedin.com/in/ann-lee",
        "https://example.com/?next=linkedin.com/in/ann-lee",
        "https://www.linkedin.com/in/ann lee",
        "https://www.linkedin.com/in/%00",
        "https://www.linkedin.com/in/%ff",
        "https://www.linkedin.com/in/%ED%A0%80",
        "https://www.linkedin.com/in/ann%2Flee",
        "https://www.linkedin.com/in/ann\ud800",
        "https://www.linkedin.com/in/" + "x" * 201,
        "a." * 1_000_000,
    ],
    ids=lambda text: ascii(text[:50]),
)
def test_not_a_profile(text: str) -> None:
    assert linkedin_key(text) is None


@given(st.text(max_size=20))
@example("100%25")
@example("%2541")
def test_a_profile_key_is_its_own_key(slug: str) -> None:
    key = linkedin_key(f"https://www.linkedin.com/in/{slug}")
    if key:
        assert linkedin_key(key) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("example.com", "example.com"),
        (" Example.COM. ", "example.com"),
        ("mail.example.co.uk", "mail.example.co.uk"),
        ("München.de", "xn--mnchen-3ya.de"),
        ("com", None),
        ("", None),
        (".", None),
        ("*.example.com", None),
        ("ann@example.com", None),
        ("https://example.com", None),
        ("exam ple.com", None),
        ("127.0.0.1", None),
    ],
)
def test_a_domain_has_one_key(text: str, key: str | None) -> None:
    assert domain_key(text) == key
