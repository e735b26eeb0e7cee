import pytest

from app.campaigns.rules import MAX_NAME_LENGTH, name_of_copy, wrong_in_schedule


@pytest.mark.parametrize(
    ("schedule", "wrong"),
    [
        ({}, None),
        ({"timezone": "Europe/Berlin"}, None),
        ({"timezone": "UTC"}, None),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"start_hour": "09:00", "end_hour": "23:59"}, None),
        ({"start_hour": "9:00"}, None),
        ({"start_hour": "24:00"}, "start_hour"),
        ({"start_hour": "9"}, "start_hour"),
        ({"start_hour": "09:00", "end_hour": "09:60"}, "end_hour"),
        ({"days_of_the_week": [0, 6]}, None),
        ({"days_of_the_week": [7]}, "days_of_the_week"),
        ({"days_of_the_week": [1, 1]}, "days_of_the_week"),
        ({"min_time_btw_emails": 0}, None),
        ({"min_time_btw_emails": -1}, "min_time_btw_emails"),
        ({"max_new_leads_per_day": 1_000_001}, "max_new_leads_per_day"),
    ],
)
def test_the_first_wrong_field_of_a_schedule_is_named(
    schedule: dict[str, object], wrong: str | None
) -> None:
    assert wrong_in_schedule(schedule) == wrong


def test_the_name_of_a_copy_is_not_too_long() -> None:
    assert name_of_copy("Outreach") == "Outreach (copy)"
    assert len(name_of_copy("x" * MAX_NAME_LENGTH)) == MAX_NAME_LENGTH
