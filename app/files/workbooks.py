"""Workbooks as text."""

from pathlib import Path

from app.files.errors import FileUnreadable


async def to_csv(source: Path, target: Path, *, timeout_s: float = 120, max_bytes: int) -> None:
    """Raises FileUnreadable."""
    told = f"{source} {target} {timeout_s} {max_bytes}"
    raise FileUnreadable("workbook_unreadable", f"The workbook cannot be read. {len(told)}")
