"""The rules one by one: suppression, deletions, bounces, recent contact."""

from datetime import datetime
from typing import Any

import pytest

from app.gate.facts import Membership
from app.gate.rules import ADDED, Verdict, verdict
from app.suppression.rules import Entry
from app.values import CampaignStatus, Code, LeadStatus, SuppressionKind
from tests.gate.facts import (
    HERE,
    NOW,
    ROW,
    buried,
    days,
    entry,
    in_the_way,
    known,
    member,
    suppressed,
    terms,
)

S, C = LeadStatus, CampaignStatus
BLOCK, UNSUBSCRIBE = SuppressionKind.BLOCK, SuppressionKind.UNSUBSCRIBE
DO_NOT_CONTACT = SuppressionKind.DO_NOT_CONTACT
LOCKED = {"floor": "workspace"}


@pytest.mark.parametrize(
    ("kind", "code", "override"),
    [
        (DO_NOT_CONTACT, Code.DO_NOT_CONTACT, None),
        (BLOCK, Code.BLOCKED, "ignore_global_block_list"),
        (UNSUBSCRIBE, Code.UNSUBSCRIBED, "ignore_unsubscribe_list"),
    ],
)
def test_suppression(kind: SuppressionKind, code: Code, override: str | None) -> None:
    stops = entry(kind)
    assert verdict(ROW, suppressed(stops), terms()) == Verdict(
        code, matched=stops, override=override
    )


@pytest.mark.parametrize(
    ("kind", "reach", "boundary", "stops"),
    [
        (UNSUBSCRIBE, {"campaign_id": HERE}, "workspace", True),
        (UNSUBSCRIBE, {"campaign_id": 2}, "workspace", False),
        (BLOCK, {"client_id": 5}, "workspace", True),
        (BLOCK, {"client_id": 5}, "client", True),
        (BLOCK, {"client_id": 6}, "workspace", True),
        (BLOCK, {"client_id": 6}, "client", False),
        (UNSUBSCRIBE, {"client_id": 6}, "client", False),
        (BLOCK, {}, "client", True),
        (DO_NOT_CONTACT, {"client_id": 6, "campaign_id": 2}, "client", True),
    ],
)
def test_where_an_entry_holds(
    kind: SuppressionKind, reach: dict[str, Any], boundary: str, stops: bool
) -> None:
    asked = terms(policy={"boundary": boundary}, client_id=5)
    assert (verdict(ROW, suppressed(entry(kind, **reach)), asked) != ADDED) is stops


def test_the_entry_that_holds_is_named() -> None:
    entries: tuple[Entry, ...] = (
        entry(BLOCK, client_id=6),
        entry(BLOCK, "x.com"),
        entry(BLOCK, "*.x.com"),
    )
    asked = terms(policy={"boundary": "client"}, client_id=5)
    found = verdict(ROW, suppressed(*entries), asked)
    assert found.matched == entries[1]
    passed = verdict(ROW, suppressed(*entries), terms(client_id=5, ignore_block_list=True))
    assert (passed.code, passed.passed) == (Code.ADDED, entries)


@pytest.mark.parametrize(
    ("here", "also_in", "from_sync", "code"),
    [
        (True, None, True, Code.DELETED_HERE),
        (True, 3, True, Code.DELETED_HERE),
        (False, None, True, Code.DELETED_HERE),
        (False, 3, True, Code.ADDED),
        (True, None, False, Code.ADDED),
    ],
    ids=["here", "here, still elsewhere", "elsewhere, was the last", "elsewhere", "no sync"],
)
def test_a_sync_brings_nobody_back(
    here: bool, also_in: int | None, from_sync: bool, code: Code
) -> None:
    memberships = () if also_in is None else (member(also_in),)
    where = HERE if here else 2
    facts = known(*memberships, deletions=(buried(where),))
    found = verdict(ROW, facts, terms("campaign", from_sync=from_sync))
    assert found.code is code
    if code is Code.DELETED_HERE:
        assert found.conflict == in_the_way(where)
        assert found.override == "restore_deleted"


@pytest.mark.parametrize("status", list(S))
def test_known_undeliverable(status: LeadStatus) -> None:
    facts = known(member(2, status=status))
    asked = terms("campaign", {"check_undeliverable": True})
    bad = status in {S.BOUNCED, S.INVALID}
    stop = Verdict(Code.KNOWN_UNDELIVERABLE, override="ignore_undeliverable")
    assert verdict(ROW, facts, asked) == (stop if bad else ADDED)
    assert verdict(ROW, facts, terms("campaign")) == ADDED


@pytest.mark.parametrize(
    ("policy", "contacted", "replied", "until"),
    [
        ({}, 1, 1, None),
        ({"recontact_after_days": 30}, 1, None, NOW + days(29)),
        ({"recontact_after_days": 30}, 30, None, None),
        ({"recontact_after_days": 30}, 29.9, None, NOW + days(0.1)),
        ({"recontact_after_days": 30}, None, None, None),
        ({"protect_replied_days": 90}, 100, 80, NOW + days(10)),
        ({"protect_replied_days": 90}, 1, None, None),
        ({"recontact_after_days": 30, "protect_replied_days": 90}, 10, 10, NOW + days(80)),
    ],
)
def test_contacted_recently(
    policy: dict[str, Any], contacted: float | None, replied: float | None, until: datetime | None
) -> None:
    moments = {
        "contacted_at": NOW - days(contacted) if contacted else None,
        "replied_at": NOW - days(replied) if replied else None,
    }
    ended: Membership = member(2, status=S.COMPLETED, **moments)
    for facts, status in (
        (known(ended), S.COMPLETED),
        (known(deletions=(buried(2, **moments),)), None),
    ):
        found = verdict(ROW, facts, terms("campaign", policy))
        if until is None:
            assert found == ADDED
            continue
        assert found.code is Code.CONTACTED_RECENTLY
        assert found.allowed_from is not None
        assert abs(found.allowed_from - until) < days(0.001)
        assert found.conflict == in_the_way(2, status)
        assert found.override == "ignore_recent_contact"


def test_the_contact_that_holds_longest_is_named() -> None:
    facts = known(
        member(2, status=S.COMPLETED, contacted_at=NOW - days(20)),
        member(3, status=S.COMPLETED, contacted_at=NOW - days(2)),
        deletions=(buried(4, contacted_at=NOW - days(10)),),
    )
    found = verdict(ROW, facts, terms("campaign", {"recontact_after_days": 30}))
    assert found.conflict == in_the_way(3, S.COMPLETED)
