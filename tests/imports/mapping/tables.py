"""Small tables, written as text."""

from app.imports.mapping.suggest import Suggestion, suggest

Table = tuple[list[str], list[list[str]]]


def table(text: str) -> Table:
    """Cells are separated by a bar, rows by a line."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return rows[0], rows[1:]


def suggested(text: str, *variables: str) -> Suggestion:
    return suggest(*table(text), variables)


def targets(text: str) -> list[str | None]:
    return [column.target for column in suggested(text).columns]
