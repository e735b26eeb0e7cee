"""Rows and requests for tests."""

from typing import Any


def lead(email: str, **fields: Any) -> dict[str, Any]:
    return {"email": email, **fields}


def batch(*leads: str | dict[str, Any], **settings: Any) -> dict[str, Any]:
    """The body of an add: addresses or whole leads, and the settings."""
    rows = [lead(row) if isinstance(row, str) else row for row in leads]
    return {"lead_list": rows, "settings": settings} if settings else {"lead_list": rows}


def people(
    count: int, *, domain: str = "example.com", prefix: str = "person"
) -> list[dict[str, Any]]:
    return [
        lead(f"{prefix}{n}@{domain}", first_name=f"First{n}", last_name=f"Last{n}")
        for n in range(count)
    ]
