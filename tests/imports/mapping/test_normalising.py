"""Why an address was read otherwise than it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity import email_identity
from app.imports.mapping.normalising import NORMALISATIONS, normalisation

CASES = {
    "ann@x.com": (),
    " ann@x.com\t": ("spaces",),
    "ann @ x.com": ("spaces",),
    "Ann@X.com": ("capitals",),
    " Ann@x.com": ("spaces", "capitals"),
    "ann@x.com\u00a0": ("invisible_characters",),
    "an\u200bn@x.com": ("invisible_characters",),
    "Ann <ann@x.com>": ("display_name",),
    "<ann@x.com>": ("display_name",),
    "mailto:ann@x.com?subject=Hi": ("mailto",),
    "Ann <mailto:Ann@x.com>": ("capitals", "display_name", "mailto"),
    "ann@äpfel.de": ("internationalised_domain",),
    "Ann@Äpfel.de": ("capitals", "internationalised_domain"),
    "re\u0301mi@x.com": ("other",),
    "rémi@x.com": (),
}


@pytest.mark.parametrize("written", CASES)
def test_reasons(written: str) -> None:
    identity = email_identity(written)
    assert identity is not None
    assert normalisation(written, identity.key) == CASES[written]


PARTS = st.sampled_from(
    [
        *(
            "ann",
            "A",
            ".",
            "é",
            "e\u0301",
            " ",
            "\u200b",
            "\u00a0",
            "<",
            ">",
            "mailto:",
            "@",
            "x.com",
        ),
        *("%41", "?", "İ", "ß", "\uff0e", "ä.de", "xn--pfel-koa.de", "\n"),
    ]
)


@given(
    st.lists(PARTS, max_size=9).map("".join) | st.text(max_size=9).map(lambda text: f"{text}@x.com")
)
def test_every_difference_has_a_reason_and_nothing_else_has(written: str) -> None:
    identity = email_identity(written)
    if identity is None:
        return
    reasons = normalisation(written, identity.key)
    assert bool(reasons) is (identity.normalised_from is not None)
    assert set(reasons) <= set(NORMALISATIONS)
    assert list(reasons) == sorted(set(reasons), key=NORMALISATIONS.index)
