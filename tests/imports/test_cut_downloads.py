"""A table that ends before its end is not taken for a whole one."""

import httpx
import pytest

from app.settings import Settings
from tests.client import Tenant
from tests.faults.service import through, upstream_port
from tests.imports.test_files import Work, imported
from tests.processes import api_process
from tests.proxy import Proxy

PAGE_2 = (4).to_bytes(4, "big") + (1_000).to_bytes(4, "big")
"""Of the statement's parameters: behind which row the page begins."""


async def test_postgresql_dies_in_the_middle(
    settings: Settings, tenant: Tenant, work: Work
) -> None:
    text = "\n".join(["email,n", *(f"person{n},{n}" for n in range(2_500))])
    mapping = {"email": "email", "n": "custom_fields.n"}
    started = await imported(tenant, await tenant.campaign(), text, mapping=mapping)
    await work()
    async with Proxy(upstream_port(settings.database_url)) as postgres:
        broken = {"database_url": through(settings.database_url, postgres)}
        async with api_process(settings.model_copy(update=broken)) as (_, port):
            path = f"http://127.0.0.1:{port}/api/v1/imports/{started['id']}/rejected.csv"
            async with httpx.AsyncClient(headers={"X-API-Key": tenant.key}) as outside:
                whole = await outside.get(path)
                assert (whole.status_code, whole.text.count("\r\n")) == (200, 2_501)
                postgres.traps[PAGE_2] = postgres.reset
                with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
                    await outside.get(path)
                assert (await outside.get(path)).content == whole.content
