"""A batch is judged in its order: who repeats whom."""

import pytest

from app.gate.facts import UNKNOWN, Facts
from app.gate.rules import Row, judge
from app.values import Code, OnLinkedinMatch, SuppressionKind
from tests.gate.facts import HERE, entry, known, member, profile_of, suppressed, terms

ANN, BOB = "ann@x.com", "bob@x.com"
P1, P2 = "linkedin.com/in/one", "linkedin.com/in/two"
BLOCKED = suppressed(entry(SuppressionKind.BLOCK))
TAKEN = Facts(profile_owner=profile_of("zoe@x.com"))

Rows = list[tuple[Row, Facts]]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([(Row(ANN), UNKNOWN), (Row(ANN), UNKNOWN)], ["added", "duplicate_in_batch"]),
        ([(Row(ANN, P1), UNKNOWN), (Row(BOB, P1), UNKNOWN)], ["added", "duplicate_in_batch"]),
        ([(Row(ANN, P1), UNKNOWN), (Row(BOB, P2), UNKNOWN)], ["added", "added"]),
        ([(Row(ANN), BLOCKED), (Row(ANN), BLOCKED)], ["blocked", "blocked"]),
        ([(Row(ANN, P1), TAKEN), (Row(ANN), UNKNOWN)], ["duplicate_linkedin", "added"]),
        ([(Row(ANN, P1), BLOCKED), (Row(BOB, P1), UNKNOWN)], ["blocked", "added"]),
        (
            [(Row(ANN), known(member(2))), (Row(ANN), known(member(2)))],
            ["duplicate_in_other_campaign"] * 2,
        ),
        (
            [(Row(ANN), known(member(HERE))), (Row(ANN), known(member(HERE)))],
            ["duplicate_in_campaign"] * 2,
        ),
        (
            [(Row(None, broken=Code.INVALID_EMAIL), UNKNOWN), (Row(ANN), UNKNOWN)] * 2,
            ["invalid_email", "added", "invalid_email", "duplicate_in_batch"],
        ),
        ([], []),
    ],
    ids=[
        "address",
        "profile",
        "two people",
        "refused again",
        "the other row has no profile",
        "profile of somebody refused",
        "elsewhere",
        "here",
        "nobody repeats nobody",
        "nothing",
    ],
)
def test_only_who_was_taken_is_repeated(rows: Rows, codes: list[str]) -> None:
    assert [found.code for found in judge(rows, terms())] == codes


def test_who_ignores_profiles_repeats_none() -> None:
    rows: Rows = [(Row(ANN, P1), UNKNOWN), (Row(BOB, P1), UNKNOWN), (Row(BOB), UNKNOWN)]
    found = judge(rows, terms(on_linkedin_match=OnLinkedinMatch.IGNORE))
    assert [one.code for one in found] == ["added", "added", "duplicate_in_batch"]
