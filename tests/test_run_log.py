"""The run's own log is checked at its end; here, that the check finds what it is for."""

import logging
import random
import string
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.run_log import RUN_LOG, RunLog

ADDRESS, KEY = "somebody@elsewhere.net", "lg_qy9Ymru1p_APoSQ-Hq2x"
NOTE = 'Saw your talk\nin "Lyon", 2026'

log = logging.getLogger("test_run_log")


def redaction_is_enough(text: str) -> None:
    """As a library would, past the fields that we choose."""
    log.debug("it is about %s", text)


def as_a_field(text: str) -> None:
    log.info("request", extra={"about": text})


async def recorded(path: Path, say: Callable[[str], None], text: str) -> RunLog:
    """A log of its own, so that this run's stays clean."""
    run_log = RunLog()
    log.propagate = False
    with run_log.recording(path):
        log.handlers = [logging.getLogger().handlers[-1]]
        log.setLevel(logging.DEBUG)
        say(text)
    log.handlers = []
    return run_log


@pytest.mark.parametrize("say", [redaction_is_enough, as_a_field])
@pytest.mark.parametrize("text", [ADDRESS, KEY, f"?api_key={KEY}", "postgresql://a:b@host/x"])
async def test_who_logs_an_address_or_a_key_is_found(
    tmp_path: Path, say: Callable[[str], None], text: str
) -> None:
    run_log = await recorded(tmp_path / "log", say, text)
    assert len(run_log.leaks()) == 1
    assert ADDRESS not in run_log.leaks()[0]


async def test_what_another_process_wrote_is_looked_through(tmp_path: Path) -> None:
    run_log = await recorded(tmp_path / "log", as_a_field, "nothing")
    assert run_log.leaks() == []
    run_log.add(f"LOG:  started\nERROR:  of {ADDRESS}\n")
    assert run_log.leaks() == [f"ERROR:  of {ADDRESS}"]


@pytest.mark.parametrize("text", [NOTE, NOTE.replace("2026", "1999"), NOTE[:20] * 50])
async def test_a_piece_of_a_body_is_found(tmp_path: Path, text: str) -> None:
    run_log = await recorded(tmp_path / "log", as_a_field, f"so {text} it said")
    assert run_log.leaks() == []
    body = {"lead_list": [{"custom_fields": {"note": text, "scope": "workspace"}}]}
    await run_log.note(httpx.Request("POST", "http://leadgate.test", json=body))
    assert len(run_log.leaks()) == 1


async def test_our_own_words_may_be_sent_and_logged(tmp_path: Path) -> None:
    run_log = await recorded(tmp_path / "log", as_a_field, "duplicate_in_campaign")
    padding = ["x" * 7, "x" * 500 + "end"]
    body = {"code": "duplicate_in_campaign", "settings": None, "list": padding}
    await run_log.note(httpx.Request("POST", "http://leadgate.test", json=body))
    assert len(run_log.sent) == 1
    assert run_log.leaks() == []


async def test_clients_of_the_tests_note_what_they_send(api: httpx.AsyncClient) -> None:
    name = "".join(random.choices(string.ascii_letters, k=20))
    await api.post("/campaigns/create", json={"name": name})
    assert name in RUN_LOG.sent
