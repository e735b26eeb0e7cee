"""`leadgate up` as a person starts it, and what runs below it."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import httpx

from app.kit.embedded.ports import free_port
from tests.processes import unconfigured
from tests.run_log import RUN_LOG

READY_S = 90.0
"""Far above what it takes (about 5 s): the tests of a busy machine are not to fail for that."""


class Up:
    """A running `leadgate up` on a free port; its output is kept."""

    def __init__(
        self, data_dir: Path, port: int | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._data_dir = data_dir
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "app.cli", "up"),
                *("--port", str(self.port), "--data-dir", str(data_dir)),
            ],
            env=unconfigured() | dict(environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.output = ""
        # Or it would stop when the pipe is full.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line

    def ready(self) -> Self:
        wait_for(lambda: "Ctrl-C stops" in self.output or self.process.poll() is not None)
        assert self.process.poll() is None, self.output
        return self

    @property
    def key(self) -> str:
        found = re.search(r"Key +(\S{20,})", self.output)
        assert found, self.output
        return found[1]

    def request(self, method: str, path: str, key: str, json: object = None) -> httpx.Response:
        return httpx.request(
            method, f"{self.url}/api/v1{path}", headers={"X-API-Key": key}, json=json, timeout=10
        )

    def is_healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=2).is_success
        except httpx.HTTPError:
            return False

    def children(self) -> dict[str, int]:
        """The processes right below it: postgres, valkey, api, worker."""
        return {_name(pid): pid for pid in _children(self.process.pid)}

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code, after all of its output was read."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(15)
        self._reader.join(15)
        # But for the key, which it prints once, on purpose.
        RUN_LOG.add(re.sub(r"(Key +|X-API-Key: )(lg_|\$)\S+", "", self.output))
        RUN_LOG.add_servers(self._data_dir)
        assert self.process.stdout
        self.process.stdout.close()
        return code


@contextmanager
def server_folder() -> Iterator[Path]:
    """Where the servers' account can go, unlike pytest's own folders."""
    with TemporaryDirectory(prefix="leadgate-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def descendants(pid: int) -> set[int]:
    below = _children(pid)
    return set(below).union(*(descendants(child) for child in below))


def is_running(pid: int) -> bool:
    """A zombie has ended; that nobody asked for its exit code is its parent's affair."""
    try:
        return _status(pid)["State"][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def owner(pid: int) -> int:
    return int(_status(pid)["Uid"].split()[0])


def wait_for(true: Callable[[], bool], timeout_s: float = READY_S) -> None:
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    """Of all its threads."""
    found: list[int] = []
    try:
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, file.read_text().split())
    except (FileNotFoundError, ProcessLookupError):
        return found
    return found


def _name(pid: int) -> str:
    """What it is for: the subcommand of ours, else the program."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        return words[words.index("app.cli") + 1] if "app.cli" in words else _status(pid)["Name"]
    except (FileNotFoundError, ProcessLookupError):
        return "gone"


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
