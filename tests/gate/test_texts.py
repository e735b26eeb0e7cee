"""What a verdict says to people. Clients read these sentences."""

import pytest

from app.gate.rules import Verdict
from app.gate.texts import reason
from app.values import Code
from tests.gate.facts import ANN, NOW, terms

DUPLICATE_FOUND = (
    "Duplicate email found: ann@x.com. This lead already exists and cannot be added again"
    " to prevent repeated outreach."
)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (Code.DUPLICATE_IN_CAMPAIGN, "Already exists in this campaign"),
        (Code.BLOCKED, "On global block list"),
        (Code.UNSUBSCRIBED, "Previously unsubscribed"),
        (Code.DUPLICATE_IN_OTHER_CAMPAIGN, "Already exists in another campaign"),
        (Code.IN_PROGRESS_IN_OTHER_CAMPAIGN, "Currently in progress in another campaign"),
    ],
)
def test_fixed_sentences(code: Code, sentence: str) -> None:
    for floor in ("campaign", "active"):
        assert reason(Verdict(code), ANN, terms(policy={"floor": floor})) == sentence


@pytest.mark.parametrize("code", list(Code))
def test_under_a_lock(code: Code) -> None:
    """Both duplicate codes say the same; the others keep their words."""
    said = reason(Verdict(code), ANN, terms(policy={"floor": "workspace"}))
    both = {Code.DUPLICATE_IN_OTHER_CAMPAIGN, Code.IN_PROGRESS_IN_OTHER_CAMPAIGN}
    if code in both:
        assert said == DUPLICATE_FOUND
    else:
        assert said == reason(Verdict(code), ANN, terms())


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    sentences = [reason(Verdict(code), ANN, terms()) for code in Code]
    assert [code for code, said in zip(Code, sentences, strict=True) if said is None] == [
        Code.ADDED,
        Code.UPDATED,
        Code.UNCHANGED,
    ]
    assert len(set(sentences)) == len(sentences) - 2


def test_until_when_somebody_has_to_wait() -> None:
    waits = Verdict(Code.CONTACTED_RECENTLY, allowed_from=NOW)
    assert reason(waits, ANN, terms()) == "Contacted recently; allowed from 2026-11-23"
