"""What one process counts of itself, for Prometheus. Each application has a registry of its own."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
    start_http_server,
)

__all__ = ["CONTENT_TYPE_LATEST", "Counted", "Metrics"]

# Prometheus has no use for them, and they double the lines.
disable_created_metrics()  # type: ignore[no-untyped-call]

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Counted:
    """What a domain counts, by labels; see ``Tx.count``. The name gets ``_total``."""

    name: str
    help: str
    labels: tuple[str, ...]


class Metrics:
    """Labels come from us, never from a client: routes by template, methods that HTTP knows."""

    def __init__(self) -> None:
        own = self.registry = CollectorRegistry()
        self.requests = Counter(
            "leadgate_requests", "Answers.", ("method", "route", "status"), registry=own
        )
        self.durations = Histogram(
            "leadgate_request_duration_seconds",
            "From a request's head to the end of its answer, or to the head of its stream.",
            ("method", "route"),
            buckets=BUCKETS_S,
            registry=own,
        )
        self.in_flight = Gauge(
            "leadgate_requests_in_flight", "Requests being worked on; no streams.", registry=own
        )
        self.streams = Gauge("leadgate_streams", "Streams of events that are open.", registry=own)
        self.retries = Counter(
            "leadgate_transactions_retried",
            "Transactions that lost a conflict and ran again.",
            ("reason",),
            registry=own,
        )
        self.pool_size = Gauge("leadgate_database_pool_size", "Connections at most.", registry=own)
        self.pool_in_use = Gauge(
            "leadgate_database_pool_in_use", "Connections that work now.", registry=own
        )
        self.resolver_broken = Gauge(
            "leadgate_resolver_broken", "1 while the DNS resolver is not believed.", registry=own
        )
        self.dns_answers = Counter(
            "leadgate_dns_answers", "What came back for a query.", ("outcome",), registry=own
        )
        shared = self._shared = CollectorRegistry()
        """What PostgreSQL knows, and only those tell who ask it; see ``app.metrics``."""
        self.database_up = Gauge(
            "leadgate_database_up", "1 if PostgreSQL answered the last time.", registry=shared
        )
        self.jobs = Gauge(
            "leadgate_jobs",
            "Jobs of all processes that wait or run, and those that ended within the last hour.",
            ("kind", "state"),
            registry=shared,
        )
        self.oldest_due = Gauge(
            "leadgate_jobs_oldest_due_age_seconds",
            "How long the job has been due that is due longest; 0 if none is.",
            registry=shared,
        )
        self.waiting = Gauge(
            "leadgate_leads_waiting",
            "Leads that wait to be checked, counted up to 100,000 at each stage.",
            ("stage",),
            registry=shared,
        )
        self.jobs_fresh_until = -math.inf
        """By the monotonic clock."""
        self._counters: dict[Counted, Counter] = {}
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=own)

    def count(self, counts: Mapping[tuple[Counted, tuple[str, ...]], int]) -> None:
        """What happened in a transaction, now that it is committed."""
        for (counted, values), n in counts.items():
            self._counter(counted).labels(*values).inc(n)

    def _counter(self, counted: Counted) -> Counter:
        if counted not in self._counters:
            self._counters[counted] = Counter(
                counted.name, counted.help, counted.labels, registry=self.registry
            )
        return self._counters[counted]

    def serve(self, port: int) -> Callable[[], None]:
        """What this process counts, from a thread, to whoever asks at this port; gives what ends
        it. Raises OSError.
        """
        server, _ = start_http_server(port, registry=self.registry)

        def end() -> None:
            server.shutdown()
            server.server_close()

        return end

    def exposition(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self.registry) + generate_latest(self._shared)
