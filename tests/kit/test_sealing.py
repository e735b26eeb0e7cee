import pytest
from pydantic import SecretStr

from app.kit.sealing import NotOurSeal, Seal, derived_key

SECRET = SecretStr("a secret of the service")
SEAL = Seal(SECRET, "answers")


@pytest.mark.parametrize("plain", [b"", b"lg_secret", bytes(range(256)) * 5000])
def test_what_was_sealed_is_opened(plain: bytes) -> None:
    sealed = SEAL.close(plain, 7)
    assert SEAL.open(sealed, 7) == plain
    assert len(sealed) == len(plain) + 28
    assert not plain or plain not in sealed


def test_the_same_text_is_never_sealed_alike() -> None:
    assert SEAL.close(b"text", 7) != SEAL.close(b"text", 7)


@pytest.mark.parametrize(
    ("seal", "workspace_id"),
    [
        (SEAL, 8),
        (Seal(SECRET, "webhooks"), 7),
        (Seal(SecretStr("another secret of it"), "answers"), 7),
    ],
)
def test_others_cannot_open_it(seal: Seal, workspace_id: int) -> None:
    with pytest.raises(NotOurSeal):
        seal.open(SEAL.close(b"text", 7), workspace_id)


@pytest.mark.parametrize("place", [0, 12, -1])
def test_what_was_changed_cannot_be_opened(place: int) -> None:
    sealed = bytearray(SEAL.close(b"text", 7))
    sealed[place] ^= 1
    with pytest.raises(NotOurSeal):
        SEAL.open(bytes(sealed), 7)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_what_is_too_short_cannot_be_opened(length: int) -> None:
    with pytest.raises(NotOurSeal):
        SEAL.open(SEAL.close(b"text", 7)[:length], 7)


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = {derived_key(SECRET, purpose) for purpose in ("answers", "webhooks", "")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
