import pytest

from app.launch.rules import Overlap, Told
from app.launch.schemas import CampaignStatusIn, CampaignStatusOut


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("START", "ACTIVE"),
        ("start", "ACTIVE"),
        ("Active", "ACTIVE"),
        ("PAUSED", "PAUSED"),
        ("pause", "PAUSED"),
        ("STOPPED", "STOPPED"),
        ("stop", "STOPPED"),
        (" completed ", "COMPLETED"),
    ],
)
def test_the_words_for_a_status(word: str, status: str) -> None:
    assert CampaignStatusIn.model_validate({"status": word}).status == status


@pytest.mark.parametrize(
    ("overlap", "told"),
    [
        (None, None),
        (Overlap(0, 10, is_exact=True), None),
        (Overlap(1, 10, is_exact=True), "1 person of this campaign is active in other campaigns."),
        (
            Overlap(12, 100, is_exact=False),
            "Of the 100 newest members, 12 people of this campaign are active in other campaigns.",
        ),
    ],
)
def test_what_a_start_tells(overlap: Overlap | None, told: str | None) -> None:
    body = CampaignStatusOut.of(Told(overlap)).model_dump(mode="json")
    assert [warning["detail"] for warning in body.get("warnings", [])] == ([told] if told else [])
