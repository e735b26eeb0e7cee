"""Send a file, show how it is understood, start it, watch it, and say what became of it."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from app.kit.processes import CannotStart
from app.remote.content import length_of, name_of, opened
from app.remote.service import Service
from app.remote.summary import all_went_in, summary

NOT_ALL = 3
"""The exit code where some rows did not get in; 1 is a failure."""
BLOCKERS = ("campaign", "entry")

Document = dict[str, Any]


@dataclass(frozen=True)
class Sending:
    """What somebody asks of the command. ``path`` is where the import is made."""

    file: Path
    sheet: str | None
    path: str
    campaign: int | None
    settings: Document
    mapping: Mapping[str, str | None]
    asks: bool
    """Before it is started."""
    as_json: bool


def send_and_follow(service: Service, sending: Sending) -> int:
    """Gives the exit code. People's words go to standard error where JSON is asked for."""
    if sending.asks and not (sys.stdin and sys.stdin.isatty()):
        raise CannotStart("Nobody can be asked here: look with --dry-run, and say --yes.")
    out = Console(stderr=sending.as_json, highlight=False, soft_wrap=True)
    if sending.campaign is not None:
        # Else all would be sent for nothing. Once: where nothing was begun, nothing is waited for.
        service.ask("GET", f"/campaigns/{sending.campaign}", tries=1)
    draft = _send(service, out, sending)
    here = f"/imports/{draft['id']}"
    try:
        _decide(service, out, draft, sending)
    except CannotStart:
        service.ask("POST", f"{here}/cancel")
        raise
    found = _follow(service, out, here)
    breakdowns = [service.ask("GET", f"{here}/breakdown", params={"by": by}) for by in BLOCKERS]
    if sending.as_json:
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201  # that is what was asked for
    else:
        out.print("\n".join(summary(found, breakdowns)), markup=False)
    if found["state"] != "completed":
        return 1
    return 0 if all_went_in(found) else NOT_ALL


def _send(service: Service, out: Console, sending: Sending) -> Document:
    progress = Progress(console=out, transient=True, disable=not out.is_terminal)
    with opened(sending.file) as content, progress:
        shown = progress.wrap_file(content, total=length_of(content), description="Sending")
        name = name_of(sending.file)
        return service.send(sending.path, name, shown, sending.sheet, sending.settings)


def _decide(service: Service, out: Console, draft: Document, sending: Sending) -> None:
    """Raises CannotStart where it is not to be."""
    here = f"/imports/{draft['id']}"
    if sending.mapping:
        mapping = _decided(draft["settings"]["mapping"], sending.mapping)
        draft = service.ask("PATCH", here, json={"settings": {"mapping": mapping}})
    _show(out, draft, is_chosen=sending.sheet is not None)
    if sending.asks and not _agreed(out):
        raise CannotStart("Nothing was imported.")
    service.ask("POST", f"{here}/start")


def _decided(
    suggested: Mapping[str, str | None], given: Mapping[str, str | None]
) -> dict[str, str | None]:
    """A field that somebody gives a column is taken from the one for which it was suggested."""
    kept = {
        column: None if target in given.values() else target for column, target in suggested.items()
    }
    return kept | dict(given)


def _show(out: Console, draft: Document, *, is_chosen: bool) -> None:
    """How the file is understood; who chose a sheet of it knows that there are others."""
    mapping: dict[str, str | None] = draft["settings"]["mapping"]
    table = Table(box=None, pad_edge=False)
    for title in ("Column", "becomes", "because"):
        table.add_column(title)
    for one in draft["preview"]["mapping"]:
        target = mapping.get(one["column"])
        because = one["reason"] if target == one["target"] else "you say so"
        becomes = Text(target) if target else Text("left out", style="dim")
        table.add_row(Text(one["column"]), becomes, Text(because))
    out.print(table)
    for warning in draft["preview"]["warnings"]:
        if not (is_chosen and warning["code"] == "other_sheets"):
            out.print(f"! {warning['detail']}", markup=False)


def _agreed(out: Console) -> bool:
    return out.input("Import it? \\[y/N] ").strip().lower() in {"y", "yes"}


def _follow(service: Service, out: Console, here: str) -> Document:
    """To its end. Who stops it here leaves the import running."""
    columns = (
        *(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()),
        *(TextColumn("{task.fields[rate]}"), TimeRemainingColumn()),
    )
    found: Document = {}
    try:
        with Progress(
            *columns, console=out, transient=True, disable=not out.is_terminal
        ) as progress:
            task = progress.add_task("Importing", total=None, rate="")
            for found in service.follow(f"{here}/events"):
                _advance(progress, task, found)
    except KeyboardInterrupt:
        raise CannotStart(f"The import goes on without you: {here}") from None
    return found or service.ask("GET", here)


def _advance(progress: Progress, task: Any, found: Document) -> None:
    how_far = found["progress"]
    rate = how_far["rows_per_s"]
    progress.update(
        task,
        total=how_far["rows_total"] or None,
        completed=how_far["rows_done"],
        rate=f"{rate:,.0f} rows/s" if rate else found["state"],
    )
