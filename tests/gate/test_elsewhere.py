"""Scopes, floors and clients: who counts as being somewhere else already."""

from typing import Any

import pytest

from app.gate.rules import ADDED, Conflict, verdict
from app.gate.scope import AppliedScope, applied_scope
from app.values import Code, DuplicateScope, LeadStatus
from tests.gate.facts import (
    ANNS_ID,
    HERE,
    NOW,
    ROW,
    buried,
    client,
    in_the_way,
    known,
    member,
    policy_of,
    terms,
)

S = LeadStatus
ELSEWHERE, IN_PROGRESS = Code.DUPLICATE_IN_OTHER_CAMPAIGN, Code.IN_PROGRESS_IN_OTHER_CAMPAIGN
BY_FLAG = "ignore_duplicate_leads_in_other_campaign"


@pytest.mark.parametrize(
    ("scope", "named", "others"),
    [("workspace", 3, 2), ("active", 3, 0)],
)
def test_the_active_campaign_is_named(scope: str, named: int, others: int) -> None:
    facts = known(
        member(2, status=S.COMPLETED), member(3, tags=("Q4",)), member(4, status=S.BOUNCED)
    )
    found = verdict(ROW, facts, terms(scope))
    assert found.conflict == in_the_way(named, S.IN_PROGRESS, ("Q4",), others)


def test_else_the_latest_is_named() -> None:
    facts = known(member(4, status=S.BOUNCED), member(2, status=S.COMPLETED))
    found = verdict(ROW, facts, terms("workspace"))
    assert found.conflict == in_the_way(4, S.BOUNCED, (), 1)
    facts = known(member(2), member(5), member(9, holding=True))
    found = verdict(ROW, facts, terms("active"))
    assert found.conflict == in_the_way(5, S.IN_PROGRESS, (), 1)


@pytest.mark.parametrize(
    ("floor", "scope", "status", "meaning", "override"),
    [
        ("campaign", "workspace", S.IN_PROGRESS, "documented", BY_FLAG),
        ("campaign", "workspace", S.COMPLETED, "documented", BY_FLAG),
        ("campaign", "workspace", S.COMPLETED, "legacy", "duplicate_scope=campaign"),
        ("campaign", "active", S.IN_PROGRESS, "documented", "duplicate_scope=campaign"),
        ("active", "workspace", S.COMPLETED, "documented", "duplicate_scope=active"),
        ("active", "workspace", S.IN_PROGRESS, "documented", None),
        ("active", "active", S.IN_PROGRESS, "documented", None),
        ("workspace", "workspace", S.COMPLETED, "documented", None),
        ("workspace", "workspace", S.IN_PROGRESS, "legacy", None),
    ],
)
def test_the_override_that_the_floor_permits(
    floor: str, scope: str, status: LeadStatus, meaning: str, override: str | None
) -> None:
    policy = {"floor": floor, "duplicate_flag_meaning": meaning}
    found = verdict(ROW, known(member(2, status=status)), terms(scope, policy))
    assert not found.accepted
    assert found.override == override


def test_a_request_that_named_its_scope_is_told_to_name_another() -> None:
    asked = terms("workspace", named_scope=True)
    found = verdict(ROW, known(member(2)), asked)
    assert found.override == "duplicate_scope=campaign"


@pytest.mark.parametrize(
    ("boundary", "theirs", "code"),
    [
        ("workspace", 5, ELSEWHERE),
        ("workspace", 6, ELSEWHERE),
        ("client", 5, ELSEWHERE),
        ("client", 6, Code.ADDED),
        ("client", None, Code.ADDED),
    ],
)
def test_clients(boundary: str, theirs: int | None, code: Code) -> None:
    asked = terms("workspace", {"boundary": boundary}, client_id=client(5))
    assert verdict(ROW, known(member(2, client_id=client(theirs))), asked).code is code


def test_no_other_clients_campaign_is_named() -> None:
    policy = {"boundary": "client", "recontact_after_days": 30}
    theirs = {"client_id": client(6), "contacted_at": NOW}
    facts = known(member(2, **theirs), deletions=(buried(3, **theirs),))
    asked = terms("workspace", policy, client_id=client(5))
    assert verdict(ROW, facts, asked) == ADDED
    facts = known(member(2, **theirs), member(4, client_id=client(5)))
    assert verdict(ROW, facts, asked).conflict == in_the_way(4, S.IN_PROGRESS)
    synced = terms("workspace", policy, client_id=client(5), from_sync=True)
    facts = known(deletions=(buried(3, **theirs),))
    found = verdict(ROW, facts, synced)
    assert (found.code, found.conflict) == (Code.DELETED_HERE, Conflict(ANNS_ID))


@pytest.mark.parametrize("where", [HERE, 2], ids=["here", "elsewhere"])
@pytest.mark.parametrize(
    ("floor", "contacted", "code"),
    [
        ("workspace", True, ELSEWHERE),
        ("workspace", False, Code.ADDED),
        ("active", True, Code.ADDED),
        ("campaign", True, Code.ADDED),
    ],
)
def test_a_deletion_does_not_undo_a_contact_under_a_lock(
    floor: str, contacted: bool, code: Code, where: int
) -> None:
    facts = known(deletions=(buried(where, contacted_at=NOW if contacted else None),))
    found = verdict(ROW, facts, terms("workspace", {"floor": floor}))
    assert found.code is code
    if code is ELSEWHERE:
        assert found.conflict == in_the_way(where)
        assert found.override is None


W, A, C = DuplicateScope.WORKSPACE, DuplicateScope.ACTIVE, DuplicateScope.CAMPAIGN


@pytest.mark.parametrize(
    ("requested", "flag", "key", "policy", "scope", "origin"),
    [
        (None, None, None, {}, W, "workspace"),
        (None, None, None, {"default_scope": A}, A, "workspace"),
        (None, None, C, {}, C, "key"),
        (None, True, W, {}, C, "flag"),
        (None, False, C, {"default_scope": C}, W, "flag"),
        (A, True, C, {}, A, "request"),
        (W, True, None, {}, W, "request"),
        (None, True, None, {"duplicate_flag_meaning": "legacy"}, W, "flag"),
        (None, False, None, {"duplicate_flag_meaning": "legacy"}, C, "flag"),
        (C, None, None, {"floor": A}, A, "floor"),
        (W, None, None, {"floor": A}, W, "request"),
        (A, None, None, {"floor": A}, A, "request"),
        (None, True, C, {"floor": W}, W, "floor"),
        (None, None, None, {"floor": W, "default_scope": C}, W, "floor"),
    ],
)
@pytest.mark.seed("AA-12", "AA-19", "LL-30", "SL-06")
def test_which_scope_applies(
    requested: DuplicateScope | None,
    flag: bool | None,
    key: DuplicateScope | None,
    policy: dict[str, Any],
    scope: DuplicateScope,
    origin: str,
) -> None:
    found = applied_scope(requested, flag, key, policy_of(policy))
    assert found == AppliedScope(scope, origin)
