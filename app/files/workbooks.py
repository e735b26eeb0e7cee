"""Workbooks as text."""

from pathlib import Path

from app.files.errors import FileUnreadable


async def to_csv(
    source: Path,  # noqa: ARG001  # there is nothing yet that reads them
    target: Path,  # noqa: ARG001
    *,
    timeout_s: float = 120,  # noqa: ARG001
    max_bytes: int,  # noqa: ARG001
) -> None:
    """Raises FileUnreadable."""
    raise FileUnreadable("workbook_unreadable", "The workbook cannot be read.")
