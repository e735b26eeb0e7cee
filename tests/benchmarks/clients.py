"""Clients that cost little: processes that send ready-made bodies over kept connections."""

import http.client
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection
from statistics import quantiles
from urllib.parse import urlsplit

import orjson

from tests.benchmarks.people import BATCH, body
from tests.benchmarks.usage import Meter

SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Load:
    """Batches by their numbers, and where they are sent in turn."""

    batches: range
    campaigns: Sequence[int]
    with_profile: float = 0.0

    @property
    def leads(self) -> int:
        return len(self.batches) * BATCH

    def part(self, number: int, of: int) -> "Load":
        """One client's share."""
        first, last = (len(self.batches) * n // of for n in (number, number + 1))
        return Load(self.batches[first:last], self.campaigns, self.with_profile)

    def requests(self) -> list[tuple[str, bytes]]:
        """Path and body; made before the clock runs."""
        return [
            (
                f"/api/v1/campaigns/{self.campaigns[batch % len(self.campaigns)]}/leads",
                body(batch, with_profile=self.with_profile),
            )
            for batch in self.batches
        ]


@dataclass(frozen=True)
class Spell:
    """What one client saw. Moments are of the machine's monotonic clock."""

    started: float
    ended: float
    cpu_s: float
    seconds: list[float]
    """Of each request."""
    added: int


@dataclass(frozen=True)
class Measured:
    """A load that was sent and answered."""

    leads: int
    added: int
    seconds: float
    latencies_s: list[float]
    cpu_s: dict[str, float]

    @property
    def rate(self) -> float:
        """Leads per second."""
        return self.leads / self.seconds

    @property
    def p50_s(self) -> float:
        return quantiles(self.latencies_s, n=100)[49]

    @property
    def p95_s(self) -> float:
        return quantiles(self.latencies_s, n=100)[94]


def send(load: Load, url: str, key: str, *, clients: int, meter: Meter) -> Measured:
    """Share the load among clients that start at once. Raises EOFError when one of them fails."""
    lines = [_start(load.part(number, clients), url, key) for number in range(clients)]
    for line in lines:
        line.recv()  # its bodies are made
    before = meter.read()
    for line in lines:
        line.send("go")
    spells: list[Spell] = [line.recv() for line in lines]
    cpu_s = meter.since(before, clients_s=sum(spell.cpu_s for spell in spells))
    return Measured(
        leads=load.leads,
        added=sum(spell.added for spell in spells),
        seconds=max(spell.ended for spell in spells) - min(spell.started for spell in spells),
        latencies_s=[seconds for spell in spells for seconds in spell.seconds],
        cpu_s=cpu_s,
    )


def _start(load: Load, url: str, key: str) -> "Connection[str, Spell]":
    ours, theirs = SPAWN.Pipe()
    SPAWN.Process(target=_client, args=(theirs, load, url, key), daemon=True).start()
    theirs.close()  # so that its death ends our waiting
    return ours


def _client(line: "Connection[Spell | str, str]", load: Load, url: str, key: str) -> None:
    requests = load.requests()
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection.connect()
    line.send("ready")
    line.recv()
    answers, moments, cpu_s = [], [time.monotonic()], time.process_time()
    for path, content in requests:
        connection.request("POST", path, content, headers)
        answers.append(_answer(connection))
        moments.append(time.monotonic())
    cpu_s = time.process_time() - cpu_s
    seconds = [end - start for start, end in pairwise(moments)]
    added = sum(orjson.loads(answer)["added_count"] for answer in answers)
    line.send(Spell(moments[0], moments[-1], cpu_s, seconds, added))


def _answer(connection: http.client.HTTPConnection) -> bytes:
    response = connection.getresponse()
    content = response.read()
    if response.status != 200:
        raise RuntimeError(f"{response.status}: {content.decode()}")
    return content
