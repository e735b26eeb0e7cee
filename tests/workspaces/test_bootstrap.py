import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from app import migrate
from app.kit.resources import Resources, open_resources
from app.settings import Settings
from app.values import KeyScope
from app.workspaces.operations import authenticate, bootstrap, create_workspace
from tests.servers import Servers, fresh_database

GIVEN = "a-key-that-the-operator-chose"


@pytest.fixture(scope="module")
async def alone(settings: Settings, servers: Servers) -> AsyncIterator[Resources]:
    """A database of its own."""
    async with fresh_database(servers.database_url) as url:
        await asyncio.to_thread(migrate.upgrade, url)
        async with open_resources(settings.model_copy(update={"database_url": url})) as opened:
            yield opened


@pytest.fixture
async def empty(alone: Resources) -> Resources:
    """As before the first start."""
    await alone.database.fetch(
        "with k as (delete from api_keys), a as (delete from audit_log) delete from workspaces"
    )
    return alone


async def test_of_many_first_starts_one_makes_a_key(empty: Resources) -> None:
    keys = await asyncio.gather(*(bootstrap(empty) for _ in range(5)))
    (key,) = [key for key in keys if key]
    caller = await authenticate(empty, key)
    assert (caller.workspace_name, caller.scope) == ("Default", KeyScope.ADMIN)
    assert await bootstrap(empty) is None


async def test_the_operators_own_key_is_taken(empty: Resources) -> None:
    own = {"bootstrap_api_key": SecretStr(GIVEN)}
    async with open_resources(empty.settings.model_copy(update=own)) as resources:
        assert await bootstrap(resources) == GIVEN
        assert (await authenticate(resources, GIVEN)).scope is KeyScope.ADMIN


async def test_a_workspace_without_a_key_gets_it(empty: Resources) -> None:
    made = await create_workspace(empty, "Made by hand")
    assert (await authenticate(empty, await bootstrap(empty))).workspace_id == made
