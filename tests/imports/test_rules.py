"""How verdicts are counted, and how a known person's fields are merged."""

from typing import Any

import pytest

from app.gate.rules import Conflict, Verdict
from app.imports.in_the_way import InTheWay
from app.imports.rules import (
    ALREADY_HERE,
    BLOCKED,
    DUPLICATES,
    GROUPS,
    Tally,
    message,
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


def in_the_way(code: Code, campaign: int | None, **more: Any) -> InTheWay:
    named = CampaignId(campaign) if campaign else None
    return InTheWay.of([Verdict(code, Conflict(None, named, f"C{campaign}"), **more)])


def test_the_campaign_that_is_most_in_the_way() -> None:
    """Of all chunks together; kept as it is stored."""
    found = InTheWay.of([])
    for code, campaign, inactive in (
        (C.DUPLICATE_IN_OTHER_CAMPAIGN, 1, True),
        (C.DUPLICATE_IN_OTHER_CAMPAIGN, 2, False),
        (C.DUPLICATE_IN_OTHER_CAMPAIGN, None, False),
        (C.IN_PROGRESS_IN_OTHER_CAMPAIGN, 2, False),
        (C.DUPLICATE_IN_CAMPAIGN, 1, False),
        (C.CONTACTED_RECENTLY, 1, False),
    ):
        found = found.plus(in_the_way(code, campaign, inactive=inactive, override=f"of {campaign}"))
    assert found.stored() == [[1, "C1", 1, 1, "of 1"], [2, "C2", 2, 0, "of 2"]]
    assert InTheWay.read(found.stored()) == found
    counted = Tally.of([C.DUPLICATE_IN_OTHER_CAMPAIGN] * 3 + [C.ADDED] * 3)
    scope = {"duplicate_scope": "workspace", "duplicate_scope_from": "key"}
    assert found.warnings(counted, scope) == [
        {
            "code": "scope_refused_most",
            "detail": "3 of 6 leads were refused by the scope 'workspace' (the default of this key)"
            ', most often by "C2".'
            " 1 is not in progress there: duplicate_scope=active lets them in.",
            "campaign_id": 2,
            "campaign_name": "C2",
            "send_instead": "of 2",
        }
    ]
    assert found.warnings(Tally.of([C.ADDED]), scope) == []
    assert InTheWay.of([]).warnings(counted, scope) == []


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
