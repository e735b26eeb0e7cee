"""Schemathesis against a running service: everything that the OpenAPI document allows and forbids.

``python -m tests.contract.fuzz --max-time 300 --seed 7``; the options are those of ``st run``.
"""

import asyncio
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from app.kit.resources import open_resources
from app.settings import Settings
from app.values import KeyScope
from app.workspaces import operations as workspaces
from tests.processes import api_process
from tests.servers import SECRET_KEY, Servers, running_servers

CONFIG = Path(__file__).with_name("schemathesis.toml")
ALWAYS = [
    # What is well formed may be refused: an unknown id, a word that is no status, no address.
    *("--exclude-checks", "positive_data_acceptance"),
    # The key is in a header of every request; a wrong one beside it is no test of the right one.
    *("--generation-with-security-parameters", "false"),
    # It would revoke the key that it asks with, and find nothing more.
    *("--exclude-operation-id", "revoke_key"),
    # Nobody checks the addresses here, so it would have no end.
    *("--exclude-operation-id", "watch_validation"),
    *("--suppress-health-check", "all", "--continue-on-failure", "--no-color"),
]


async def fuzz(servers: Servers, *options: str) -> tuple[int, str]:
    """The exit code of ``st run``, and what it printed."""
    key = f"lg_{secrets.token_urlsafe(24)}"
    async with service(servers, key) as url:
        await fill(url, key)
        with tempfile.TemporaryDirectory(prefix="leadgate-fuzz-") as folder:
            run = await asyncio.create_subprocess_exec(
                *(str(Path(sys.executable).with_name("st")), "--config-file", str(CONFIG)),
                *("run", f"{url}/openapi.json"),
                *("--header", f"X-API-Key: {key}", *ALWAYS, *options),
                stdout=asyncio.subprocess.PIPE,
                cwd=folder,
            )
            printed, _ = await run.communicate()
        async with httpx.AsyncClient(headers={"X-API-Key": key}) as api:
            (await api.get(f"{url}/api/v1/me")).raise_for_status()
    return run.returncode or 0, printed.decode()


@asynccontextmanager
async def service(servers: Servers, key: str) -> AsyncIterator[str]:
    """An API process without a limit of requests, and a workspace with this admin key."""
    settings = Settings.model_validate(
        {
            "database_url": servers.database_url,
            "redis_url": servers.redis_url,
            "secret_key": SECRET_KEY,
            "rate_limit_per_minute": 0,
            "log_level": "ERROR",
        }
    )
    async with open_resources(settings) as resources:
        workspace = await workspaces.create_workspace(resources, f"fuzz-{secrets.token_hex(4)}")
        await workspaces.create_key(
            resources, workspace, name="fuzz", scope=KeyScope.ADMIN, key=key
        )
    async with api_process(settings) as (_, port):
        yield f"http://127.0.0.1:{port}"


async def fill(url: str, key: str) -> None:
    """Three campaigns of twenty people each, so that the first ids are somebody's."""
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers={"X-API-Key": key}) as api:
        for n in range(3):
            made = await api.post("/campaigns/create", json={"name": f"Campaign {n}"})
            leads = [{"email": f"person{i}@campaign{n}.example"} for i in range(20)]
            await api.post(f"/campaigns/{made.json()['id']}/leads", json={"lead_list": leads})


async def _main(options: list[str]) -> int:
    async with running_servers() as servers:
        code, printed = await fuzz(servers, *options)
    print(printed)  # noqa: T201  # a command
    return code


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(sys.argv[1:])))
