"""What was measured, beside what must be reached."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A number with its limits; of some the most counts (``at_most``), of the others the least."""

    work: str
    measured: str
    value: float
    compared: str = ""
    """What ``value`` is in: "of COPY", "ms" …"""
    must: float | None = None
    goal: float | None = None
    at_most: bool = False

    def reaches(self, limit: float | None) -> bool:
        if limit is None:
            return True
        return self.value <= limit if self.at_most else self.value >= limit

    @property
    def verdict(self) -> str:
        if self.must is None:
            return ""
        if not self.reaches(self.must):
            return "UNDER MUST" if not self.at_most else "OVER MUST"
        return "ok, goal" if self.reaches(self.goal) else "ok"


HEAD = ("work", "measured", "ratio", "", "must", "goal", "")


def table(figures: Iterable[Figure]) -> str:
    rows = [HEAD, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(_line(row, widths) for row in rows)


def _row(figure: Figure) -> tuple[str, ...]:
    limits = (f"{limit:.2f}" if limit is not None else "" for limit in (figure.must, figure.goal))
    value = f"{figure.value:.2f}"
    return (figure.work, figure.measured, value, figure.compared, *limits, figure.verdict)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    first, *rest = (
        cell.ljust(width) if column in (0, 3, 6) else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((first, *rest)).rstrip()
