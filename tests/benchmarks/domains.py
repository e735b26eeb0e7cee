"""Mail domains: asked of a server on this machine, and then known."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import typer
from dns.rdatatype import MX

from app.kit.dns import Resolver
from app.kit.embedded.ports import free_port
from app.kit.resources import Resources, open_resources
from app.settings import Settings
from app.validation.operations import domain_facts
from app.validation.rules import judge_domain
from tests.benchmarks.figures import Figure
from tests.benchmarks.run import Run
from tests.dns import LOOPBACK

DOMAINS = 20_000
ADDRESSES = 10
"""Of each domain, when it is known."""
AT_ONCE = 100
"""Domains of one call."""
CANARY = "canary.com. MX 10 mx.canary.com.\nmx.canary.com. A 127.0.0.1\n"
KINDS = ("MX 10 mx.{0}.\nmx.{0}. A 127.0.0.1",) * 7 + ("A 127.0.0.1", "MX 0 .", "TXT parked")
"""Of ten domains: most have a mail host, some only an address, some none."""


async def domains(run: Run) -> list[Figure]:
    """20,000 of them, ten addresses of each judged once they are known."""
    names = [f"d{n}.com" for n in range(DOMAINS)]
    async with _server(names) as port, _process(run.stage.database_url, port) as resources:
        cold_s = await _took(resources, names, addresses=0)
        warm_s = await _took(resources, names, addresses=ADDRESSES)
    return [
        _figure("domains, asked", DOMAINS / cold_s, "domains/s"),
        _figure("addresses, judged by known domains", DOMAINS * ADDRESSES / warm_s, "addresses/s"),
    ]


async def _took(resources: Resources, names: Sequence[str], addresses: int) -> float:
    """Two calls run at once, as those of two jobs do."""
    parts = iter([names[first : first + AT_ONCE] for first in range(0, len(names), AT_ONCE)])

    async def job() -> None:
        for part in parts:
            facts = await domain_facts(resources, part)
            for domain in part:
                for n in range(addresses):
                    judge_domain(f"a{n}@{domain}", facts[domain])

    began = time.perf_counter()
    await asyncio.gather(job(), job())
    return time.perf_counter() - began


def _figure(work: str, rate: float, unit: str) -> Figure:
    typer.echo(f"{work}: {rate:,.0f}/s")
    return Figure(work, f"{rate:,.0f}/s", rate, unit)


@asynccontextmanager
async def _process(database_url: str, port: int) -> AsyncIterator[Resources]:
    settings = {
        "database_url": database_url,
        "secret_key": "only-for-this-benchmark",
        "dns_servers": LOOPBACK,
        "dns_port": port,
        "dns_canaries": "canary.com",
    }
    async with open_resources(Settings.model_validate(settings)) as resources:
        yield resources


def _zone(folder: Path, names: Sequence[str]) -> Path:
    lines = (f"{name}. {KINDS[n % 10].format(name)}\n" for n, name in enumerate(names))
    file = folder / "zone"
    file.write_text(CANARY + "".join(lines))
    return file


@asynccontextmanager
async def _server(names: Sequence[str]) -> AsyncIterator[int]:
    """In a process of its own."""
    port = free_port()
    with TemporaryDirectory() as folder:
        zone = _zone(Path(folder), names)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.dns", str(zone), str(port)
        )
        try:
            resolver = Resolver([LOOPBACK], port, timeout_s=1, in_flight=1)
            while True:
                if (await resolver.ask("canary.com", MX)).heard.is_answer:
                    break
                await asyncio.sleep(0.1)
            yield port
        finally:
            process.terminate()
            await process.wait()
