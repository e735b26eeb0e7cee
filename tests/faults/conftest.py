from collections.abc import AsyncIterator

import pytest

from app.kit.resources import Resources
from app.settings import Settings
from tests.faults.service import Service, running


@pytest.fixture
async def service(settings: Settings, resources: Resources) -> AsyncIterator[Service]:
    async with running(settings, resources) as started:
        yield started
        await started.has_lent_nothing()
