import asyncio
import os
import sys

from app.kit.resources import open_resources
from app.settings import Settings
from app.workspaces.operations import authenticate
from tests.servers import fresh_database

FIRST_KEY = "a-key-of-twenty-characters-or-more"


async def test_hosts_that_migrate_at_once_make_one_schema_and_one_first_key(
    settings: Settings,
) -> None:
    async with fresh_database(settings.database_url) as url:
        environment = os.environ | {
            "LEADGATE_DATABASE_URL": url,
            "LEADGATE_SECRET_KEY": settings.secret_key.get_secret_value(),
            "LEADGATE_BOOTSTRAP_API_KEY": FIRST_KEY,
        }
        hosts = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app.cli", "migrate", env=environment
            )
            for _ in range(3)
        ]
        assert [await host.wait() for host in hosts] == [0, 0, 0]
        async with open_resources(settings.model_copy(update={"database_url": url})) as opened:
            caller = await authenticate(opened, FIRST_KEY)
            found = await opened.database.fetch("select count(*) n from workspaces")
        assert (caller.workspace_name, found[0]["n"]) == ("Default", 1)
