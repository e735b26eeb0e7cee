"""Addresses are checked while their leads enter campaigns, are changed, and are removed."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from app.leads.jobs import ValidateLeads
from app.leads.operations.validating import queue_validations
from tests.client import Tenant
from tests.consistency import offenders
from tests.imports.undoing import Work
from tests.jobs import run_due
from tests.leads.conftest import Check
from tests.leads.people import joined
from tests.leads.test_demands import know
from tests.leads.validated import check_again, found, waiting
from tests.locks import Locks
from tests.make import lead

PEOPLE = [f"p{n}@{domain}.com" for n in range(60) for domain in ("good", "silent", "better")]


async def check_all(resources: Resources, tenant: Tenant, check: Check) -> None:
    """Whoever gave way to another job does not wait for its end."""
    while await waiting(resources, tenant):
        await queue_validations(resources)
        await resources.database.fetch(
            "update jobs set run_at = now() where workspace_id = $1", tenant.id
        )
        await check()


async def test_entries_while_they_are_checked(
    tenant: Tenant, resources: Resources, check: Check
) -> None:
    """Whoever comes first, nobody who was found invalid is written to."""
    campaigns = await tenant.campaigns(6)
    for first, second, third in zip(campaigns[::3], campaigns[1::3], campaigns[2::3], strict=True):
        await asyncio.gather(
            joined(tenant, first, *PEOPLE),
            joined(tenant, second, *reversed(PEOPLE)),
            check(),
            joined(tenant, third, *PEOPLE),
            check(),
        )
        assert await offenders(resources, tenant.id) == []
        await check_again(resources, tenant)
    await check_all(resources, tenant, check)
    assert await offenders(resources, tenant.id) == []


async def test_changes_while_they_are_checked(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check
) -> None:
    campaign = await tenant.campaign()
    leads = await joined(tenant, campaign, *PEOPLE[:60])

    async def change(number: int, lead: int) -> None:
        domain = ("silent", "good")[number % 2]
        answer = await api.post(
            f"/campaigns/{campaign}/leads/{lead}", json={"email": f"new{number}@{domain}.com"}
        )
        assert answer.status_code == 200, answer.text

    await asyncio.gather(check(), *(change(n, lead) for n, lead in enumerate(leads)), check())
    assert await offenders(resources, tenant.id) == []
    await check_all(resources, tenant, check)
    assert await offenders(resources, tenant.id) == []


async def test_removals_while_they_are_checked(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, work: Work
) -> None:
    pushes = [
        (await tenant.add(await tenant.campaign(), *PEOPLE[first : first + 60]))["import_id"]
        for first in range(0, len(PEOPLE), 60)
    ]
    for import_id in pushes:
        assert (await api.post(f"/imports/{import_id}/undo")).status_code == 202
    await asyncio.gather(work(), check(), work(), check())
    assert await offenders(resources, tenant.id) == []


async def test_a_change_at_the_same_domain_while_others_are_held(
    api: httpx.AsyncClient, tenant: Tenant, checking: Resources, check: Check
) -> None:
    """Less is known of the new address than was of the old one."""
    campaign = await tenant.campaign()
    ann, bob = await joined(tenant, campaign, "ann@good.com", "bob@silent.com")
    await check()
    await know(checking, tenant, ann=("valid", "provider", 1))
    await check_again(checking, tenant)
    locks = Locks(checking, tenant.id)
    held = "select from leads where workspace_id = $1 and id = $2 for update"
    async with locks.stopped(run_due(checking, [ValidateLeads.kind]), held, bob) as checks:
        changed = await api.post(
            f"/campaigns/{campaign}/leads/{ann}", json={"email": "eve@good.com"}
        )
        assert changed.status_code == 200, changed.text
    await checks
    assert await offenders(checking, tenant.id) == []
    await check_all(checking, tenant, check)
    assert (await found(checking, tenant))["eve@good.com"] == ("valid", "domain_accepts_mail")


@pytest.mark.parametrize("given", [True, False])
async def test_all_take_places_in_the_same_order(
    tenant: Tenant, checking: Resources, given: bool
) -> None:
    """So nobody waits for somebody who waits for them."""
    first, second = await tenant.campaigns(2)
    ann, bob = await joined(tenant, first, "ann@good.com", "bob@better.com")
    assert ann < bob
    said = {"vendor": "zerobounce", "word": "valid"}
    people = [lead(email, validation=said) for email in ("bob@better.com", "ann@good.com")]
    request: Coroutine[Any, Any, Any] = (
        tenant.add(second, *people, duplicate_scope="campaign")
        if given
        else run_due(checking, [ValidateLeads.kind])
    )
    place = "select from unvalidated where workspace_id = $1 and lead_id = $2 for update"
    locks = Locks(checking, tenant.id)
    async with locks.stopped(request, place, ann) as stopped, locks.held(f"{place} nowait", bob):
        pass
    await stopped
    assert await offenders(checking, tenant.id) == []
