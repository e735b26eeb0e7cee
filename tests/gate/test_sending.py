"""Who may be written to: asked again before every mail, whatever the flags said at entry."""

from typing import Any

import pytest

from app.gate.facts import UNKNOWN, Facts
from app.gate.sending import is_monitored, stops_at_send
from app.values import CampaignStatus, LeadStatus, SuppressionKind, ValidationResult
from tests.gate.facts import HERE, entry, known, member, terms

S, C, V = LeadStatus, CampaignStatus, ValidationResult
BLOCK, UNSUBSCRIBE = SuppressionKind.BLOCK, SuppressionKind.UNSUBSCRIBE
DO_NOT_CONTACT = SuppressionKind.DO_NOT_CONTACT


def codes(facts: Facts, **fields: Any) -> list[str]:
    return [stop.code for stop in stops_at_send(facts, terms("campaign", **fields))]


@pytest.mark.parametrize("status", list(S))
def test_statuses(status: LeadStatus) -> None:
    sendable = {S.NOT_CONTACTED, S.REVIEWED, S.SCHEDULED, S.IN_PROGRESS}
    found = codes(known(member(HERE, status=status)))
    assert found == ([] if status in sendable else ["status"])


@pytest.mark.parametrize(
    ("campaign", "stopped"),
    [
        ({"campaign_status": C.ACTIVE}, []),
        ({"campaign_status": C.PAUSED}, []),
        ({"campaign_status": C.DRAFTED}, ["campaign"]),
        ({"campaign_status": C.STOPPED}, ["campaign"]),
        ({"campaign_status": C.COMPLETED}, ["campaign"]),
        ({"archived": True}, ["campaign"]),
        ({"holding": True}, ["campaign"]),
    ],
)
def test_campaigns(campaign: dict[str, Any], stopped: list[str]) -> None:
    assert codes(known(member(HERE, **campaign))) == stopped


def test_who_is_not_here() -> None:
    assert codes(UNKNOWN) == ["not_in_campaign"]
    assert codes(known(member(2))) == ["not_in_campaign"]


FLAGS = {"ignore_block_list": True, "ignore_unsubscribe_list": True}


@pytest.mark.parametrize(
    ("kind", "passed", "stopped"),
    [
        (BLOCK, (), ["blocked"]),
        (BLOCK, ("y.com", "x.com"), []),
        (BLOCK, ("y.com",), ["blocked"]),
        (UNSUBSCRIBE, ("x.com",), ["unsubscribed"]),
        (DO_NOT_CONTACT, ("x.com",), ["do_not_contact"]),
    ],
)
def test_only_the_block_that_was_passed_over_passes(
    kind: SuppressionKind, passed: tuple[str, ...], stopped: list[str]
) -> None:
    facts = known(member(HERE, passed_blocks=passed), entries=(entry(kind, "x.com"),))
    assert codes(facts, **FLAGS) == stopped


def test_a_block_behind_the_one_that_was_passed_over_holds() -> None:
    """Who passed over the block of a domain knew nothing of the one of the person."""
    here = member(HERE, passed_blocks=("x.com",))
    entries = (entry(BLOCK, "x.com"), entry(BLOCK, "*.x.com"))
    assert codes(known(here, entries=entries)) == ["blocked"]


@pytest.mark.seed("DS-28", "DS-32", "DS-34")
@pytest.mark.parametrize(
    ("found", "stopped", "held", "monitored"),
    [
        (None, ["not_validated"], ["not_validated"], False),
        (V.VALID, [], [], False),
        (V.UNVERIFIED, [], ["unverified"], True),
        (V.INVALID, ["found_invalid"], ["found_invalid"], False),
    ],
)
def test_what_was_found_out_about_the_address(
    found: ValidationResult | None, stopped: list[str], held: list[str], monitored: bool
) -> None:
    facts = known(member(HERE), validation=found)
    assert codes(facts) == stopped
    assert codes(facts, policy={"hold_unverified": True}) == held
    assert is_monitored(facts) is monitored
