"""Files from the command line to a running service."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from app.kit.processes import CannotStart
from app.values import DuplicateScope, Mode, SuppressionKind

File = Annotated[
    Path,
    typer.Argument(help="CSV, TSV, NDJSON, .xlsx, or as gzip; - is the standard input."),
]
Url = Annotated[str, typer.Option(envvar="LEADGATE_URL", help="Of the running service.")]
Key = Annotated[str, typer.Option(envvar="LEADGATE_API_KEY", help="Better given as the variable.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say what would become of each row, and do not ask.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the import as JSON, and nothing else.")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="'Column=field', or 'Column=' to leave it out. May be repeated."),
]
SheetName = Annotated[
    str | None, typer.Option("--sheet", help="Of a workbook; else the first with rows.")
]
HERE = "http://127.0.0.1:8000"


def import_file(
    file: File,
    campaign: Annotated[int, typer.Option(help="The campaign's id.")],
    key: Key,
    url: Url = HERE,
    mode: Annotated[Mode | None, typer.Option(help="What may be done to people.")] = None,
    scope: Annotated[
        DuplicateScope | None, typer.Option(help="How far to look for the same person.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="For every row. May be repeated.")] = None,
    columns: Map = None,
    sheet: SheetName = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Import a file into a campaign, and watch it.

    Ends with 0 if all rows got in, with 3 if some did not, with 1 if it failed.
    """
    _send(
        file,
        f"/campaigns/{campaign}/imports",
        campaign,
        {"mode": mode, "duplicate_scope": scope, "tags": tag, "dry_run": dry_run},
        _mapping(columns or ()),
        sheet=sheet,
        url=url,
        key=key,
        yes=yes,
        as_json=as_json,
    )


def suppress_file(
    file: File,
    kind: Annotated[SuppressionKind, typer.Option(help="The list that it fills.")],
    key: Key,
    url: Url = HERE,
    campaign: Annotated[
        int | None, typer.Option(help="Unsubscribes of this campaign only.")
    ] = None,
    client: Annotated[
        int | None, typer.Option(help="Entries for this client's campaigns only.")
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="That holds the addresses and domains.")
    ] = None,
    sheet: SheetName = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Put the addresses and domains of a file onto a suppression list.

    Ends with 0 if all rows are on it, with 3 if some are not, with 1 if it failed.
    """
    _send(
        file,
        "/suppressions/imports",
        campaign,
        {"kind": kind, "campaign_id": campaign, "client_id": client, "dry_run": dry_run},
        {column: "entry"} if column else {},
        sheet=sheet,
        url=url,
        key=key,
        yes=yes,
        as_json=as_json,
    )


def _send(
    file: Path,
    path: str,
    campaign: int | None,
    settings: dict[str, Any],
    mapping: dict[str, str | None],
    *,
    sheet: str | None,
    url: str,
    key: str,
    yes: bool,
    as_json: bool,
) -> None:
    from app.remote.imports import Sending, send_and_follow
    from app.remote.service import Service

    said = {name: value for name, value in settings.items() if value}
    asks = not (yes or settings["dry_run"])
    sending = Sending(file, sheet, path, campaign, said, mapping, asks, as_json)
    raise typer.Exit(send_and_follow(Service(url, key), sending))


def _mapping(given: Sequence[str]) -> dict[str, str | None]:
    mapping: dict[str, str | None] = {}
    for column, field in map(_mapped, given):
        if column in mapping:
            raise CannotStart(f"--map says twice what {column!r} becomes.")
        mapping[column] = field
    return mapping


def _mapped(text: str) -> tuple[str, str | None]:
    """The last sign of equality divides: headers have some, fields have none."""
    column, equals, field = text.rpartition("=")
    if not equals:
        raise CannotStart(f"--map takes 'Column=field', and this is {text!r}.")
    return column, field.strip() or None
