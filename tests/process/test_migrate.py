import asyncio
import json
import os
import sys
from datetime import UTC, datetime

import pytest
from alembic import command

from app import migrate
from app.kit.processes import CannotStart
from app.kit.resources import open_resources
from app.settings import Settings
from app.workspaces.operations import authenticate
from tests.servers import fresh_database

FIRST_REVISION = "20261123_lead_gate"
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


async def test_a_table_that_somebody_holds_is_left_as_it_was(settings: Settings) -> None:
    """As a backup does, for as long as it takes; requests do not wait behind us for all of it."""
    async with fresh_database(settings.database_url) as url:
        await asyncio.to_thread(migrate.upgrade, url, FIRST_REVISION)
        async with open_resources(settings.model_copy(update={"database_url": url})) as opened:
            async with opened.database.transaction() as tx:
                await tx.rows("select from workspaces")
                with pytest.raises(CannotStart, match="in use by a long transaction"):
                    await asyncio.to_thread(migrate.upgrade, url)
            found = await opened.database.fetch("select version_num from alembic_version")
        assert found[0]["version_num"] == FIRST_REVISION
        await asyncio.to_thread(migrate.upgrade, url)
        await asyncio.to_thread(migrate.check, url)


@pytest.mark.parametrize("steps", ["-1", "-2"])
async def test_the_newest_steps_can_be_taken_back(settings: Settings, steps: str) -> None:
    async with fresh_database(settings.database_url) as url:
        await asyncio.to_thread(migrate.upgrade, url)
        await asyncio.to_thread(command.downgrade, migrate.config(url), steps)
        await asyncio.to_thread(migrate.upgrade, url)
        await asyncio.to_thread(migrate.check, url)


async def test_who_is_invalid_already_is_known_by_what_happened(settings: Settings) -> None:
    """To be what they were, unless an operator said it."""
    async with fresh_database(settings.database_url) as url:
        await asyncio.to_thread(migrate.upgrade, url, "20261127_waiting_reason")
        async with open_resources(settings.model_copy(update={"database_url": url})) as opened:
            await opened.database.fetch(
                "insert into leads (workspace_id, id, email)"
                " select 1, n, n || '@example.com' from generate_series(1, 6) n"
            )
            await opened.database.fetch(
                "insert into campaign_leads (workspace_id, campaign_id, lead_id, status,"
                " paused_from, contacted_at) select 1, 1, r.* from unnest($1::bigint[],"
                " $2::text[], $3::text[], $4::timestamptz[]) r",
                [1, 2, 3, 4, 5, 6],
                ["INVALID"] * 5 + ["REPLIED"],
                [None, "SCHEDULED", None, None, None, None],
                [None, None, datetime.now(UTC), None, None, None],
            )
            events = [
                (4, "operator", {"from": "INVALID", "to": "SCHEDULED"}),
                (4, "operator", {"from": "REPLIED", "to": "INVALID"}),
                (4, "operator", {"from": "INVALID", "to": "REVIEWED"}),
                (4, "validation", {"from": "REVIEWED", "to": "INVALID"}),
                (5, "validation", {"from": "NOT_CONTACTED", "to": "INVALID"}),
                (5, "operator", {"from": "INVALID", "to": "REPLIED"}),
                (5, "operator", {"from": "REPLIED", "to": "INVALID"}),
            ]
            for lead, source, data in events:
                await opened.database.fetch(
                    "insert into lead_events (workspace_id, lead_id, campaign_id, type, source,"
                    " data) values (1, $1, 1, '', $2, $3)",
                    *(lead, source, json.dumps(data)),
                )
            await asyncio.to_thread(migrate.upgrade, url)
            found = await opened.database.fetch(
                "select lead_id, invalid_from from campaign_leads order by lead_id"
            )
        assert {row["lead_id"]: row["invalid_from"] for row in found} == {
            1: "NOT_CONTACTED",
            2: "PAUSED",
            3: "IN_PROGRESS",
            4: "REVIEWED",
            5: None,
            6: None,
        }
