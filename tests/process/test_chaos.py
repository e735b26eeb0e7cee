"""The chaos in its short form: ``make chaos`` kills more."""

import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.kills import OFTEN, chaos
from tests.process.up import Up

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

KILLS = 7
AWAY_S = 20.0
"""Far above what it takes (2 to 6 s): the tests of a busy machine are not to fail for that."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the servers' account can go, unlike pytest's own folders."""
    path = Path(tempfile.mkdtemp(prefix="leadgate-chaos-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def up(folder: Path) -> Iterator[Up]:
    started = Up(folder / "data", environment=OFTEN).ready()
    yield started
    started.stop(signal.SIGKILL)


async def test_nothing_that_was_acknowledged_is_lost_or_doubled(up: Up, folder: Path) -> None:
    seed = secrets.token_hex(4)
    outcome = await chaos(up, folder / "data", kills=KILLS, seed=seed)
    assert outcome.wrong == [], f"seed {seed}"
    assert outcome.longest_s < AWAY_S
    assert outcome.leads > 0
