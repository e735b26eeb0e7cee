import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kit.embedded.folder import server_account
from app.kit.embedded.ports import free_port
from tests.process.up import Up, descendants, is_running, owner, server_folder, wait_for
from tests.processes import unconfigured

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with server_folder() as path:
        yield path


@pytest.fixture(scope="module")
def up(folder: Path) -> Iterator[Up]:
    """One that runs through most of the tests; each leaves it healthy."""
    started = Up(folder / "data").ready()
    yield started
    started.stop(signal.SIGKILL)


def test_it_runs_four_processes_and_answers(up: Up) -> None:
    assert set(up.children()) == {"postgres", "valkey-server", "api", "worker"}
    assert up.is_healthy()
    assert up.request("POST", "/campaigns/create", up.key, {"name": "Kept"}).is_success


def test_it_says_how_to_begin(up: Up) -> None:
    for word in (f"{up.url}/api/v1", f"{up.url}/docs", "duplicate_scope", "curl ", up.key):
        assert word in up.output


def test_secrets_are_readable_for_their_owner_only(up: Up, folder: Path) -> None:
    assert up.is_healthy()
    secrets = ("secret-key", "environment", "postgres-admin", "postgres-owner", "valkey-password")
    modes = {stat.S_IMODE((folder / "data" / name).stat().st_mode) for name in secrets}
    assert modes == {0o600}


def test_servers_never_run_as_root(up: Up) -> None:
    children, account = up.children(), server_account()
    expected = account.uid if account else os.geteuid()
    assert owner(children["postgres"]) == owner(children["valkey-server"]) == expected != 0


def test_a_folder_in_use_is_refused(up: Up, folder: Path) -> None:
    second = Up(folder / "data")
    assert second.process.wait(60) == 1
    assert second.stop() == 1
    assert "is in use by a running `leadgate up`" in second.output
    assert up.is_healthy()


def test_a_port_in_use_is_refused(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        started = Up(folder / "never-made", taken.getsockname()[1])
        assert started.process.wait(60) == 1
    assert started.stop() == 1
    assert "cannot be listened on" in started.output
    assert not (folder / "never-made").exists()


@pytest.mark.parametrize("name", ["postgres", "valkey-server", "api", "worker"])
def test_what_dies_is_started_again(up: Up, name: str) -> None:
    killed = up.children()[name]
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: not is_running(killed))
    wait_for(lambda: name in up.children() and up.is_healthy())
    wait_for(lambda: up.request("GET", "/campaigns/", up.key).is_success)


def test_sigterm_stops_everything_and_the_data_stays(up: Up, folder: Path) -> None:
    """The last test that uses the shared one."""
    below, key, began = descendants(up.process.pid), up.key, time.monotonic()
    assert up.stop() == 0
    assert time.monotonic() - began < 10
    assert not any(map(is_running, below))
    assert not (folder / "data" / "environment").exists()

    again = Up(folder / "data").ready()
    try:
        assert key not in again.output
        assert "shown at the first start" in again.output
        names = [c["name"] for c in again.request("GET", "/campaigns/", key).json()]
        assert names == ["Kept"]
    finally:
        again.stop()


def test_kill_9_of_the_parent_leaves_nothing_running(folder: Path) -> None:
    started = Up(folder / "my data").ready()
    below = descendants(started.process.pid)
    assert len(below) > 4
    started.stop(signal.SIGKILL)
    wait_for(lambda: not any(map(is_running, below)), timeout_s=10)
    again = Up(folder / "my data").ready()
    assert again.stop(signal.SIGINT) == 0


def test_kill_9_of_what_started_it_leaves_nothing_running(folder: Path) -> None:
    """As make does: it waits for `leadgate up --with-parent`, whose parent it is."""
    command = [sys.executable, "-m", "app.cli", "up", "--with-parent"]
    command += ["--port", str(free_port()), "--data-dir", str(folder / "my data")]
    waiting = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    make = subprocess.Popen([sys.executable, "-c", waiting, *command], env=unconfigured())
    wait_for(lambda: len(descendants(make.pid)) > 5)
    below = descendants(make.pid)
    make.kill()
    make.wait()
    wait_for(lambda: not any(map(is_running, below)), timeout_s=15)


def test_data_of_another_postgresql_is_refused(folder: Path) -> None:
    data = folder / "old" / "servers" / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    started = Up(folder / "old")
    assert started.process.wait(60) == 1
    assert started.stop() == 1
    assert "written by PostgreSQL 14" in started.output
    assert "leadgate backup" in started.output
