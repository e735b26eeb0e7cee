"""When an address was checked, in the ways in which it is written."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.validation.moments import moment_in

DAY = datetime(2026, 11, 27, tzinfo=UTC)
EARLIEST, LATEST = 700_000_000, 3_000_000_000
"""Seconds, in 1992 and in 2065."""


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-27", DAY),
        (" 2026-11-27T10:11:12Z ", DAY.replace(hour=10, minute=11, second=12)),
        ("2026-11-27T01:00:00+02:00", datetime(2026, 11, 26, 23, tzinfo=UTC)),
        ("2026-11-27 10:11:12 UTC", DAY.replace(hour=10, minute=11, second=12)),
        ("2026/11/27", DAY),
        ("27.11.2026", DAY),
        ("27. 11. 2026", DAY),
        ("11/27/2026", DAY),
        ("27/11/2026 9:30", DAY.replace(hour=9, minute=30)),
        ("11/27/26, 1:05 PM", DAY.replace(hour=13, minute=5)),
        ("11/27/2026 12:05 AM", DAY.replace(minute=5)),
        ("Nov 27, 2026", DAY),
        ("27 November 2026", DAY),
        ("3/4/2026", datetime(2026, 3, 4, tzinfo=UTC)),
        ("4/3/2026", datetime(2026, 3, 4, tzinfo=UTC)),
        ("4.3.2026", datetime(2026, 3, 4, tzinfo=UTC)),
        ("46353", DAY),
        ("46353.5", DAY.replace(hour=12)),
        ("1795824000", datetime(2026, 11, 28, tzinfo=UTC)),
        ("1795824000000", datetime(2026, 11, 28, tzinfo=UTC)),
        ("", None),
        ("0", None),
        ("0/0/00", None),
        ("27/27/2026", None),
        ("2026-11-27 25:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("soon", None),
        ("1" * 41, None),
    ],
)
def test_moments(written: str, moment: datetime | None) -> None:
    assert moment_in(written) == moment


@given(st.integers(EARLIEST, LATEST))
def test_what_is_written_plainly_is_read_again(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert moment_in(moment.isoformat()) == moment
    for form in ("%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%b %d, %Y %I:%M:%S %p"):
        assert moment_in(moment.strftime(form)) == moment


@given(st.text(max_size=45) | st.from_regex(r"[0-9./: -]{0,40}", fullmatch=True))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = moment_in(text)
    assert found is None or found.tzinfo is UTC
