"""POST /validate: addresses that somebody asks about, whoever they are."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from dns.rcode import SERVFAIL

from app.kit.jobs import queue
from app.kit.resources import Resources
from app.leads.jobs import ValidateAddresses
from app.leads.operations.addresses import MOST_OPEN, PORTION, judged
from app.leads.rules.addresses import Knowledge, keys_of
from app.main import create_app
from app.validation.rules import NO_OVERRIDES
from app.values import WorkspaceId
from app.workspaces.rules import Policy
from tests.client import Tenant, client
from tests.dns import Behaviour, DnsServer
from tests.jobs import run_due
from tests.leads.asking import Ask
from tests.leads.people import joined
from tests.locks import PATIENCE_S, Locks
from tests.providers import items

JSON = {"Content-Type": "application/json"}
FLAGS = ("disposable", "role", "free", "privacy_relay", "catch_all", "suggestion")


@pytest.fixture
async def door(checking: Resources, tenant: Tenant) -> AsyncIterator[Any]:
    """An API that asks this DNS."""
    app = create_app(checking.settings)
    async with (
        app.router.lifespan_context(app),
        client(httpx.ASGITransport(app, raise_app_exceptions=False), tenant.key) as api,
    ):
        yield api


async def asked(door: httpx.AsyncClient, *emails: str, status: int = 200) -> dict[str, Any]:
    answer = await door.post("/validate", json={"emails": list(emails)})
    assert answer.status_code == status, answer.text
    said: dict[str, Any] = answer.json()
    assert [one["email"] for one in said["results"]] == list(emails)
    return said


def results(said: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(one["result"], one["reason"], one["level"]) for one in said["results"]]


async def leads(resources: Resources, tenant: Tenant) -> int:
    [row] = await resources.database.fetch(
        "select (select count(*) from leads where workspace_id = $1)"
        " + (select count(*) from validations where workspace_id = $1)"
        " + (select count(*) from unvalidated where workspace_id = $1) n",
        tenant.id,
    )
    n: int = row["n"]
    return n


async def test_it_waits_for_nobody_who_changes_the_workspace(
    door: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    workspace = "select from workspaces where id = $1 for no key update"
    async with Locks(resources, tenant.id).held(workspace), asyncio.timeout(PATIENCE_S):
        await asked(door, "ann@good.com")


async def test_so_many_at_once_and_no_more(
    door: httpx.AsyncClient, tenant: Tenant, checking: Resources, dns: DnsServer
) -> None:
    """Nothing is asked for whoever is refused; what has ended, or is overdue, counts no more."""
    async with checking.database.transaction() as tx:
        for minutes in (*range(1, MOST_OPEN), -1):
            until = datetime.now(UTC) + timedelta(minutes=minutes)
            await queue(
                tx, ValidateAddresses(WorkspaceId(tenant.id), ["ann@good.com"], until.isoformat())
            )
    await asked(door, "ann@better.com")
    async with checking.database.transaction() as tx:
        until = datetime.now(UTC) + timedelta(minutes=1)
        await queue(
            tx, ValidateAddresses(WorkspaceId(tenant.id), ["ann@good.com"], until.isoformat())
        )
    answer = await door.post("/validate", json={"email": "ann@gone.com"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_validations")
    assert not dns.asked["MX gone.com"]
    await run_due(checking, [ValidateAddresses.kind])
    await asked(door, "ann@gone.com")


async def test_at_once_in_the_order_of_the_request(
    door: httpx.AsyncClient, tenant: Tenant, resources: Resources, dns: DnsServer
) -> None:
    dns.behaviours["broken.com"] = Behaviour(rcode=SERVFAIL)
    emails = (
        "Ann@Good.com",
        "nobody",
        "bob@silent.com",
        "eve@gone.com",
        "info@implicit.com",
        "joe@x.mailinator.com",
        "ann@good.com",
        "eve@host.local",
        "zoe@broken.com",
    )
    said = await asked(door, *emails)
    assert (said["id"], said["state"], said["pending"]) == (None, "checked", 0)
    accepts = ("valid", "domain_accepts_mail", "domain")
    assert results(said) == [
        accepts,
        ("invalid", "syntax", "syntax"),
        ("invalid", "null_mx", "domain"),
        ("invalid", "domain_not_found", "domain"),
        accepts,
        ("invalid", "domain_not_found", "domain"),
        accepts,
        ("invalid", "special_use_domain", "syntax"),
        ("unverified", "dns_servfail", "domain"),
    ]
    flags = [{flag for flag in FLAGS if one[flag]} for one in said["results"]]
    assert flags == [set(), set(), set(), set(), {"role"}, {"disposable"}, set(), set(), set()]
    assert {one["source"] for one in said["results"]} == {"dns", "syntax"}
    assert dns.asked["MX good.com"] == 1
    await asked(door, *emails)
    assert dns.asked["MX good.com"] == 1
    assert await leads(resources, tenant) == 0


async def test_one_address(door: httpx.AsyncClient, dns: DnsServer) -> None:
    dns.add("gmial.com. A 127.0.0.1")
    answer = await door.post("/validate", json={"email": "ann@gmial.com"})
    assert answer.status_code == 200
    [found] = answer.json()["results"]
    assert (found["result"], found["suggestion"]) == ("valid", "ann@gmail.com")


async def test_what_takes_long_is_answered_later(
    door: httpx.AsyncClient, tenant: Tenant, other: Tenant, checking: Resources, dns: DnsServer
) -> None:
    dns.behaviours["better.com"] = Behaviour(silent=True)
    better = {"list": "disposable", "entry": "better.com", "listed": True}
    await door.put("/validation/overrides", json={"overrides": [better]})
    slow = {"dns_timeout_s": 4.0}
    app = create_app(checking.settings.model_copy(update=slow))
    async with (
        app.router.lifespan_context(app),
        client(httpx.ASGITransport(app), tenant.key) as api,
    ):
        began = asyncio.get_running_loop().time()
        said = await asked(api, "info@better.com", "ann@good.com", "nobody", status=202)
        assert asyncio.get_running_loop().time() - began < 4
    assert (said["state"], said["pending"]) == ("pending", 1)
    pending, good, nobody = said["results"]
    assert (pending["state"], pending["result"]) == ("pending", None)
    assert [pending[flag] for flag in FLAGS] == [True, True, False, False, None, None]
    assert (good["result"], nobody["result"]) == ("valid", "invalid")
    path = f"/validate/{said['id']}"
    polled = (await door.get(path)).json()
    assert (polled["pending"], polled["results"][:2]) == (1, [pending, good])
    dns.behaviours.clear()
    assert await run_due(checking, [ValidateAddresses.kind]) == 1
    done = (await door.get(path)).json()
    assert (done["state"], done["pending"]) == ("checked", 0)
    assert results(done)[0] == ("valid", "domain_accepts_mail", "domain")
    assert [one["email"] for one in done["results"]] == [one["email"] for one in said["results"]]
    for whose, wrong in ((other.api, path), (door, "/validate/999999999")):
        answer = await whose.get(wrong)
        assert (answer.status_code, answer.json()["code"]) == (404, "validation_not_found")


async def test_a_broken_resolver_does_not_keep_it_pending(
    door: httpx.AsyncClient, checking: Resources, dns: DnsServer
) -> None:
    dns.everywhere = Behaviour(silent=True)
    said = await asked(door, "ann@good.com", "nobody", status=202)
    assert said["pending"] == 1
    await run_due(checking, [ValidateAddresses.kind])
    [row] = await checking.database.fetch("select state from jobs where id = $1", said["id"])
    assert row["state"] == "queued"
    await checking.database.fetch(
        "update jobs set run_at = now(), arguments = arguments || $2 where id = $1",
        *(said["id"], '{"until": "2026-01-01T00:00:00+00:00"}'),
    )
    # Nor does a worker that is away.
    for _ in range(2):
        done = (await door.get(f"/validate/{said['id']}")).json()
        assert (done["state"], results(done)) == (
            "checked",
            [("unverified", "dns_timeout", "syntax"), ("invalid", "syntax", "syntax")],
        )
        await run_due(checking, [ValidateAddresses.kind])
    [row] = await checking.database.fetch("select state from jobs where id = $1", said["id"])
    assert row["state"] == "completed"


async def test_what_is_known_of_the_workspaces_people(
    door: httpx.AsyncClient, tenant: Tenant, other: Tenant, ask: Ask
) -> None:
    people = ("ann@good.com", "bob@better.com")
    for workspace in (tenant, other):
        await joined(workspace, await workspace.campaign(), *people)
    async with ask(items("invalid", reason="mailbox_not_found")) as asking:
        await asking.check()
        assert len(asking.provider.asked) == 2
    await tenant.api.patch("/workspace", json={"valid_requires": "mailbox"})
    said = await asked(door, *people, "eve@good.com")
    assert results(said) == [
        *[("invalid", "mailbox_not_found", "provider")] * 2,
        ("unverified", "not_probed", "domain"),
    ]
    assert {one["source"] for one in said["results"]} == {"contract", "dns"}


async def test_what_the_workspace_knows_better(door: httpx.AsyncClient) -> None:
    better = [
        {"list": "disposable", "entry": "good.com", "listed": True},
        {"list": "disposable", "entry": "mailinator.com", "listed": False},
    ]
    answer = await door.put("/validation/overrides", json={"overrides": better})
    assert answer.status_code == 200, answer.text
    said = await asked(door, "ann@good.com", "ann@mailinator.com")
    assert [one["disposable"] for one in said["results"]] == [True, False]


async def test_a_thousand_and_the_same_again(door: httpx.AsyncClient) -> None:
    emails = [f"p{n}@{'good' if n % 2 else 'better'}.com" for n in range(1_000)]
    headers = {"Idempotency-Key": "once"}
    answers = [
        await door.post("/validate", json={"emails": emails}, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert {one["result"] for one in answers[0].json()["results"]} == {"valid"}


TEXTS = {
    "ann@good.com": "valid",
    "a\0b@good.com": "invalid",
    "\0": "invalid",
    "\ud800@good.com": "invalid",
    "a\udfffb@good.com": "invalid",
    "a\ufffd@good.com": "invalid",
    "a@go\0od.com": "invalid",
    "\\u0000": "invalid",
    "": "invalid",
    " ": "invalid",
    "zo\xeb@good.com": "valid",
    "\U0001f600": "invalid",
    "Ann \U0001f600 <ann@good.com>": "valid",
    "a" * 10_000: "invalid",
}


async def test_each_text_is_answered_by_itself(
    door: httpx.AsyncClient, checking: Resources, dns: DnsServer
) -> None:
    """Now, and by the job. What cannot be kept is shown as U+FFFD."""
    given = [*TEXTS, *TEXTS]
    shown = [re.sub("[\0\ud800-\udfff]", "\ufffd", text) for text in given]

    def check(said: dict[str, Any]) -> None:
        told = [(one["email"], one["result"]) for one in said["results"][: len(given)]]
        assert told == list(zip(shown, [*TEXTS.values()] * 2, strict=True))
        wrong = said["results"][1]
        assert (wrong["reason"], wrong["level"], wrong["source"]) == ("syntax",) * 3

    answer = await door.post("/validate", content=json.dumps({"emails": given}), headers=JSON)
    assert answer.status_code == 200, answer.text
    check(answer.json())
    dns.everywhere = Behaviour(silent=True)
    later = json.dumps({"emails": [*given, "zoe@better.com"]})
    answer = await door.post("/validate", content=later, headers=JSON)
    assert answer.status_code == 202, answer.text
    check(answer.json())
    dns.everywhere = Behaviour()
    assert await run_due(checking, [ValidateAddresses.kind]) == 1
    done = (await door.get(f"/validate/{answer.json()['id']}")).json()
    assert (done["state"], len(done["results"])) == ("checked", len(given) + 1)
    check(done)


async def test_others_have_their_turn_meanwhile() -> None:
    """However long it takes to read the addresses."""
    emails = [f"{n}@" + "ű." * 120 + "-" for n in range(1_000)]
    known = Knowledge(keys_of(emails), {}, {}, NO_OVERRIDES)
    judging = asyncio.create_task(judged(known, emails, Policy()))
    turns = 0
    while not judging.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns >= len(emails) / PORTION
    assert len(await judging) == len(emails)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "/"),
        ({"email": "a@b.com", "emails": ["a@b.com"]}, "/"),
        ({"emails": []}, "/emails"),
        ({"emails": ["a@b.com"] * 1_001}, "/emails"),
        ({"emails": ["a@b.com", 7]}, "/emails/1"),
        ({"emails": ["a" * 10_001]}, "/emails/0"),
        ({"email": None}, "/"),
        ({"mail": "a@b.com"}, "/mail"),
    ],
)
async def test_what_cannot_be_read(api: httpx.AsyncClient, body: Any, place: str) -> None:
    answer = await api.post("/validate", json=body)
    assert answer.status_code == 422
    assert place in [error["pointer"] for error in answer.json()["errors"]]
