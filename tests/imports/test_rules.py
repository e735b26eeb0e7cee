"""How verdicts are counted, and how a known person's fields are merged."""

from typing import Any

import pytest

from app.gate.rules import Conflict
from app.imports.rules import (
    ALREADY_HERE,
    BLOCKED,
    DUPLICATES,
    GROUPS,
    Tally,
    message,
    most_in_the_way,
    refused_most,
    wanted_codes,
)
from app.leads.merge import Profile, merged
from app.values import CampaignId, Code, Outcome

C = Code
OWN_COUNTER = {Code.UNSUBSCRIBED, Code.INVALID_EMAIL, Code.KNOWN_UNDELIVERABLE}
NO_COUNTER = {
    Code.ADDED,
    Code.DELETED_HERE,
    Code.NOT_IN_CAMPAIGN,
    Code.CONTACTED_RECENTLY,
    Code.MISSING_EMAIL,
    Code.UNREADABLE_ROW,
    Code.INVALID_FIELD,
}


def test_every_code_is_in_one_group_and_one_counter_at_most() -> None:
    assert sorted(code for codes in GROUPS.values() for code in codes) == sorted(Code)
    counters = [ALREADY_HERE, DUPLICATES, BLOCKED, OWN_COUNTER, NO_COUNTER]
    assert sorted(code for codes in counters for code in codes) == sorted(Code)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (C.ADDED, "added"),
        (C.UPDATED, "updated"),
        (C.UNCHANGED, "unchanged"),
        (C.MISSING_EMAIL, "failed"),
        (C.INVALID_EMAIL, "failed"),
        (C.UNREADABLE_ROW, "failed"),
        (C.INVALID_FIELD, "failed"),
        (C.DUPLICATE_IN_BATCH, "skipped"),
        (C.NOT_IN_CAMPAIGN, "skipped"),
        (C.BLOCKED, "skipped"),
        (C.DELETED_HERE, "skipped"),
        (C.DUPLICATE_LINKEDIN, "skipped"),
    ],
)
def test_outcomes(code: Code, outcome: str) -> None:
    assert code.outcome is Outcome(outcome)
    assert Tally.of([code, code]).outcomes() == dict.fromkeys(Outcome, 0) | {outcome: 2}


@pytest.mark.parametrize(
    ("codes", "text"),
    [
        ([], "0 added, 0 skipped"),
        ([C.ADDED] * 45 + [C.BLOCKED] * 4 + [C.INVALID_EMAIL], "45 added, 5 skipped"),
        ([C.UPDATED, C.UNCHANGED], "0 added, 1 updated, 1 unchanged, 0 skipped"),
    ],
)
def test_messages(codes: list[Code], text: str) -> None:
    assert message(Tally.of(codes).outcomes()) == text


@pytest.mark.parametrize(
    ("codes", "most"),
    [
        ([], False),
        ([C.ADDED], False),
        ([C.DUPLICATE_IN_OTHER_CAMPAIGN], True),
        ([C.ADDED, C.IN_PROGRESS_IN_OTHER_CAMPAIGN], True),
        ([C.ADDED, C.ADDED, C.DUPLICATE_IN_OTHER_CAMPAIGN], False),
        ([C.DUPLICATE_IN_CAMPAIGN, C.BLOCKED, C.DUPLICATE_LINKEDIN], False),
    ],
)
def test_when_the_scope_refused_most(codes: list[Code], most: bool) -> None:
    assert refused_most(Tally.of(codes)) is most


def test_the_campaign_that_is_most_in_the_way() -> None:
    one, two, none = Conflict(None, CampaignId(1)), Conflict(None, CampaignId(2)), Conflict(None)
    assert most_in_the_way([one, two, none, None, two, none, none]) is two
    assert most_in_the_way([none, None]) is None


@pytest.mark.parametrize(
    ("code", "outcome", "wanted"),
    [
        (None, None, None),
        (C.BLOCKED, None, [C.BLOCKED]),
        (None, "added", [C.ADDED]),
        (C.BLOCKED, "failed", []),
        (C.BLOCKED, "excluded", [C.BLOCKED]),
        (None, "excluded", [c for c in C if c.outcome in {Outcome.SKIPPED, Outcome.FAILED}]),
    ],
)
def test_filters_of_the_ledger(
    code: Code | None, outcome: str | None, wanted: list[Code] | None
) -> None:
    assert wanted_codes(code, outcome) == wanted


@pytest.mark.parametrize(
    ("before", "given", "overwritten", "filled"),
    [
        ({}, {"a": "1"}, {"a": "1"}, {"a": "1"}),
        ({"a": "1"}, {}, {"a": "1"}, {"a": "1"}),
        ({"a": "1"}, {"a": "2"}, {"a": "2"}, {"a": "1"}),
        ({"a": "1"}, {"a": "2", "b": "3"}, {"a": "2", "b": "3"}, {"a": "1", "b": "3"}),
    ],
)
def test_merging(
    before: dict[str, Any],
    given: dict[str, Any],
    overwritten: dict[str, Any],
    filled: dict[str, Any],
) -> None:
    """The same for fields and for custom fields."""
    for overwrite, after in ((True, overwritten), (False, filled)):
        found = merged(Profile(before, before), Profile(given, given), overwrite=overwrite)
        assert found == Profile(after, after)
