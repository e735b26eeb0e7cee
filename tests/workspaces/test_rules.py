from dataclasses import replace
from typing import Any

import pytest

from app.values import Boundary, DuplicateScope, FlagMeaning, KeyScope, ValidRequires
from app.workspaces.rules import PRESETS, Policy, Preset, amended, shown_prefix

SWITCHES = (
    "workspace_lead_list",
    "move_leads",
    "export_leads",
    "require_validation_before_start",
    "confirm_deletes",
    "hold_unverified",
    "check_undeliverable",
)
TABLE = {
    "smartlead": ("workspace", "campaign", {"workspace_lead_list", "move_leads", "export_leads"}),
    "lemlist": ("active", "campaign", {"workspace_lead_list", "move_leads", "export_leads"}),
    "datasend": (
        "campaign",
        "campaign",
        {"workspace_lead_list", "move_leads", "export_leads", "require_validation_before_start"},
    ),
    "ai_acquisition": ("workspace", "workspace", set()),
    "leadhunter": (
        "campaign",
        "campaign",
        {"workspace_lead_list", "move_leads", "export_leads", "confirm_deletes"},
    ),
}


@pytest.mark.parametrize("name", list(Preset))
def test_a_preset_writes_scope_floor_and_every_switch(name: Preset) -> None:
    default_scope, floor, on = TABLE[name]
    contrary: dict[str, Any] = {switch: switch not in on for switch in SWITCHES}
    kept: dict[str, Any] = {
        "recontact_after_days": 30,
        "valid_requires": ValidRequires.MAILBOX,
        "boundary": Boundary.CLIENT,
        "ledger_retention_days": 7,
        "event_retention_days": 365,
        "validation_max_age_days": 90,
    }
    made = amended(Policy(floor=DuplicateScope.ACTIVE, **contrary, **kept), {"preset": name})
    assert made == replace(PRESETS[name], **kept)
    assert (made.default_scope, made.floor) == (default_scope, floor)
    assert {switch for switch in SWITCHES if getattr(made, switch)} == on


LEGACY, DOCUMENTED = FlagMeaning.LEGACY, FlagMeaning.DOCUMENTED
CAMPAIGN, ACTIVE, WORKSPACE = DuplicateScope


@pytest.mark.parametrize(
    ("given", "scope", "meaning"),
    [
        ({}, WORKSPACE, DOCUMENTED),
        ({"duplicate_flag_meaning": LEGACY}, CAMPAIGN, LEGACY),
        ({"duplicate_flag_meaning": LEGACY, "default_scope": ACTIVE}, ACTIVE, LEGACY),
        ({"duplicate_flag_meaning": LEGACY, "preset": Preset.LEMLIST}, CAMPAIGN, LEGACY),
        ({"duplicate_flag_meaning": DOCUMENTED}, WORKSPACE, DOCUMENTED),
        ({"default_scope": CAMPAIGN}, CAMPAIGN, DOCUMENTED),
        ({"preset": Preset.LEMLIST, "default_scope": CAMPAIGN}, CAMPAIGN, DOCUMENTED),
    ],
)
def test_the_legacy_flag_chooses_its_scope_unless_one_is_named(
    given: dict[str, Any], scope: DuplicateScope, meaning: FlagMeaning
) -> None:
    made = amended(Policy(), given)
    assert (made.default_scope, made.duplicate_flag_meaning) == (scope, meaning)


def test_a_preset_leaves_the_flag_its_meaning() -> None:
    legacy = amended(Policy(), {"duplicate_flag_meaning": LEGACY})
    assert amended(legacy, {"preset": Preset.LEMLIST}).duplicate_flag_meaning is LEGACY


@pytest.mark.parametrize(
    ("floor", "locked"), [(CAMPAIGN, False), (ACTIVE, False), (WORKSPACE, True)]
)
def test_only_the_floor_workspace_locks(floor: DuplicateScope, locked: bool) -> None:
    assert Policy(floor=floor).locked is locked


@pytest.mark.parametrize("having", list(KeyScope))
@pytest.mark.parametrize("needed", list(KeyScope))
def test_a_scope_includes_those_before_it(having: KeyScope, needed: KeyScope) -> None:
    order = ["read", "write", "admin"]
    assert having.includes(needed) is (order.index(having) >= order.index(needed))


@pytest.mark.parametrize(
    ("key", "shown"), [("lg_x7Qf2abcdefgh", "lg_x7Qf2"), ("a-key-of-twenty-char", "a-ke")]
)
def test_the_prefix_gives_little_of_a_key_away(key: str, shown: str) -> None:
    assert shown_prefix(key) == shown
