"""Files of people through the real worker: how fast, and how much memory it takes for them."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import typer

from tests.benchmarks.figures import Figure
from tests.benchmarks.people_file import COLUMNS, verdicts, write_people
from tests.benchmarks.run import Run, told
from tests.benchmarks.stage import Stage
from tests.benchmarks.usage import Meter, forget_peak, peak_bytes

LOOK_S = 0.25
UPLOAD_S = 600
MB = 1_000_000


@dataclass(frozen=True)
class Imported:
    """A file that was brought in."""

    rows: int
    seconds: float
    worker_bytes: int

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


async def csv(run: Run) -> list[Figure]:
    await run.first_leads()
    by_size = [_imported(run, rows) for rows in run.size.files]
    largest = by_size[-1]
    ratio = largest.rate / await run.copy_rate()
    work, measured = f"CSV, {largest.rows:,} rows", f"{largest.rate:,.0f} rows/s"
    return [
        Figure(work, measured, ratio, "of COPY", must=0.25, goal=0.4),
        *(_memory(one) for one in by_size),
    ]


def _memory(of: Imported) -> Figure:
    work, used = f"  worker's memory, {of.rows:,} rows", of.worker_bytes / MB
    return Figure(work, f"{used:.0f} MB", used, "MB", must=300, goal=150, at_most=True)


def _imported(run: Run, rows: int) -> Imported:
    """From its start to its end; the upload is not in it. Every row must have its verdict."""
    stage, worker = run.stage, run.stage.up.children()["worker"]
    import_id = _draft(stage, rows, run.unknown(rows))
    meter = Meter(stage.up)
    forget_peak(worker)
    before, began, own = meter.read(), time.monotonic(), time.process_time()
    ended = _run(stage, import_id)
    seconds = time.monotonic() - began
    cpu_s = meter.since(before, clients_s=time.process_time() - own)
    assert ended["by_code"] == verdicts(rows), ended
    used = peak_bytes(worker)
    line = told(rows / seconds, seconds, rows, cpu_s)
    typer.echo(f"{f'CSV, {rows:,} rows':28} {line}  worker {used / MB:.0f} MB at most")
    return Imported(rows, seconds, used)


def _draft(stage: Stage, rows: int, first: int) -> int:
    [campaign] = stage.campaigns(1)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        write_people(path, rows, first)
        with path.open("rb") as file, _client(stage) as client:
            answer = _ask(
                client,
                "POST",
                f"/campaigns/{campaign}/imports",
                files={"file": file},
                data={"settings": json.dumps({"mapping": COLUMNS})},
            )
    import_id: int = answer["id"]
    return import_id


def _run(stage: Stage, import_id: int) -> dict[str, Any]:
    """The import when it has ended, as somebody sees it who looks again and again."""
    with _client(stage) as client:
        found = _ask(client, "POST", f"/imports/{import_id}/start")
        while found["state"] in ("queued", "running"):
            time.sleep(LOOK_S)
            found = _ask(client, "GET", f"/imports/{import_id}")
    return found


def _client(stage: Stage) -> httpx.Client:
    """One for all requests: to make it takes as long as 1,000 rows."""
    headers = {"X-API-Key": stage.key}
    return httpx.Client(base_url=f"{stage.up.url}/api/v1", headers=headers, timeout=UPLOAD_S)


def _ask(client: httpx.Client, method: str, path: str, **content: Any) -> dict[str, Any]:
    answer = client.request(method, path, **content)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found
