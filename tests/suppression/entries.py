"""Entries as lists show them, without what every run has of its own."""

from datetime import datetime
from typing import Any


def bare(entry: dict[str, Any]) -> dict[str, Any]:
    """Without the id and the time, which must be there."""
    assert entry["id"] > 0
    assert datetime.fromisoformat(entry["created_at"]).tzinfo
    return {name: value for name, value in entry.items() if name not in ("id", "created_at")}
