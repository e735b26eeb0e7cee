"""`leadgate import` and `leadgate suppress`, beside a running service."""

import asyncio
import json
import os
import pty
import re
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from app.kit.embedded.ports import free_port
from app.kit.processes import running
from app.settings import Settings
from tests.client import Tenant
from tests.files.workbook import Sheet, write_workbook
from tests.processes import api_process, leadgate, unconfigured
from tests.proxy import Proxy

LONGEST_S = 60


@dataclass
class Said:
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
async def port(settings: Settings) -> AsyncIterator[int]:
    """Of a service with a worker."""
    async with api_process(settings) as (_, port), running(leadgate(settings, "worker")):
        yield port


async def said(
    port: int, tenant: Tenant, *arguments: str, stdin: int | IO[bytes] | None = None
) -> Said:
    """What the command says; without a terminal, unless one is given."""
    command = (sys.executable, "-P", "-m", "app.cli", *arguments)
    environment = unconfigured() | {
        "LEADGATE_URL": f"http://127.0.0.1:{port}",
        "LEADGATE_API_KEY": tenant.key,
        "COLUMNS": "100",
    }
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL if stdin is None else stdin,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    async with asyncio.timeout(LONGEST_S):
        out, err = await process.communicate()
    return Said(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    rows = [f"p{n}@example.com,P{n}" for n in range(3)]
    path.write_text("\n".join(["E-Mail,Vorname", *rows, "q@acme.com,Q", "nobody,N"]))
    return path


async def test_a_file_is_shown_sent_and_summed_up(port: int, tenant: Tenant, file: Path) -> None:
    """Who stood in the way, and an exit code that says that not all got in."""
    await tenant.api.post("/leads/add-domain-block-list", json={"domain_block_list": ["acme.com"]})
    elsewhere, campaign_id = await tenant.campaign("Q4 Outreach"), await tenant.campaign()
    await tenant.add(elsewhere, "p0@example.com")
    found = await said(port, tenant, "import", str(file), "--campaign", str(campaign_id), "--yes")
    assert (found.code, found.err) == (3, "")
    assert [re.sub(r"\s{2,}", " | ", line.strip()) for line in found.out.splitlines()] == [
        "Column | becomes | because",
        "E-Mail | email | `E-Mail` is a usual header for email",
        "Vorname | first_name | `Vorname` is German for first name",
        "5 rows: 2 went in.",
        "1 without a valid address",
        '1 in another campaign: 1 in "Q4 Outreach"',
        "1 blocked: 1 by acme.com",
    ]


async def test_all_got_in(port: int, tenant: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    path.write_text("E-Mail,Firma\nann@example.com,Acme\n")
    campaign = str(await tenant.campaign())
    terms = ("--campaign", campaign, "--map", "Firma=custom_fields.firm", "--tag", "Q4", "--yes")
    dry = await said(port, tenant, "import", str(path), *terms, "--dry-run")
    assert (dry.code, dry.out.splitlines()[-1]) == (0, "1 row: 1 would go in.")
    found = await said(port, tenant, "import", str(path), *terms, "--json")
    assert found.code == 0
    body = json.loads(found.out)
    assert body["by_code"] == {"added": 1}
    assert body["settings"]["mapping"] == {"E-Mail": "email", "Firma": "custom_fields.firm"}
    assert body["settings"]["tags"] == ["Q4"]
    assert "you say so" in found.err
    again = await said(port, tenant, "import", str(path), *terms, "--mode", "create_and_update")
    assert (again.code, again.out.splitlines()[-1]) == (0, "1 row: 1 went in (1 unchanged).")


async def test_a_column_is_called_what_the_file_calls_it(
    port: int, tenant: Tenant, tmp_path: Path
) -> None:
    """Brackets are no instructions of how to print."""
    path = tmp_path / "brackets.csv"
    path.write_text("E-Mail,Volume [eur],Offer [/x]\nann@example.com,3,4\n")
    campaign = str(await tenant.campaign())
    found = await said(port, tenant, "import", str(path), "--campaign", campaign, "--yes")
    assert (found.code, found.err) == (0, "")
    for column in ("Volume [eur]", "Offer [/x]"):
        [line] = [line for line in found.out.splitlines() if line.startswith(column)]
        assert f"custom_fields.{column}" in line


@pytest.mark.parametrize(("answer", "code"), [("y", 3), ("n", 1)])
async def test_somebody_at_a_terminal_is_asked(
    port: int, tenant: Tenant, file: Path, answer: str, code: int
) -> None:
    terminal, stdin = pty.openpty()
    os.write(terminal, f"{answer}\n".encode())
    campaign = await tenant.campaign()
    try:
        found = await said(
            port, tenant, "import", str(file), "--campaign", str(campaign), stdin=stdin
        )
    finally:
        os.close(terminal)
        os.close(stdin)
    assert found.code == code
    assert "Import it? [y/N]" in found.out
    [made] = (await tenant.api.get(f"/imports?campaign_id={campaign}")).json()["data"]
    assert made["state"] == ("completed" if answer == "y" else "cancelled")


async def test_what_goes_wrong_is_said_in_a_sentence(
    port: int, tenant: Tenant, file: Path, tmp_path: Path
) -> None:
    campaign, empty = str(await tenant.campaign()), tmp_path / "empty.csv"
    empty.write_text("")
    yes = ("--campaign", campaign, "--yes")
    for arguments, sentence in (
        ((str(file), "--campaign", campaign), "Nobody can be asked here"),
        ((str(file), "--campaign", "999999999", "--yes"), "Campaign not found"),
        ((str(file), *yes, "--key", "x" * 40), "Invalid API Key"),
        ((str(file), *yes, "--map", "Firma"), "--map takes 'Column=field'"),
        ((str(file), *yes, "--map", "A=email", "--map", "A=city"), "--map says twice what 'A'"),
        (
            (str(file), *yes, "--map", "E-Mail=city", "--map", "Vorname=city"),
            "`E-Mail` is mapped to city already",
        ),
        ((str(file), *yes, "--map", "Nowhere=email"), "The file has no column `Nowhere`"),
        ((str(empty), *yes), "empty"),
        ((str(tmp_path), *yes), "cannot be read: Is a directory"),
        ((str(tmp_path / "gone.csv"), *yes), "cannot be read: No such file"),
    ):
        found = await said(port, tenant, "import", *arguments)
        assert found.code == 1, arguments
        assert found.err.startswith("leadgate: ")
        assert sentence in found.err
        assert len(found.err.splitlines()) == 1


async def test_a_dry_run_asks_nobody(port: int, tenant: Tenant, file: Path) -> None:
    campaign = str(await tenant.campaign())
    found = await said(
        port, tenant, "import", str(file), "--campaign", campaign, "--dry-run", "--json"
    )
    assert (found.code, json.loads(found.out)["by_code"]) == (3, {"added": 4, "invalid_email": 1})
    listed = await said(port, tenant, "suppress", str(file), "--kind", "block", "--dry-run")
    assert (listed.code, listed.err) == (3, "")
    assert "would be on the block list" in listed.out


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
async def test_a_file_out_of_a_pipe(port: int, tenant: Tenant, name: str) -> None:
    """It has no length before its end; this one holds more than fits into a pipe."""
    campaign = str(await tenant.campaign())
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "w") as pipe:
            pipe.write("email\n" + "".join(f"m{n}@example.com\n" for n in range(5_000)))

    written = asyncio.create_task(asyncio.to_thread(write))
    run = ("import", name, "--campaign", campaign, "--dry-run")
    found = await said(port, tenant, *run, stdin=reading)
    os.close(reading)
    await written
    assert (found.code, found.err) == (0, "")
    assert found.out.splitlines()[-1] == "5,000 rows: 5,000 would go in."


async def test_a_file_that_is_the_standard_input(port: int, tenant: Tenant, file: Path) -> None:
    campaign = str(await tenant.campaign())
    with file.open("rb") as content:
        asked = await said(port, tenant, "import", "-", "--campaign", campaign, stdin=content)
        assert (asked.code, "Nobody can be asked here" in asked.err) == (1, True)
        found = await said(
            port, tenant, "import", "-", "--campaign", campaign, "--yes", stdin=content
        )
    assert (found.code, found.out.splitlines()[-2]) == (3, "5 rows: 4 went in.")


async def test_what_was_decided_is_not_warned_of(port: int, tenant: Tenant, tmp_path: Path) -> None:
    campaign = str(await tenant.campaign())
    path = tmp_path / "people.csv"
    path.write_text("Who,Icebreaker\nann at example,Hi\n")
    run = ("import", str(path), "--campaign", campaign, "--dry-run")
    found = await said(port, tenant, *run, "--map", "Who=email")
    assert "No column holds" not in found.out
    book = write_workbook(
        tmp_path / "book", Sheet([["Email"], ["a@b.cz"]]), Sheet([["Email"], ["c@d.cz"]])
    )
    run = ("import", str(book), "--campaign", campaign, "--dry-run")
    assert "has others: `Sheet2`" in (await said(port, tenant, *run)).out
    assert "has others" not in (await said(port, tenant, *run, "--sheet", "Sheet2")).out


async def test_a_service_that_is_not_there_is_told_at_once(
    port: int, tenant: Tenant, file: Path
) -> None:
    away = ("--url", f"http://127.0.0.1:{free_port()}", "--campaign", "1", "--yes")
    began = time.monotonic()
    found = await said(port, tenant, "import", str(file), *away)
    assert (found.code, "cannot be reached" in found.err) == (1, True)
    assert time.monotonic() - began < LONGEST_S / 3


async def test_a_lost_network_is_outlived(port: int, tenant: Tenant, tmp_path: Path) -> None:
    """While the import runs the stream breaks, twice; the command goes on where it was."""
    path = tmp_path / "many.csv"
    path.write_text("email\n" + "".join(f"m{n}@example.com\n" for n in range(20_000)))
    campaign = await tenant.campaign()
    async with Proxy(port) as network:
        command = asyncio.create_task(
            said(network.port, tenant, "import", str(path), "--campaign", str(campaign), "--yes")
        )
        for _ in range(2):
            async with asyncio.timeout(LONGEST_S):
                while not await done(tenant, campaign):  # noqa: ASYNC110  # another process works
                    await asyncio.sleep(0.1)
            await network.refuse()
            network.reset()
            await asyncio.sleep(0.5)
            await network.accept()
        found = await command
    assert (found.code, found.out.splitlines()[-1]) == (0, "20,000 rows: 20,000 went in.")


async def done(tenant: Tenant, campaign_id: int) -> int:
    found = (await tenant.api.get(f"/imports?campaign_id={campaign_id}")).json()["data"]
    rows: int = found[0]["progress"]["rows_done"] if found else 0
    return rows


async def test_a_list_is_suppressed(port: int, tenant: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("*.acme.com\nann@example.com\nall of them\n")
    found = await said(port, tenant, "suppress", str(path), "--kind", "block", "--yes")
    assert found.code == 3
    assert found.out.splitlines()[-2:] == [
        "3 rows: 2 are on the block list.",
        "        1 neither an address nor a domain",
    ]
    path.write_text("Who;When\nann@example.com;today\nbob@example.com;today\n")
    named = ("--kind", "do_not_contact", "--column", "Who", "--dry-run", "--yes")
    found = await said(port, tenant, "suppress", str(path), *named)
    assert (found.code, found.out.splitlines()[-1]) == (
        0,
        "2 rows: 2 would be on the do-not-contact list.",
    )
