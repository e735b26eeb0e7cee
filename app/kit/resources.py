"""What every process opens: API, workers and tests go through the same function."""

from asyncio import Semaphore
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from opentelemetry.trace import Tracer

from app.kit.canaries import Canaries
from app.kit.changes import Changes
from app.kit.db import Database
from app.kit.dns import Resolver
from app.kit.dns_memory import DnsMemory
from app.kit.event_stream import Streams
from app.kit.leases import JobTable
from app.kit.metrics import Metrics
from app.kit.problems import TooManyStreams, TooManyUploads
from app.kit.queue import Doorbell
from app.kit.quota import Quota
from app.kit.rate_limits import RateLimiter
from app.kit.storage import Storage
from app.kit.traces import open_tracer
from app.kit.turns import Turns
from app.kit.watching import Watches
from app.settings import Settings

HEAVY_AT_ONCE = 2


@dataclass(frozen=True)
class Resources:
    settings: Settings
    canaries: Canaries
    database: Database
    doorbell: Doorbell
    jobs: JobTable
    mail_hosts: DnsMemory
    metrics: Metrics
    rate_limiter: RateLimiter
    resolver: Resolver
    storage: Storage
    streams: Streams
    tracer: Tracer
    uploads: Quota
    verifying: Turns
    """Whoever asks a provider for a batch takes one."""
    heavy: Semaphore
    """Whoever needs gigabytes of memory takes one: a process has few of them."""


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Open the pools.

    Nothing connects before it is used, so a process starts while its servers are away.
    """
    doorbell, changes = Doorbell(settings.redis_url), Changes(settings.redis_url)
    metrics = Metrics()
    rate_limiter = RateLimiter(settings.redis_url, settings.rate_limit_timeout_s)
    resolver = Resolver(
        [str(server) for server in settings.dns_servers],
        settings.dns_port,
        timeout_s=settings.dns_timeout_s,
        in_flight=settings.dns_in_flight,
        heard=lambda heard: metrics.dns_answers.labels(heard.value).inc(),
    )
    canaries = Canaries(resolver, settings.dns_canaries, settings.dns_hold_s)
    metrics.resolver_broken.set_function(lambda: canaries.broken)
    async with open_tracer(settings.otlp_endpoint) as tracer:
        database = Database(
            settings.database_url,
            pool_size=settings.database_pool_size,
            statement_timeout_s=settings.statement_timeout_s,
            lock_timeout_s=settings.lock_timeout_s,
            statement_cache=settings.database_statement_cache,
            on_queued=doorbell.ring,
            on_changed=changes.knock,
            metrics=metrics,
            tracer=tracer,
        )
        metrics.pool_size.set_function(lambda: database.pool_size)
        metrics.pool_in_use.set_function(lambda: database.pool_in_use)
        mail_hosts = DnsMemory(resolver)
        try:
            jobs = JobTable(database, settings.job_lease_s)
            storage = Storage(settings.storage_url, settings.data_dir / "uploads")
            streams = Streams(
                Watches(changes),
                metrics,
                Quota(settings.max_streams, settings.max_streams_per_workspace, TooManyStreams),
                heartbeat_s=settings.stream_heartbeat_s,
                longest_s=settings.stream_longest_s,
            )
            yield Resources(
                settings,
                canaries,
                database,
                doorbell,
                jobs,
                mail_hosts,
                metrics,
                rate_limiter,
                resolver,
                storage,
                streams,
                tracer,
                Quota(settings.max_uploads, settings.max_uploads_per_workspace, TooManyUploads),
                Turns(settings.verifier_in_flight),
                Semaphore(HEAVY_AT_ONCE),
            )
        finally:
            await mail_hosts.close()
            await rate_limiter.close()
            await changes.close()
            await doorbell.close()
            await database.close()
