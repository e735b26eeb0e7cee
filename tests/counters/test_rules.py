from datetime import date

from app.counters.rules import Delta, by_status, joined, moved, summed
from app.values import CampaignId, LeadStatus

ONE, TWO = CampaignId(1), CampaignId(2)
MONDAY = date(2026, 11, 23)


def test_changes_of_one_counter_are_one_delta() -> None:
    assert summed(
        [
            joined(ONE, LeadStatus.PAUSED, 2),
            joined(ONE, LeadStatus.PAUSED),
            joined(TWO, LeadStatus.PAUSED),
            Delta(ONE, "sent", 1, MONDAY),
            Delta(ONE, "sent", 1),
        ]
    ) == [
        Delta(ONE, "status:PAUSED", 3),
        Delta(TWO, "status:PAUSED", 1),
        Delta(ONE, "sent", 1, MONDAY),
        Delta(ONE, "sent", 1),
    ]


def test_there_and_back_again_is_no_change() -> None:
    there = moved(ONE, LeadStatus.PAUSED, LeadStatus.STOPPED)
    back = moved(ONE, LeadStatus.STOPPED, LeadStatus.PAUSED)
    assert summed([*there, *back]) == []


def test_totals_by_status_name_every_status() -> None:
    counted = by_status({"status:PAUSED": 2, "sent": 9})
    assert counted[LeadStatus.PAUSED] == 2
    assert sum(counted.values()) == 2
    assert list(counted) == list(LeadStatus)
