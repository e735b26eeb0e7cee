"""Who may enter: modes, scopes and the order of the rules, as tables."""

from typing import Any

import pytest

from app.gate.facts import UNKNOWN, Facts
from app.gate.rules import ADDED, Conflict, Row, Verdict, every_stop, verdict
from app.values import CampaignStatus, Code, LeadStatus, Mode, OnLinkedinMatch, SuppressionKind
from tests.gate.cells import Cell, cells
from tests.gate.facts import (
    ANN,
    HERE,
    NOW,
    ROW,
    buried,
    days,
    entry,
    in_the_way,
    known,
    member,
    profile_of,
    terms,
)

S, C = LeadStatus, CampaignStatus
BLOCK, UNSUBSCRIBE = SuppressionKind.BLOCK, SuppressionKind.UNSUBSCRIBE
DO_NOT_CONTACT = SuppressionKind.DO_NOT_CONTACT
LOCKED = {"floor": "workspace"}

PEOPLE = {
    "unknown": UNKNOWN,
    "here": known(member(HERE)),
    "active elsewhere": known(member(2, status=S.IN_PROGRESS)),
    "ended elsewhere": known(member(2, status=S.COMPLETED)),
}


@pytest.mark.parametrize("cell", cells(), ids=lambda cell: "-".join(cell[:3]))
@pytest.mark.seed("LL-30")
def test_the_36_cells(cell: Cell) -> None:
    found = verdict(ROW, PEOPLE[cell.person], terms(cell.scope, mode=Mode(cell.mode)))
    assert found.code in cell.codes


def test_there_are_36_cells() -> None:
    assert len({cell[:3] for cell in cells()}) == 36


ACTIVE = {S.REVIEWED, S.SCHEDULED, S.IN_PROGRESS, S.PAUSED}


@pytest.mark.parametrize(
    ("where", "active"),
    [
        ({"campaign_status": C.DRAFTED}, ACTIVE),
        ({"campaign_status": C.ACTIVE}, ACTIVE | {S.NOT_CONTACTED}),
        ({"campaign_status": C.PAUSED}, ACTIVE | {S.NOT_CONTACTED}),
        ({"campaign_status": C.STOPPED}, set()),
        ({"campaign_status": C.COMPLETED}, set()),
        ({"campaign_status": C.ACTIVE, "archived": True}, set()),
        ({"campaign_status": C.ACTIVE, "holding": True}, set()),
    ],
)
@pytest.mark.seed("LL-06", "LL-07")
def test_in_progress_elsewhere(where: dict[str, Any], active: set[LeadStatus]) -> None:
    stopped = {
        status
        for status in S
        if verdict(ROW, known(member(2, status=status, **where)), terms("active")) != ADDED
    }
    assert stopped == active


@pytest.mark.parametrize(
    ("where", "code"),
    [
        (
            {"campaign_status": C.DRAFTED, "status": S.NOT_CONTACTED},
            Code.DUPLICATE_IN_OTHER_CAMPAIGN,
        ),
        ({"campaign_status": C.COMPLETED}, Code.DUPLICATE_IN_OTHER_CAMPAIGN),
        ({"archived": True}, Code.DUPLICATE_IN_OTHER_CAMPAIGN),
        ({"holding": True}, Code.ADDED),
    ],
)
def test_under_scope_workspace_only_holding_lists_do_not_count(
    where: dict[str, Any], code: Code
) -> None:
    assert verdict(ROW, known(member(2, **where)), terms("workspace")).code is code


EVERYTHING = Facts(
    known(
        member(2, status=S.BOUNCED, contacted_at=NOW - days(1)), deletions=(buried(HERE),)
    ).person,
    tuple(entry(kind) for kind in (UNSUBSCRIBE, BLOCK, DO_NOT_CONTACT)),
    profile_of("bob@x.com"),
)
STRICT = {"check_undeliverable": True, "recontact_after_days": 30}
IN_ORDER = [
    Code.DO_NOT_CONTACT,
    Code.BLOCKED,
    Code.UNSUBSCRIBED,
    Code.DELETED_HERE,
    Code.KNOWN_UNDELIVERABLE,
    Code.CONTACTED_RECENTLY,
    Code.DUPLICATE_IN_OTHER_CAMPAIGN,
    Code.DUPLICATE_LINKEDIN,
]


@pytest.mark.parametrize(
    ("mode", "first"), [("create_only", []), ("update_only", [Code.NOT_IN_CAMPAIGN])]
)
def test_the_order_of_the_rules(mode: str, first: list[Code]) -> None:
    asked = terms("workspace", STRICT, mode=Mode(mode), from_sync=True)
    stops = every_stop(ROW, EVERYTHING, asked)
    assert [stop.code for stop in stops] == first + IN_ORDER
    assert verdict(ROW, EVERYTHING, asked) == stops[0]


def test_what_each_flag_lets_in() -> None:
    flags: dict[str, Any] = {
        "ignore_block_list": Code.BLOCKED,
        "ignore_unsubscribe_list": Code.UNSUBSCRIBED,
        "restore_deleted": Code.DELETED_HERE,
        "ignore_undeliverable": Code.KNOWN_UNDELIVERABLE,
        "ignore_recent_contact": Code.CONTACTED_RECENTLY,
    }
    for flag, passed in flags.items():
        asked = terms("workspace", STRICT, from_sync=True, **{flag: True})
        left = [stop.code for stop in every_stop(ROW, EVERYTHING, asked)]
        assert left == [code for code in IN_ORDER if code is not passed], flag
    asked = terms("campaign", STRICT, from_sync=True, **dict.fromkeys(flags, True))
    left = [stop.code for stop in every_stop(ROW, EVERYTHING, asked)]
    assert left == [Code.DO_NOT_CONTACT, Code.DUPLICATE_LINKEDIN]


@pytest.mark.parametrize("code", [Code.MISSING_EMAIL, Code.INVALID_EMAIL, Code.UNREADABLE_ROW])
@pytest.mark.parametrize("mode", list(Mode))
def test_a_row_about_nobody(code: Code, mode: Mode) -> None:
    asked = terms(mode=mode)
    assert verdict(Row(None, broken=code), UNKNOWN, asked) == Verdict(code)


@pytest.mark.parametrize("facts", [UNKNOWN, Facts(), EVERYTHING, known(member(HERE))])
def test_a_broken_row_is_refused_for_that_whoever_it_is_about(facts: Facts) -> None:
    asked = terms("workspace", STRICT, mode=Mode.CREATE_AND_UPDATE)
    row = ROW._replace(broken=Code.INVALID_FIELD)
    assert verdict(row, facts, asked) == Verdict(Code.INVALID_FIELD)


@pytest.mark.parametrize("mode", [Mode.CREATE_AND_UPDATE, Mode.UPDATE_ONLY])
def test_of_members_only_the_profile_is_asked(mode: Mode) -> None:
    """Everything else about them stops nobody who is in already."""
    asked = terms("workspace", STRICT, mode=mode, from_sync=True)
    here = known(member(HERE, status=S.BOUNCED), member(2)).person
    facts = Facts(here, EVERYTHING.entries, profile_of("bob@x.com"))
    assert verdict(ROW, facts, asked).code is Code.DUPLICATE_LINKEDIN
    assert verdict(ROW, Facts(here, EVERYTHING.entries), asked).code is Code.UPDATED
    facts = Facts(here, EVERYTHING.entries, profile_of(ANN))
    assert verdict(ROW, facts, asked).code is Code.UPDATED


@pytest.mark.seed("SL-29")
def test_no_flag_adds_a_member_twice() -> None:
    flags = ("ignore_block_list", "ignore_unsubscribe_list", "ignore_recent_contact")
    asked = terms("campaign", None, **dict.fromkeys(flags, True))
    found = verdict(ROW, known(member(HERE)), asked)
    assert found.code is Code.DUPLICATE_IN_CAMPAIGN
    assert found.override == "mode=create_and_update"
    assert found.conflict == in_the_way(HERE, S.IN_PROGRESS)


@pytest.mark.parametrize(
    ("owner", "on_match", "code"),
    [
        (None, "skip", Code.ADDED),
        (ANN, "skip", Code.ADDED),
        ("bob@x.com", "skip", Code.DUPLICATE_LINKEDIN),
        ("bob@x.com", "ignore", Code.ADDED),
    ],
)
def test_the_profile_of_somebody_else(owner: str | None, on_match: str, code: Code) -> None:
    row = Row(ANN, "linkedin.com/in/ann")
    facts = known(profile_owner=profile_of(owner) if owner else None)
    found = verdict(row, facts, terms(on_linkedin_match=OnLinkedinMatch(on_match)))
    assert found.code is code
    if code is Code.DUPLICATE_LINKEDIN:
        assert found.conflict == Conflict(profile_of("").lead_id)
        assert found.override == "on_linkedin_match=ignore"
