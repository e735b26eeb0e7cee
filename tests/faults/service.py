"""An application whose PostgreSQL and Redis are reached through proxies that break."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlalchemy.pool import QueuePool

from app.kit.resources import Resources
from app.main import create_app
from app.settings import Settings
from tests.client import Tenant, new_tenant
from tests.proxy import Proxy

POOL_SIZE = 4
STATEMENT_S = 0.4
"""The driver gives up after twice as long."""
SOON_S = 3
AWAY = "The database cannot be reached. Try again."


@dataclass(frozen=True)
class Service:
    resources: Resources
    transport: httpx.AsyncBaseTransport
    tenant: Tenant
    """A workspace of its own; its client speaks to this application."""
    postgres: Proxy
    redis: Proxy

    async def has_lent_nothing(self) -> None:
        """Until all connections are back in the pool; what is cut off twice gives one back late."""
        pool = self.resources.database.engine.pool
        assert isinstance(pool, QueuePool)
        async with asyncio.timeout(SOON_S):
            while True:
                if pool.checkedout() == 0:
                    return
                await asyncio.sleep(0.01)

    async def probe(self) -> httpx.Response:
        """Its readiness."""
        return await self.tenant.api.get("http://leadgate.test/health/ready")


@asynccontextmanager
async def running(settings: Settings, outside: Resources, **changes: Any) -> AsyncIterator[Service]:
    """``outside`` reaches the servers whatever happens to the proxies."""
    assert settings.redis_url
    async with (
        Proxy(upstream_port(settings.database_url)) as postgres,
        Proxy(upstream_port(settings.redis_url)) as redis,
    ):
        broken = {
            "database_url": through(settings.database_url, postgres),
            "redis_url": through(settings.redis_url, redis),
            "database_pool_size": POOL_SIZE,
            "statement_timeout_s": STATEMENT_S,
            "rate_limit_timeout_s": Settings.model_fields["rate_limit_timeout_s"].default,
        }
        app = create_app(settings.model_copy(update=broken | changes))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            tenant = await new_tenant(outside, transport)
            async with tenant.api:
                yield Service(app.state.resources, transport, tenant, postgres, redis)


def through(url: str, proxy: Proxy) -> str:
    parts = urlsplit(url)
    account = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{account}@127.0.0.1:{proxy.port}").geturl()


def upstream_port(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port


def is_away(answer: httpx.Response) -> bool:
    """Is this how the service says that it cannot reach PostgreSQL?"""
    body = answer.json()
    return (
        answer.status_code == 503
        and (body["code"], body["detail"]) == ("service_unavailable", AWAY)
        and int(answer.headers["retry-after"]) > 0
    )
