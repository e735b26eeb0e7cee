"""People who are sent again and again: spelt differently, some with the profile of another."""

from random import Random
from typing import Any

SPELLINGS = (
    str,
    str.upper,
    str.title,
    " {} ".format,
    "mailto:{}".format,
    "Somebody <{}>".format,
    "\N{ZERO WIDTH SPACE}{}".format,
)
PAGES = (
    "linkedin.com/in/{}",
    "https://www.linkedin.com/in/{}/",
    "http://de.linkedin.com/in/{}?trk=x",
    "HTTPS://LINKEDIN.COM/in/{}",
)
PAIRS = 40
COMPANY_PAGE = "https://www.linkedin.com/company/example"


def address(number: int) -> str:
    return f"person{number}@example.com"


def spelt(random: Random, email: str) -> str:
    return random.choice(SPELLINGS)(email)


def page(random: Random, name: str) -> str:
    return random.choice(PAGES).format(name)


def crowd(random: Random, count: int) -> list[dict[str, Any]]:
    """So many addresses in a random order and in random spellings; of ``PAIRS`` pairs, each is one
    person by their LinkedIn profile. Half of the others have a profile of their own.
    """
    rows = []
    for number in range(count):
        row = {"email": spelt(random, address(number)), "first_name": f"First{number}"}
        if name := profile(number):
            row["linkedin_profile"] = page(random, name)
        rows.append(row)
    random.shuffle(rows)
    return rows


def profile(number: int) -> str | None:
    if number < 2 * PAIRS:
        return f"pair-{number // 2}"
    return f"person-{number}" if number % 2 else None


def persons(count: int) -> int:
    return count - PAIRS
