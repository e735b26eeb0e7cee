"""Programs that run beside us: they die when we do, and what dies alone is started again."""

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

log = logging.getLogger(__name__)

PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
"""Before a program that died is started again; doubled each time."""
STEADY_S = 10.0
"""Who ran this long is not in a crash loop: the next pause is the short one."""
LOG_BYTES = 10_000_000
PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    """A sentence for the person who started us."""


@dataclass(frozen=True)
class Account:
    """Who runs a program; only root can choose."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    """The whole of it: a server has no business with our secrets."""
    directory: Path | None = None
    log_path: Path | None = None
    """Where its output goes; without one, where ours goes."""
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 6.0


@asynccontextmanager
async def running(*programs: Program) -> AsyncIterator[None]:
    """Keep the programs running for as long as the block does; at its end stop them all at once."""
    keepers = [asyncio.create_task(_keep_running(program)) for program in programs]
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)


async def finish(program: Program) -> int:
    """Run to the end and return the exit code; a cancelled caller stops the program too."""
    process = await _start(program)
    try:
        return await process.wait()
    finally:
        await _stop(program, process)


async def _keep_running(program: Program) -> None:
    pause_s = PAUSE_S
    while True:
        started = time.monotonic()
        code = await finish(program)
        if time.monotonic() - started > STEADY_S:
            pause_s = PAUSE_S
        log.warning("%s ended with code %s, starting it again", program.name, code)
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


async def _start(program: Program) -> asyncio.subprocess.Process:
    account = program.account
    with _output(program.log_path) as output:
        return await asyncio.create_subprocess_exec(
            *program.command,
            env=program.environment,
            cwd=program.directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            # Ctrl-C reaches the whole foreground group; the order of stopping is ours to choose.
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_dying_with(os.getpid(), program.stop_signal),
        )


async def _stop(program: Program, process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(program.stop_signal)
    try:
        await asyncio.wait_for(process.wait(), program.stop_timeout_s)
    except TimeoutError:
        log.warning("%s did not stop in time and is killed", program.name)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@contextmanager
def _output(path: Path | None) -> Iterator[BinaryIO | None]:
    """The log file, opened by us: the program's account need not be able to write there."""
    if path is None:
        yield None
        return
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".old.log"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        yield file


def die_with_parent(stop_signal: signal.Signals) -> None:
    """Ask for the signal when whoever started this process is gone, however it went."""
    if ask := _dying_with(os.getppid(), stop_signal):
        ask()


def _dying_with(parent: int, stop_signal: signal.Signals) -> Callable[[], None] | None:
    """Linux sends the signal when the thread that forked is gone, however it went.

    It is asked for after setuid, which resets it; subprocess runs ``preexec_fn`` there. Nothing but
    these two calls happens between fork and exec, because locks of other threads stay as they were.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask
