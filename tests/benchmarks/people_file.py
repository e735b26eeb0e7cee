"""A CSV of people as sales teams export it, with what such files bring along."""

import csv
from collections import Counter
from pathlib import Path
from random import Random

from tests.benchmarks.people import lead

COLUMNS = {
    "Email": "email",
    "First Name": "first_name",
    "Last Name": "last_name",
    "Company": "company_name",
    "Website": "website",
    "Location": "location",
    "Job Title": "job_title",
    "Icebreaker": "custom_fields.icebreaker",
    "Segment": "custom_fields.segment",
    "Employees": "custom_fields.employees",
}
"""Each with what it is mapped to."""
TITLES = ("Head of Sales", "CEO", "Buyer", "VP Marketing, EMEA", "Chief of Staff")
BROKEN = ("missing_email", "invalid_email", "unreadable_row")
"""One row in a hundred; one in ten repeats an earlier one, one in seven has a cell of two lines."""


def write_people(path: Path, rows: int, first: int) -> None:
    """People of the numbers from ``first`` on, as many as rows at most."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_row(place, first) for place in range(rows))


def verdicts(rows: int) -> Counter[str]:
    """What becomes of such rows, if nobody of them is known."""
    return Counter(map(_verdict, range(rows)))


def _verdict(place: int) -> str:
    if place % 100 == 99:
        return BROKEN[place // 100 % len(BROKEN)]
    return "duplicate_in_batch" if place % 10 == 5 else "added"


def _row(place: int, first: int) -> list[str]:
    verdict = _verdict(place)
    if verdict == "duplicate_in_batch":
        place = Random(place).randrange(0, place, 10)
    chance = Random(first + place)
    made = lead(chance, first + place, with_profile=0.0)
    custom = made["custom_fields"]
    broken = {"missing_email": "", "invalid_email": "nobody"}
    line_break = "\n" if place % 7 == 0 else " "
    cells = [
        broken.get(verdict, made["email"]),
        *(made[name] for name in ("first_name", "last_name", "company_name", "website")),
        made["location"],
        chance.choice(TITLES),
        custom["icebreaker"].replace(" opened", line_break + "opened"),
        custom["segment"],
        custom.get("employees", ""),
    ]
    return [*cells, "too", "many"] if verdict == "unreadable_row" else cells
