import pytest

from app.kit.redaction import redacted, redacted_value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ann <ann.lee+x@ex-ample.co.uk>", "Ann <[address]>"),
        ("jörg@müller.de", "[address]"),
        ("o'brien@x.com", "[address]"),
        ('"ann lee"@example.com', "[address]"),
        ("bounce+ann=example.com@sender.com", "[address]"),
        ("/leads/why?email=ann%40example.com&x=1", "/leads/why?[address]&x=1"),
        ("Key (id, email)=(7, ann@example.com) exists", "Key (id, email)=(7, [address]) exists"),
        ("postgresql://leadgate:hunter2@db:54/x", "postgresql://[secret]@db:54/x"),
        ("redis://:hunter2@127.0.0.1", "redis://[secret]@127.0.0.1"),
        ("/campaigns?api_key=0123abc&x=1", "/campaigns?api_key=[secret]&x=1"),
        ("{'X-API-Key': '0123abc'}", "{'X-API-Key': '[secret]'}"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [secret]"),
        ("(b'authorization', b'x') Bearer abc", "(b'authorization', b'x') Bearer [secret]"),
        ("the key lg_-y9Ymru1p_APoSQ123", "the key [key]"),
        (
            "[type=x, input_value={'a': 'b'}, input_type=dict]",
            "[type=x, input_value=[secret], input_type=dict]",
        ),
        (
            "at @ noon, @router.get, a token, key: value",
            "at @ noon, @router.get, a token, key: value",
        ),
    ],
)
def test_what_looks_like_personal_data_is_replaced(text: str, told: str) -> None:
    assert redacted(text) == told


def test_it_looks_into_every_field() -> None:
    given = {"ann@example.com": [1, None, ("ann@example.com", ValueError("ann@example.com"))]}
    assert redacted_value(given) == {
        "[address]": [1, None, ["[address]", "ValueError([address]')"]]
    }
