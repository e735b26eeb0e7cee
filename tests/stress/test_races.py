"""The stress in its short form: in this process, for some seconds."""

import secrets
from collections.abc import AsyncIterator

import pytest

from app.settings import Settings
from app.values import DuplicateScope
from tests.stress.scenarios import everybody_again, everybody_to_everywhere
from tests.stress.service import Service, in_this_process
from tests.stress.storm import storm

STORM_S = 3.0


@pytest.fixture
def seed() -> str:
    return secrets.token_hex(4)


@pytest.fixture
async def service(settings: Settings, seed: str) -> AsyncIterator[Service]:
    async with in_this_process(settings, seed) as started:
        await started.resources.database.fetch("delete from jobs")  # which others left
        yield started
        assert started.answers.wrong == []


@pytest.mark.seed("AA-22")
async def test_everybody_to_everywhere(service: Service, seed: str) -> None:
    assert await everybody_to_everywhere(service, seed) == []


@pytest.mark.seed("LL-49")
async def test_everybody_again(service: Service, seed: str) -> None:
    assert await everybody_again(service, seed) == []


@pytest.mark.parametrize("floor", DuplicateScope)
async def test_storm(service: Service, seed: str, floor: DuplicateScope) -> None:
    assert await storm(service, seed, seconds=STORM_S, floor=floor) == []
