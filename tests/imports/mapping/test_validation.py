"""Columns that tell what a check of the address found."""

from typing import Any

import pytest

from app.imports.batch import given_row
from app.imports.mapping.mapping import Mapping
from app.imports.mapping.suggest import suggest
from tests.imports.mapping.tables import suggested, targets

HEADERS = ["Email", "ZB Status", "ZB Sub Status", "Verified At"]
MAPPED = ["email", "validation", "validation_detail", "validation_checked_at"]


def validation(*cells: str, headers: list[str] = HEADERS) -> dict[str, Any] | None:
    lead, tags, problem = Mapping(headers, MAPPED).apply(["a@x.com", *cells])
    assert (tags, problem, lead["email"]) == ((), None, "a@x.com")
    found: dict[str, Any] | None = lead.get("validation")
    return found


@pytest.mark.parametrize(
    "table",
    [
        "Email | ZB Status | ZB Sub Status | Verification Date",
        "Email | NeverBounce Result | NeverBounce Reason | Validated At\na@x.com | 1 || 2026-01-01",
        "Email | Email Status | Validation_Detail | emailVerificationDate\na@x.com | Verified ||",
        "Email | Statut e-mail | ZB Reason | Verified On\na@x.fr | valid | gold | 46353",
        *(
            f"Email | ZB Status | ZB Sub Status | {date}\na@x.com | valid || 2026-11-01 10:00:00"
            for date in (
                "checked_at",
                "processed_at",
                "Last Verified",
                "Date Verified",
                "verification_time",
                "Email Last Verified",
            )
        ),
    ],
)
def test_they_are_known_by_their_headers(table: str) -> None:
    assert targets(table) == MAPPED


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("Email | Status\na@x.com | valid\nb@x.com | catch-all", "2 of 2 cells tell what"),
        ("Email | Result\na@x.com | Undeliverable\nb@x.com | unknown", "2 of 2 cells tell what"),
        ("Email | ZeroBounce\na@x.com | do_not_mail", "1 of 1 cells tell what"),
    ],
)
def test_they_are_known_by_their_cells(table: str, reason: str) -> None:
    [_, column] = suggested(table).columns
    assert column.target == "validation"
    assert column.reason.startswith(reason)


@pytest.mark.parametrize(
    "table",
    [
        "Email | Status",
        "Email | Status\na@x.com | Pending\nb@x.com | Bounced",
        "Email | Status\na@x.com | 1",
        "Email | Email Status\na@x.com | 1\nb@x.com | 0",
        "Email | Phone Status\na@x.com | valid",
        "Email | Lead Status\na@x.com | invalid",
        "Email | Email Status\na@x.com | Subscribed\nb@x.com | Bounced\nc@x.com | Cleaned",
        "Email | Verification Date\na@x.com | 2026-01-01",
        "Email | Secondary Email Status\na@x.com | Verified",
    ],
)
def test_other_columns_stay_custom_fields(table: str) -> None:
    [_, target] = targets(table)
    assert target
    assert target.startswith("custom_fields.")


def test_a_row_brings_the_word_its_detail_and_its_date() -> None:
    assert validation(" do_not_mail ", "role_based", "2026-11-01") == {
        "vendor": "zerobounce",
        "word": "do_not_mail/role_based",
        "checked_at": "2026-11-01",
    }
    assert validation("valid", "", "N/A") == {"vendor": "zerobounce", "word": "valid"}
    assert validation("", "role_based", "2026-11-01") is None
    assert validation("nan") is None
    assert validation() is None


def test_the_tool_tells_whose_words_they_are() -> None:
    headers = ["Email", "Email Status", "Detail", "Company Name for Emails"]
    assert validation("Guessed", headers=headers) == {"vendor": "apollo", "word": "Guessed"}


def test_what_is_not_understood_is_no_verdict_and_no_problem() -> None:
    lead, _, problem = Mapping(HEADERS, MAPPED).apply(["a@x.com", "somewhat\x00", "", "soon"])
    assert problem is None
    assert given_row(lead).candidate.validation is None
    lead, *_ = Mapping(HEADERS, MAPPED).apply(["a@x.com", "valid", "", "soon"])
    assert given_row(lead).candidate.validation is None


def test_it_is_said_beforehand() -> None:
    mapping = Mapping(HEADERS, MAPPED)
    rows = [["a@x.com", word, "", date] for word, date in (("valid", "46353"), ("Yes", "soon"))]
    assert list(mapping.warnings(rows)) == [
        (
            "validation_words",
            "ZB Status",
            "`Yes` says nothing that is known of an address; it is checked as any other.",
        ),
        ("validation_dates", "Verified At", without_verdict("`soon` cannot be read as a date")),
    ]
    many = [["a@x.com", f"word {n}" + "x" * 50] for n in range(7)]
    [finding] = mapping.warnings([*many, *many])
    assert finding.detail.startswith("`word 0xxx")
    assert " and 2 more say " in finding.detail
    assert len(finding.detail) < 400
    twice = [["a@x.com", "valid", "", date] for date in ("soon", "then", "soon")]
    [finding] = mapping.warnings(twice)
    assert finding.detail == without_verdict("`soon`, `then` cannot be read as dates")


def without_verdict(what: str) -> str:
    return f"{what}; the address is checked as any other."


def test_no_column_no_warning() -> None:
    assert list(Mapping.of_suggestion(suggest(["Email"], [])).warnings([["a@x.com"]])) == []
