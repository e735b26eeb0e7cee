"""Files from the command line to a running service."""

from pathlib import Path
from typing import Annotated

import typer

from app.kit.processes import CannotStart
from app.values import DuplicateScope, Mode

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV, TSV, NDJSON, .xlsx, or as gzip.")
]
Url = Annotated[str, typer.Option(envvar="LEADGATE_URL", help="Of the running service.")]
Key = Annotated[str, typer.Option(envvar="LEADGATE_API_KEY", help="Better given as the variable.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would become of each row.")]
Json = Annotated[bool, typer.Option("--json", help="Print the import as JSON, and nothing else.")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="'Column=field', or 'Column=' to leave it out. May be repeated."),
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
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Import a file into a campaign, and watch it.

    Ends with 0 if all rows got in, with 3 if some did not, with 1 if it failed.
    """
    from app.remote.imports import Sending, send_and_follow
    from app.remote.service import Service

    settings = {"mode": mode, "duplicate_scope": scope, "tags": tag, "dry_run": dry_run}
    sending = Sending(
        file=file,
        path=f"/campaigns/{campaign}/imports",
        settings={name: value for name, value in settings.items() if value},
        mapping=dict(map(_mapped, columns or ())),
        yes=yes,
        as_json=as_json,
    )
    raise typer.Exit(send_and_follow(Service(url, key), sending))


def _mapped(text: str) -> tuple[str, str | None]:
    """The last sign of equality divides: headers have some, fields have none."""
    column, equals, field = text.rpartition("=")
    if not equals:
        raise CannotStart(f"--map takes 'Column=field', and this is {text!r}.")
    return column, field.strip() or None
