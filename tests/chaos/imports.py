"""``python -m tests.chaos.imports --rows 1000000``: one file, while `leadgate up` loses processes.

Workers are killed, PostgreSQL once, and Valkey forgets everything once.
"""

import argparse
import asyncio
import json
import os
import secrets
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from redis.asyncio import Redis

from app.environment import FILE
from app.kit.resources import open_resources
from app.settings import Settings
from tests.benchmarks.people_file import COLUMNS, verdicts, write_people
from tests.chaos.kills import OFTEN
from tests.chaos.patience import Patient, Told
from tests.chaos.reckoning import differences
from tests.client import Tenant, new_tenant
from tests.consistency import offenders
from tests.process.up import Up, server_folder
from tests.processes import Process

LOOK_S = 0.1
UPLOAD_S = 600
DELAY_S = 0.5
"""At most, from the moment at which somebody is to be killed."""
FLUSH = "flush"


@dataclass
class Watcher:
    """Looks at an import again and again; whatever it saw is never taken back."""

    patient: Patient
    path: str
    seen: dict[str, Any] = field(default_factory=dict)
    looks: int = 0
    wrong: list[str] = field(default_factory=list)

    async def watch(self) -> None:
        """Until the import has ended."""
        while not self._ended:
            answer = await self.patient.ask("GET", self.path)
            self._see(answer.json())
            await asyncio.sleep(LOOK_S)

    @property
    def _ended(self) -> bool:
        return self.seen.get("state") in ("completed", "failed", "cancelled")

    def _see(self, found: dict[str, Any]) -> None:
        before, self.seen = self.seen or found, found
        self.looks += 1
        for name in ("revision", "rows_done", "rows_total"):
            if _value(before, name) > _value(found, name):
                self.wrong.append(f"{name} ran back: {_value(before, name)} {_value(found, name)}")

    async def until(self, rows_done: int) -> None:
        while True:
            if self.seen and (self._ended or _value(self.seen, "rows_done") >= rows_done):
                return
            await asyncio.sleep(LOOK_S)


def _value(found: dict[str, Any], name: str) -> int:
    value: int = found[name] if name in found else found["progress"][name]
    return value


@dataclass(frozen=True)
class Accidents:
    """What happens while an import runs, each at a random moment of it."""

    up: Up
    data: Path
    random: Random
    kills: int
    """Of workers."""

    async def happen(self, watcher: Watcher, rows: int) -> None:
        acts = [self._kill_worker] * self.kills + [self._kill_postgres, self._flush_valkey]
        self.random.shuffle(acts)
        moments = sorted(self.random.randrange(rows * 9 // 10) for _ in acts)
        for moment, act in zip(moments, acts, strict=True):
            await watcher.until(moment)
            await asyncio.sleep(self.random.random() * DELAY_S)
            await act()
            told = act.__name__.strip("_").replace("_", " ")
            sys.stdout.write(f"{told} at {_value(watcher.seen, 'rows_done'):,} rows\n")

    async def _kill_worker(self) -> None:
        await self._kill("worker")

    async def _kill_postgres(self) -> None:
        await self._kill("postgres")

    async def _kill(self, name: str) -> None:
        """As soon as it runs, if it is just being started again."""
        while True:
            if pid := self.up.children().get(name):
                break
            await asyncio.sleep(LOOK_S)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    async def _flush_valkey(self) -> None:
        url = Settings.from_environment(self.data / FILE).redis_url
        assert url
        async with Redis.from_url(url) as redis:
            await redis.flushall()


async def run(up: Up, folder: Path, *, rows: int, kills: int, seed: str) -> list[str]:
    """What is wrong in the end."""
    data, file, told = folder / "data", folder / "people.csv", Told()
    await asyncio.to_thread(write_people, file, rows, 0)
    async with open_resources(Settings.from_environment(data / FILE)) as resources:
        tenant = await new_tenant(resources, Process(up.port))
    async with tenant.api:
        import_id = await _start(tenant, file)
        watcher = Watcher(Patient(tenant.api, told), f"/imports/{import_id}")
        accidents, began = Accidents(up, data, Random(seed), kills), time.monotonic()
        await asyncio.gather(watcher.watch(), accidents.happen(watcher, rows))
    took_s = time.monotonic() - began
    sys.stdout.write(f"{rows:,} rows in {took_s:.0f} s, {watcher.looks} looks\n")
    async with open_resources(Settings.from_environment(data / FILE)) as resources:
        return [
            *watcher.wrong,
            *told.wrong,
            *_miscounted(watcher.seen, rows),
            *await differences(resources, tenant.id, import_id, file),
            *await offenders(resources, tenant.id),
        ]


async def _start(tenant: Tenant, file: Path) -> int:
    campaign_id = await tenant.campaign()
    with file.open("rb") as content:
        answer = await tenant.api.post(
            f"/campaigns/{campaign_id}/imports",
            files={"file": content},
            data={"settings": json.dumps({"mapping": COLUMNS, "start": True})},
            timeout=UPLOAD_S,
        )
    import_id: int = answer.raise_for_status().json()["id"]
    return import_id


def _miscounted(seen: dict[str, Any], rows: int) -> list[str]:
    counted = (
        seen["state"],
        _value(seen, "rows_done"),
        _value(seen, "rows_total"),
        seen["by_code"],
    )
    wanted = ("completed", rows, rows, verdicts(rows))
    return [] if counted == wanted else [f"{counted} instead of {wanted}"]


def main(rows: int, kills: int, seed: str) -> int:
    """The exit code."""
    with server_folder() as folder:
        up = Up(folder / "data", environment=OFTEN).ready()
        try:
            wrong = asyncio.run(run(up, folder, rows=rows, kills=kills, seed=seed))
        finally:
            up.stop()
    if wrong:
        sys.stdout.write(up.output)
    verdict = "FAILED" if wrong else "all as it should be"
    sys.stdout.write("\n".join([*wrong, f"seed {seed}: {verdict}", ""]))
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Kill those who import a file.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    given = parser.parse_args()
    sys.exit(main(given.rows, given.kills, given.seed))
