"""What a process prints when something goes wrong that nobody thought of."""

import json
import subprocess
import sys

import pytest

SECRETS = """
import asyncio, gc, logging, sys, threading, warnings
from app.kit.logs import configure_logs
configure_logs("DEBUG")
def fail(*_):
    raise ValueError("ann@example.com said hello")
{statement}
"""
QUOTED = {
    "a thread": "threading.Thread(target=fail).start()",
    "a task": "asyncio.run(main()); gc.collect()",
    "a destructor": "type('T', (), {'__del__': fail})()",
    "a warning": "warnings.warn('odd:\\n  said hello to ann@example.com')",
    "an unwritable line": "logging.getLogger().error('%d', 'ann@example.com said hello')",
}
MAIN = """
async def main():
    asyncio.create_task(asyncio.to_thread(fail))
    await asyncio.sleep(0.1)
    gc.collect()
"""


@pytest.mark.parametrize("quoted", QUOTED)
def test_what_nobody_catches_is_told_without_what_it_says(quoted: str) -> None:
    program = SECRETS.format(
        statement=(MAIN if "main()" in QUOTED[quoted] else "") + QUOTED[quoted]
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "said hello" not in done.stderr
    assert "example.com" not in done.stderr
    assert [json.loads(line) for line in done.stderr.splitlines()] or quoted == "an unwritable line"


def test_a_command_that_fails_does_not_say_with_what() -> None:
    url = "postgresql://leadgate:hunter2@[::1"
    command = [sys.executable, "-m", "app.cli", "migrate", "--database-url", url]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "ValueError" in done.stderr
    assert "hunter2" not in done.stderr
