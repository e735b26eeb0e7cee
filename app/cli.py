"""The console command. Each command imports what it needs: `--help` answers at once."""

import asyncio
import logging
import os
import signal
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from app import cli_imports, cli_tenants
from app.kit.processes import CannotStart

log = logging.getLogger(__name__)
cli = typer.Typer(
    name="leadgate",
    help="A self-hosted lead API for outbound email.",
    no_args_is_help=True,
    add_completion=False,
    # Typer's tracebacks print local variables, and with them keys and passwords.
    pretty_exceptions_enable=False,
)

cli.add_typer(cli_tenants.workspaces, name="workspaces")
cli.add_typer(cli_tenants.keys, name="keys")
cli.command("import")(cli_imports.import_file)
cli.command("suppress")(cli_imports.suppress_file)

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
DataDir = Annotated[
    Path, typer.Option(envvar="LEADGATE_DATA_DIR", help="Folder of all that is kept.")
]
DatabaseUrl = Annotated[
    str, typer.Option(envvar="LEADGATE_DATABASE_URL", help="Better given as the variable.")
]

BESIDE = Path(".leadgate")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACE_S = 4
"""For requests in flight."""
STOPPED_WITHIN_S = 8
"""A worker that waits for a silent PostgreSQL goes as it is then; its leases run out."""


def main() -> None:
    """Entry of the console script."""
    try:
        cli()
    except CannotStart as refusal:
        raise SystemExit(f"leadgate: {refusal}") from None
    except Exception:
        # Python would print what the error says, and that may quote addresses and passwords.
        from app.kit.logs import configure_logs

        if not logging.getLogger().handlers:
            configure_logs("INFO")
        log.critical("the process ends", exc_info=True)
        raise SystemExit(1) from None


@cli.command()
def up(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data_dir: DataDir = BESIDE,
    with_parent: Annotated[
        bool, typer.Option(help="Stop, too, when the process that started it is gone.")
    ] = False,
) -> None:
    """Everything on this machine: database, queue, API and worker. Ctrl-C stops it all."""
    from app.kit.processes import die_with_parent
    from app.up import run_everything

    if with_parent:
        die_with_parent(signal.SIGTERM)

    _until_stopped(run_everything(host, port, data_dir))


@cli.command()
def api(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """One API process; run as many as you like."""
    import uvicorn

    from app.environment import read_settings
    from app.kit.server import Server, protocol
    from app.main import create_app

    settings = read_settings()
    app = create_app(settings)
    _collect_less()
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=protocol(settings.header_timeout_s, settings.body_timeout_s),
        ws="none",
        log_config=None,
        access_log=False,  # a SmartLead client sends its key in the URL
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    Server(config, lambda: app.state.resources.streams.end()).run()


def _collect_less() -> None:
    """Batches and chunks make many short-lived objects and no cycles; what was imported stays."""
    import gc

    gc.freeze()
    gc.set_threshold(250_000, 20, 20)


@cli.command()
def worker() -> None:
    """One worker process; run as many as you like."""
    from uvicorn.loops.auto import auto_loop_factory

    from app.environment import read_settings
    from workers.main import work

    settings = read_settings()

    async def run() -> None:
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()

        def stop() -> None:
            stopping.set()
            loop.call_later(STOPPED_WITHIN_S, os._exit, 0)

        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, stop)
        await work(settings, stopping)

    _collect_less()
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:  # uvloop, where it is
        runner.run(run())


@cli.command()
def migrate(
    database_url: DatabaseUrl,
    check: Annotated[bool, typer.Option(help="Only compare: is a migration missing?")] = False,
) -> None:
    """Bring the database to the newest schema; several hosts may do so at once.

    On an empty database LEADGATE_BOOTSTRAP_API_KEY becomes the first key.
    """
    from app import migrate

    if check:
        migrate.check(database_url)
        return
    migrate.upgrade(database_url)
    if os.environ.get("LEADGATE_BOOTSTRAP_API_KEY"):
        asyncio.run(_first_key(database_url))


async def _first_key(database_url: str) -> None:
    from app.environment import read_settings
    from app.kit.resources import open_resources
    from app.workspaces.operations import bootstrap

    settings = read_settings().model_copy(update={"database_url": database_url})
    async with open_resources(settings) as resources:
        await bootstrap(resources)


@cli.command()
def backup(
    file: Annotated[str, typer.Argument(help="To write; - is the standard output.")],
    data_dir: DataDir = BESIDE,
    force: Annotated[bool, typer.Option(help="Overwrite the file, if it exists.")] = False,
) -> None:
    """The whole database and the secret key into one file, while `up` runs or not.

    With LEADGATE_DATABASE_URL and LEADGATE_SECRET_KEY: of that database.
    """
    from app.backup.taking import take
    from app.kit.embedded.folder import Folder

    _to_its_end(take(file, Folder(data_dir.resolve()), force=force))


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="That `leadgate backup` wrote.")],
    data_dir: DataDir = BESIDE,
) -> None:
    """Bring a backup into an empty data folder, on any PostgreSQL that `up` finds."""
    from app.backup.bringing import bring

    _to_its_end(bring(file, data_dir))


@cli.command()
def openapi(
    check: Annotated[bool, typer.Option(help="Only compare: is the file up to date?")] = False,
) -> None:
    """Write openapi/openapi.json."""
    from app import openapi

    if not check:
        openapi.write()
    elif not openapi.is_current():
        raise SystemExit(f"{openapi.PATH} is out of date: run `leadgate openapi` and commit it.")


def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Raises CannotStart when a signal stopped it, or PostgreSQL went away."""
    from app.kit.db import is_away

    try:
        ended = _until_stopped(work)
    except Exception as error:
        if is_away(error):
            raise CannotStart("PostgreSQL cannot be reached, or has no room left.") from None
        raise
    if not ended:
        raise CannotStart("Stopped before it was done.")


def _until_stopped(work: Coroutine[Any, Any, None]) -> bool:
    """Run until it ends or a signal comes; then it is cancelled once and left to stop in peace.

    Did it end by itself?
    """

    async def run() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task

        def stop() -> None:
            for number in STOP_SIGNALS:
                loop.add_signal_handler(number, int)  # does nothing
            task.cancel()

        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, stop)
        await work

    with suppress(asyncio.CancelledError):
        asyncio.run(run())
        return True
    return False


if __name__ == "__main__":
    main()
