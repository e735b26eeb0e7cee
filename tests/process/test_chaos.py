"""Under load: the chaos in its short form, of which ``make chaos`` kills more, and a stop."""

import asyncio
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.kills import OFTEN, chaos, under_load
from tests.process.up import Up, server_folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

KILLS = 7
LOAD_S, STOPPED_S = 1.5, 10.0
AWAY_S = 20.0
"""Far above what it takes (2 to 6 s): the tests of a busy machine are not to fail for that."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with server_folder() as path:
        yield path


@pytest.fixture
def up(folder: Path) -> Iterator[Up]:
    started = Up(folder / "data", environment=OFTEN).ready()
    yield started
    started.stop()


async def test_nothing_that_was_acknowledged_is_lost_or_doubled(up: Up, folder: Path) -> None:
    seed = secrets.token_hex(4)
    outcome = await chaos(up, folder / "data", kills=KILLS, seed=seed)
    assert outcome.wrong == [], f"seed {seed}"
    assert outcome.longest_s < AWAY_S
    assert outcome.leads > 0


async def test_a_stop_under_load_loses_nothing(up: Up, folder: Path) -> None:
    """The clients go on asking, and are answered after the next start."""
    async with under_load(up, folder / "data", secrets.token_hex(4)) as load:
        await asyncio.sleep(LOAD_S)
        began = time.monotonic()
        assert await asyncio.to_thread(up.stop) == 0
        assert time.monotonic() - began < STOPPED_S
        told = load.leads()
        again = Up(folder / "data", up.port, OFTEN)
        try:
            await asyncio.to_thread(again.ready)
            assert await load.outcome() == []
        finally:
            await asyncio.to_thread(again.stop)
    assert told > 0
