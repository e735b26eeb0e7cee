"""Whatever a file holds, it gets a mapping that can be used."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.imports.batch import given_row
from app.imports.mapping.email_words import CONSENT
from app.imports.mapping.mapping import Mapping
from app.imports.mapping.suggest import suggest
from app.imports.mapping.synonyms import AT_NEED, USUAL
from app.imports.mapping.targets import TARGETS
from app.values import Code

SPELLINGS = sorted(
    {
        header
        for tier in (USUAL, AT_NEED)
        for languages in tier.values()
        for headers in languages.values()
        for header in headers
    }
)
HEADERS = st.lists(
    st.sampled_from([*SPELLINGS, *CONSENT, "Column 3", "", " ", "Note", "note"])
    | st.text(max_size=9),
    unique=True,
    max_size=9,
)
CELLS = st.one_of(
    st.sampled_from(["a@x.com", "https://linkedin.com/in/a", "+420777123456", '{"a": [1]}', "0"]),
    st.sampled_from(["'+1", '="1"', "a ::: b", "nan", "Dr. Ann Doe, MBA", "{", "a,b", "x" * 1_001]),
    st.text(max_size=9),
)
ROWS = st.lists(st.lists(CELLS, max_size=10), max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)
EXTRA = st.none() | st.dictionaries(
    st.text(max_size=5) | st.just("custom_fields"), VALUES, max_size=3
)


@given(
    HEADERS,
    ROWS,
    st.lists(st.sampled_from(["Note", "NOTE", "city", "email"]) | st.text(max_size=5)),
)
def test_a_suggestion_gives_no_target_twice_and_can_be_used(
    headers: list[str], sample: list[list[str]], variables: list[str]
) -> None:
    found = suggest(headers, sample, variables)
    assert [one.name for one in found.columns] == headers
    targets = [one.target for one in found.columns if one.target is not None]
    assert len(targets) == len(set(targets))
    assert all(0 <= one.confidence <= 1 and one.reason for one in found.columns)
    if "email" in targets:
        mapping = Mapping.checked(headers, {one.name: one.target for one in found.columns})
        assert mapping.stored() == Mapping.of_suggestion(found).stored()


@given(
    st.lists(
        st.sampled_from([*TARGETS, "custom_fields.a", "custom_fields.b"]), unique=True, max_size=9
    ),
    st.sampled_from(["Revenue", "Revenue (Mio €)"]),
    ROWS,
    EXTRA,
)
def test_every_row_becomes_a_lead_that_the_gate_reads(
    targets: list[str], header: str, rows: list[list[str]], extra: dict[str, Any] | None
) -> None:
    mapping = Mapping([f"{header} {n}" for n, _ in enumerate(targets)], targets)
    for row in rows:
        lead, _, _ = mapping.apply(row, extra)
        assert not {"full_name", "tags"} & lead.keys()
        assert all(value not in ("", None, {}) for value in lead.values())
        candidate = given_row(lead).candidate
        assert (candidate.row.broken is Code.MISSING_EMAIL) is ("email" not in lead)
