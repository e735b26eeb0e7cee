"""One run: its size, and what several rows of the table need, measured once."""

import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TypeVar

import typer

from tests.benchmarks.clients import Load, Measured, send
from tests.benchmarks.copying import REPEATS, copy, stored_rows
from tests.benchmarks.people import BATCH
from tests.benchmarks.stage import Stage
from tests.benchmarks.usage import Meter

T = TypeVar("T")

MUCH = 0.05
"""Of the processors' time, for what has nothing to do with us."""


@dataclass(frozen=True)
class Size:
    """How many leads."""

    first: int
    """Into the empty database, and in the base line."""
    steady: int
    """In each measurement after that."""
    files: tuple[int, ...]
    """Rows of each file."""
    members: int
    """Of a large campaign."""
    grown: int
    """In the workspace, for the last measurement."""


FULL = Size(
    first=100_000,
    steady=200_000,
    files=(10_000, 100_000, 1_000_000),
    members=1_000_000,
    grown=5_000_000,
)
SHORT = Size(first=40_000, steady=40_000, files=(10_000, 100_000), members=200_000, grown=500_000)


@dataclass
class Run:
    stage: Stage
    size: Size
    clients: int
    _known: dict[str, object] = field(default_factory=dict)
    _people: int = 0

    async def once(self, name: str, measure: Callable[[], Awaitable[T]]) -> T:
        """What another row has measured already is not measured again."""
        if name not in self._known:
            self._known[name] = await measure()
        return self._known[name]  # type: ignore[return-value]  # by the name that it was kept under

    async def copy_rate(self) -> float:
        """The base line, in leads per second."""
        return await self.once("COPY", self._copy_rate)

    async def _copy_rate(self) -> float:
        await self.first_leads()
        meter = Meter(self.stage.up)
        async with self.stage.connection() as connection:
            stored = await stored_rows(connection, self.size.first)
            before, own = meter.read(), time.process_time()
            seconds = [await copy(connection, stored) for _ in range(REPEATS)]
        cpu_s = meter.since(before, clients_s=time.process_time() - own)
        rate = self.size.first / median(seconds)
        typer.echo(f"{'COPY':28} {told(rate, sum(seconds), self.size.first * REPEATS, cpu_s)}")
        return rate

    async def first_leads(self) -> Measured:
        """They are the warm-up of all that follows; statistics come after them."""
        return await self.once("first", self._first_leads)

    async def _first_leads(self) -> Measured:
        load = self.fresh(self.stage.campaigns(1), leads=self.size.first)
        measured = await self.send("first leads", load)
        await self.stage.analyze()
        return measured

    def fresh(
        self, campaigns: Sequence[int], *, leads: int | None = None, with_profile: float = 0.0
    ) -> Load:
        """Batches of people whom nobody has sent yet."""
        count = (leads or self.size.steady) // BATCH
        first = self.unknown(count * BATCH) // BATCH
        return Load(range(first, first + count), campaigns, with_profile)

    def unknown(self, people: int) -> int:
        """The first number of so many whom nobody has sent yet."""
        first = self._people
        self._people += -(-people // BATCH) * BATCH
        return first

    async def send(self, name: str, load: Load) -> Measured:
        """Measure a load, and say at once how it went and who used the processors."""
        watched = self.stage.statements
        if watched:
            await watched.reset()
        meter = Meter(self.stage.up)
        measured = send(load, self.stage.up.url, self.stage.key, clients=self.clients, meter=meter)
        waited = f"p50 {1000 * measured.p50_s:.0f} p95 {1000 * measured.p95_s:.0f} ms"
        line = told(measured.rate, measured.seconds, measured.leads, measured.cpu_s)
        typer.echo(f"{name:28} {line}  {waited}")
        if watched:
            typer.echo("\n".join(await watched.top(len(load.batches))))
        return measured


def told(rate: float, seconds: float, leads: int, cpu_s: dict[str, float]) -> str:
    """A rate, the processor time of 400 leads by process, and whether others disturbed."""
    used = ", ".join(f"{who} {1000 * s * BATCH / leads:.1f}" for who, s in cpu_s.items())
    share = cpu_s.get("others", 0.0) / (seconds * (os.cpu_count() or 1))
    busy = f"  BUSY MACHINE: {share:.0%} for others" if share > MUCH else ""
    return f"{rate:9,.0f} leads/s {seconds:5.1f} s  CPU ms per batch: {used}{busy}"
