"""How well a cell fits what its column is said to be: from 0, not at all, to 1."""

import re
from collections.abc import Callable, Sequence

from app.imports.mapping.headers import words
from app.imports.mapping.names import FORMS_OF_ADDRESS
from app.validation.moments import moment_in

ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+").search
PERSONS_PAGE = re.compile(r"linkedin\.com/(?:mwlite/)?(?:in|pub)/", re.IGNORECASE).search
OTHER_PAGE = re.compile(r"linkedin\.com/(?:company|school|showcase|groups?)/", re.IGNORECASE).search
NETWORK = re.compile(r"\b(?:linkedin|facebook|twitter|instagram)\.com/", re.IGNORECASE).search
WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE).fullmatch
DOMAIN = re.compile(r"(?:https?://)?[^\s@/]+\.[^\s@./]{2,}(?:[/?#]\S*)?", re.IGNORECASE).fullmatch
INTERNATIONAL_NUMBER = re.compile(r"['=\"]*(?:\+|00)[\d\s().\u00a0/-]{7,24}\"?").fullmatch
DIGIT = re.compile(r"\d")

Fit = Callable[[str], float]


def is_address(cell: str) -> float:
    return float("@" in cell and ADDRESS(cell) is not None)


def is_persons_page(cell: str) -> float:
    """A name without a page, and Sales Navigator's links, are better than nothing."""
    if PERSONS_PAGE(cell):
        return 1.0
    return 0.0 if OTHER_PAGE(cell) or ("/" in cell and "linkedin." not in cell.lower()) else 0.5


def is_website(cell: str) -> float:
    return float(DOMAIN(cell) is not None and NETWORK(cell) is None)


def is_phone(cell: str) -> float:
    return float("@" not in cell and len(DIGIT.findall(cell)) >= 5)


def is_position(cell: str) -> float:
    parts = words(cell)
    return is_text(cell) * float(not parts or not FORMS_OF_ADDRESS.issuperset(parts))


def is_name(cell: str) -> float:
    return is_text(cell) * float(not is_phone(cell))


def is_text(cell: str) -> float:
    return float("@" not in cell and "://" not in cell)


def is_amount(cell: str) -> float:
    """Words will do where the header is plain: "large", "undisclosed"."""
    return 1.0 if DIGIT.search(cell) else 0.4


def is_object(cell: str) -> float:
    """Of a long cell the end is not seen."""
    return float(cell.startswith('{"') or (cell.startswith("{") and cell.endswith("}")))


FITS: dict[str, Fit] = {
    "email": is_address,
    "first_name": is_name,
    "last_name": is_name,
    "full_name": is_name,
    "company_name": is_text,
    "job_title": is_position,
    "phone_number": is_phone,
    "website": is_website,
    "company_url": is_website,
    "linkedin_profile": is_persons_page,
    "location": is_text,
    "city": is_text,
    "country": is_text,
    "industry": is_text,
    "company_size": is_amount,
    "revenue": is_amount,
    "custom_fields": is_object,
    "validation_checked_at": lambda cell: float(moment_in(cell) is not None),
}


def fit(target: str, cells: Sequence[str]) -> float:
    """Of all cells together; 1 where there is nothing to look at."""
    measure = FITS.get(target)
    return sum(map(measure, cells)) / len(cells) if measure and cells else 1.0


SNIFFED: tuple[tuple[str, Fit, str], ...] = (
    ("email", is_address, "hold an @"),
    ("linkedin_profile", lambda cell: float(PERSONS_PAGE(cell) is not None), "are LinkedIn pages"),
    ("phone_number", lambda cell: float(INTERNATIONAL_NUMBER(cell) is not None), "begin with a +"),
    (
        "website",
        lambda cell: float(WEB_ADDRESS(cell) is not None) * is_website(cell),
        "are web addresses",
    ),
)
"""What cells tell by themselves, and how that is put."""
