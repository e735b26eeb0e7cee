"""Workspaces and keys from the command line: beside a running `up`, or by its two variables."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from app.kit.problems import Problem
from app.kit.processes import CannotStart
from app.values import KeyId, KeyScope, WorkspaceId

if TYPE_CHECKING:
    from app.kit.resources import Resources

T = TypeVar("T")

workspaces = typer.Typer(help="Tenants: make and list them.", no_args_is_help=True)
keys = typer.Typer(help="API keys: make, list and revoke them.", no_args_is_help=True)

DataDir = Annotated[
    Path,
    typer.Option(
        envvar="LEADGATE_DATA_DIR",
        help="Of a running `up`; else set LEADGATE_DATABASE_URL and LEADGATE_SECRET_KEY.",
    ),
]
BESIDE = Path(".leadgate")


@workspaces.command("create")
def create_workspace(name: str, data_dir: DataDir = BESIDE) -> None:
    """Make a workspace; prints its id."""
    from app.workspaces import operations

    if not name.strip():
        raise CannotStart("A workspace needs a name.")
    typer.echo(_run(data_dir, lambda opened: operations.create_workspace(opened, name.strip())))


@workspaces.command("list")
def list_workspaces(data_dir: DataDir = BESIDE) -> None:
    """Id, preset and name of each, separated by tabs."""
    from app.workspaces import repository

    async def read(opened: "Resources") -> list[str]:
        async with opened.database.transaction() as tx:
            found = await repository.all_workspaces(tx)
        return [f"{one.id}\t{one.policy.preset}\t{one.name}" for one in found]

    _print(_run(data_dir, read))


@keys.command("create")
def create_key(
    workspace: Annotated[int, typer.Option(help="The workspace's id.")],
    name: Annotated[str, typer.Option(help="For people to know it by.")] = "Command line",
    scope: Annotated[
        KeyScope, typer.Option(help="Each includes those before it.")
    ] = KeyScope.WRITE,
    owner: Annotated[str | None, typer.Option(help="Whose it is.")] = None,
    language: Annotated[str | None, typer.Option(help="The owner's, as `en`.")] = None,
    rate_limit_per_minute: Annotated[
        int | None, typer.Option(help="Requests; 0 is no limit, without it the service's own.")
    ] = None,
    data_dir: DataDir = BESIDE,
) -> None:
    """Make a key and print it: it is shown this once, for only a hash is kept."""
    from app.workspaces import operations

    fields = _checked(
        name=name, owner=owner, language=language, rate_limit_per_minute=rate_limit_per_minute
    )

    async def make(opened: "Resources") -> str:
        _, text = await operations.create_key(opened, WorkspaceId(workspace), scope=scope, **fields)
        return text

    typer.echo(_run(data_dir, make))


@keys.command("list")
def list_keys(data_dir: DataDir = BESIDE) -> None:
    """Id, workspace, scope, prefix, state and name of each, separated by tabs."""
    from app.workspaces import repository

    async def read(opened: "Resources") -> list[str]:
        async with opened.database.transaction() as tx:
            found = await repository.all_keys(tx)
        return [
            f"{key.id}\t{key.workspace_id}\t{key.terms.scope}\t{key.prefix}\t{key.state}"
            f"\t{key.terms.name}"
            for key in found
        ]

    _print(_run(data_dir, read))


@keys.command("revoke")
def revoke_key(key_id: int, data_dir: DataDir = BESIDE) -> None:
    """It is answered 401 from now on. The last admin key, too, can be revoked here."""
    from app.workspaces import operations

    _run(data_dir, lambda opened: operations.revoke_any_key(opened, KeyId(key_id)))


def _checked(**fields: Any) -> dict[str, Any]:
    """As the API checks them."""
    from pydantic import ValidationError

    from app.workspaces.schemas.keys import KeyIn

    try:
        return KeyIn(**fields).model_dump(include=set(fields))
    except ValidationError as error:
        wrong = error.errors()[0]
        option = str(wrong["loc"][0]).replace("_", "-")
        raise CannotStart(f"--{option}: {wrong['msg']}") from None


def _print(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line)


def _run(data_dir: Path, work: "Callable[[Resources], Awaitable[T]]") -> T:
    """Raises CannotStart with a sentence for what can be expected."""
    from app.environment import settings_beside_up
    from app.kit.db import is_away
    from app.kit.resources import open_resources

    async def opened() -> T:
        async with open_resources(settings_beside_up(data_dir)) as resources:
            return await work(resources)

    try:
        return asyncio.run(opened())
    except Problem as problem:
        raise CannotStart(problem.detail) from None
    except Exception as error:
        if is_away(error):
            raise CannotStart("The database cannot be reached.") from None
        raise
