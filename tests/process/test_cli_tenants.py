import asyncio
import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.environment import leave_for_others
from app.kit.processes import CannotStart
from app.settings import Settings
from tests.client import client

Leadgate = Callable[..., Awaitable[str]]


@pytest.fixture
def leadgate(settings: Settings, tmp_path: Path) -> Iterator[Leadgate]:
    """The command beside a running `up`, whose data folder says where the database is.

    Gives what it printed, or raises the sentence that it would end with.
    """
    variables = {
        "LEADGATE_DATABASE_URL": settings.database_url,
        "LEADGATE_SECRET_KEY": settings.secret_key.get_secret_value(),
    }
    leave_for_others(tmp_path, variables)
    ours = dict.fromkeys((name for name in os.environ if name.startswith("LEADGATE_")), None)

    async def run(*arguments: str, data_dir: Path = tmp_path, **environment: str) -> str:
        result = await asyncio.to_thread(
            CliRunner().invoke,
            cli,
            [*arguments, "--data-dir", str(data_dir)],
            env=ours | environment,
        )
        if result.exception:
            raise result.exception
        return result.stdout.strip()

    logs = logging.getLogger()
    handlers, level = logs.handlers[:], logs.level
    hooks = sys.unraisablehook, threading.excepthook
    yield run
    # The command set up its own.
    logs.handlers[:] = handlers
    logs.setLevel(level)
    logging.raiseExceptions = True
    logging.captureWarnings(False)
    sys.unraisablehook, threading.excepthook = hooks


async def test_a_workspace_gets_a_key_that_works_until_it_is_revoked(
    leadgate: Leadgate, transport: httpx.AsyncBaseTransport
) -> None:
    workspace = await leadgate("workspaces", "create", "Agency")
    assert f"{workspace}\tsmartlead\tAgency" in (await leadgate("workspaces", "list")).split("\n")
    made = ("keys", "create", "--workspace", workspace, "--name", "Zapier", "--scope", "admin")
    terms = ("--owner", "Ann", "--language", "de", "--rate-limit-per-minute", "0")
    key = await leadgate(*made, *terms)
    async with client(transport, key) as api:
        me = (await api.get("/me")).json()
        assert me["workspace"] == {"id": int(workspace), "name": "Agency"}
        assert me["key"] == me["key"] | {
            "name": "Zapier",
            "scope": "admin",
            "owner": "Ann",
            "language": "de",
            "rate_limit_per_minute": 0,
        }
        listed = f"{me['key']['id']}\t{workspace}\tadmin\t{key[:8]}"
        keys = await leadgate("keys", "list")
        assert f"{listed}\tfor ever\tZapier" in keys.split("\n")
        assert key not in keys
        assert await leadgate("keys", "revoke", str(me["key"]["id"])) == ""
        assert (await api.get("/me")).status_code == 401
    assert f"{listed}\trevoked\tZapier" in (await leadgate("keys", "list")).split("\n")
    with pytest.raises(CannotStart, match="There is no such key"):
        await leadgate("keys", "revoke", str(me["key"]["id"]))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("keys", "revoke", "999999999"), "There is no such key."),
        (("keys", "create", "--workspace", "999999999"), "There is no such workspace."),
        (("keys", "create", "--workspace", "1", "--language", "?"), "--language: String should"),
        (
            ("keys", "create", "--workspace", "1", "--rate-limit-per-minute", "-1"),
            "--rate-limit-per-minute: Input should",
        ),
        (("workspaces", "create", " "), "A workspace needs a name."),
    ],
)
async def test_what_cannot_be_is_a_sentence(
    leadgate: Leadgate, arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CannotStart, match=sentence):
        await leadgate(*arguments)


async def test_what_it_needs_is_named(leadgate: Leadgate, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"(?s)LEADGATE_DATABASE_URL.*LEADGATE_SECRET_KEY"):
        await leadgate("keys", "list", data_dir=tmp_path / "nowhere")
    away = "postgresql://leadgate@127.0.0.1:1/leadgate"
    with pytest.raises(CannotStart, match="cannot be reached"):
        await leadgate("keys", "list", LEADGATE_DATABASE_URL=away)
