"""When an address was checked, as tools write it. Pure."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

LONGEST = 40
DIGITS = re.compile(r"\d+(?:\.\d+)?", re.ASCII).fullmatch
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
BETWEEN = r"(?:[./-]|,?\s+|\.\s+)"
WRITTEN = re.compile(
    rf"(\d{{1,4}}|[a-z]{{3,9}}){BETWEEN}(\d{{1,2}}|[a-z]{{3,9}}){BETWEEN}(\d{{1,4}})"
    r"(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]m)?)?\s*(?:utc|gmt|z|\(utc\))?",
    re.ASCII | re.IGNORECASE,
).fullmatch
EXCEL_BEGINS = datetime(1899, 12, 30, tzinfo=UTC)
"""Day 0 of serial numbers, as they are since March 1900."""
SERIALS = range(30_000, 80_000)
"""Days of 1982 to 2119."""
SECONDS = range(10**9, 10**10)
MILLISECONDS = range(10**12, 10**13)


def moment_in(text: str) -> datetime | None:
    """A moment without a zone is in UTC. ``3/4/2026`` may be in March or in April: it is the
    earlier, because a verdict that seems older is merely asked for again.
    """
    written = text.strip()
    if not written or len(written) > LONGEST:
        return None
    if DIGITS(written):
        return _counted(float(written))
    return min(_readings(written.upper()), default=None)


def _counted(number: float) -> datetime | None:
    """Spreadsheets count days, programs seconds or their thousandths."""
    whole = int(number)
    if whole in SERIALS:
        return EXCEL_BEGINS + timedelta(days=number)
    if whole in SECONDS:
        return datetime.fromtimestamp(number, UTC)
    return datetime.fromtimestamp(number / 1000, UTC) if whole in MILLISECONDS else None


def _readings(written: str) -> Iterator[datetime]:
    try:
        yield _aware(datetime.fromisoformat(written))
    except (ValueError, OverflowError):
        if found := WRITTEN(written):
            first, second, third, *clock = found.groups()
            for year, month, day in _days(first, second, third, american="." not in written):
                try:
                    yield datetime(year, month, day, tzinfo=UTC) + _time(*clock)
                except ValueError:
                    continue


def _aware(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _days(first: str, second: str, third: str, *, american: bool) -> Iterator[tuple[int, int, int]]:
    """Year, month and day. Where dots are, nobody writes the month first."""
    if len(first) == 4 and first.isdecimal():
        yield int(first), _month(second), int(third)
        return
    year = int(third) + 2000 * (len(third) <= 2)
    if second.isdecimal() and (american or not first.isdecimal()):
        yield year, _month(first), int(second)
    if first.isdecimal():
        yield year, _month(second), int(first)


def _month(written: str) -> int:
    """0, which is none, for another word."""
    if written.isdecimal():
        return int(written)
    short = written[:3].lower()
    return MONTHS.index(short) + 1 if short in MONTHS else 0


def _time(hour: str | None, minute: str | None, second: str | None, half: str | None) -> timedelta:
    """Since midnight. Raises ValueError."""
    clock = int(hour or 0)
    if half:
        clock = clock % 12 + 12 * (half.lower() == "pm")
    at = time(clock, int(minute or 0), int(second or 0))
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
