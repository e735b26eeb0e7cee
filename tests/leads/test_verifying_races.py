"""Mailboxes are looked at while people enter campaigns, are changed, and are removed."""

import asyncio

import httpx

from app.kit.resources import Resources
from app.leads.operations.validating import queue_validations
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.undoing import Work
from tests.leads.asking import Ask, Asking
from tests.leads.people import joined
from tests.leads.validated import found, waiting
from tests.providers import Answer, Asked

PEOPLE = [f"p{n}@{domain}.com" for n in range(60) for domain in ("good", "silent", "better")]


def by_number(asked: Asked) -> Answer:
    """Every second one is not there."""
    items = [
        {"id": one["id"], "status": "invalid" if _number(one["address"]) % 2 else "valid"}
        for one in asked.body["items"]
    ]
    return Answer({"items": items}, delay_s=0.05)


def _number(address: str) -> int:
    return int(address.partition("@")[0].lstrip("newp"))


async def check_all(resources: Resources, tenant: Tenant, asking: Asking) -> None:
    """Whoever gave way to another job does not wait for its end."""
    while await waiting(resources, tenant):
        await queue_validations(resources)
        await resources.database.fetch(
            "update jobs set run_at = now() where workspace_id = $1", tenant.id
        )
        await asking.check()


async def check_results(resources: Resources, tenant: Tenant) -> None:
    for address, (result, reason) in (await found(resources, tenant)).items():
        if "silent" in address:
            assert (result, reason) == ("invalid", "null_mx"), address
        else:
            expected = "invalid" if _number(address) % 2 else "valid"
            assert (result, reason) == (expected, "provider_confirmed"), address
    assert await offenders(resources, tenant.id) == []


async def test_entries_and_demands(tenant: Tenant, resources: Resources, ask: Ask) -> None:
    first, second = await tenant.campaigns(2)

    async def demand() -> None:
        for _ in range(10):
            answer = await tenant.api.post(
                f"/campaigns/{first}/validation", json={"results": ["valid"]}
            )
            assert answer.status_code == 202, answer.text

    async with ask(by_number) as asking:
        await joined(tenant, first, *PEOPLE)
        await asyncio.gather(
            asking.check(),
            demand(),
            joined(tenant, second, *reversed(PEOPLE)),
            asking.check(),
            demand(),
        )
        assert await offenders(resources, tenant.id) == []
        await check_all(resources, tenant, asking)
        assert max(map(asking.provider.addresses.count, PEOPLE)) == 1
    await check_results(resources, tenant)


async def test_changes(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    campaign = await tenant.campaign()

    async def change(number: int, lead: int) -> None:
        """Half of them at the same domain."""
        domain = ("good", "better")[number % 2]
        answer = await api.post(
            f"/campaigns/{campaign}/leads/{lead}", json={"email": f"new{number}@{domain}.com"}
        )
        assert answer.status_code == 200, answer.text

    async with ask(by_number) as asking:
        leads = await joined(tenant, campaign, *PEOPLE[:60])
        await asyncio.gather(
            asking.check(), *(change(n, lead) for n, lead in enumerate(leads)), asking.check()
        )
        assert await offenders(resources, tenant.id) == []
        await check_all(resources, tenant, asking)
    assert len(await found(resources, tenant)) == 60
    await check_results(resources, tenant)


async def test_removals(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, work: Work, ask: Ask
) -> None:
    pushes = [
        (await tenant.add(await tenant.campaign(), *PEOPLE[first : first + 60]))["import_id"]
        for first in range(0, len(PEOPLE), 60)
    ]
    async with ask(by_number) as asking:
        for import_id in pushes:
            assert (await api.post(f"/imports/{import_id}/undo")).status_code == 202
        await asyncio.gather(asking.check(), work(), asking.check(), work())
    assert await offenders(resources, tenant.id) == []


async def test_a_process_asks_for_no_more_at_once_than_it_may(
    tenant: Tenant, other: Tenant, resources: Resources, ask: Ask
) -> None:
    """Whoever comes second waits; then both come to their end."""
    for workspace in (tenant, other):
        await joined(workspace, await workspace.campaign(), *PEOPLE[:30])
    at_once: list[int] = []
    was_asked = asyncio.Event()

    def slow(asked: Asked) -> Answer:
        at_once.append(len(asked.body["items"]))
        was_asked.set()
        return Answer(by_number(asked).body, delay_s=0.5)

    async with ask(slow, verifier_in_flight=1) as asking:
        first = asyncio.create_task(asking.check())
        await was_asked.wait()
        await asking.check()
        assert len(at_once) == 1
        [row] = await resources.database.fetch(
            "select error from jobs where kind = 'verify_mailboxes' and state = 'queued'"
            " and workspace_id = any($1::bigint[])",
            [tenant.id, other.id],
        )
        assert row["error"] == "Others ask the provider"
        await first
        for workspace in (tenant, other):
            await check_all(resources, workspace, asking)
            await check_results(resources, workspace)
    assert at_once == [20, 20]
