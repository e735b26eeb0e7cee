"""Addresses are judged again while others come in, are checked, changed and removed."""

import asyncio

import httpx

from app.kit.resources import Resources
from app.leads.operations.judging import queue_judging
from app.validation.jobs import JudgeAgain
from app.validation.rules import RULES_VERSION
from tests.client import Tenant
from tests.consistency import offenders
from tests.jobs import run_due
from tests.leads.conftest import Check
from tests.leads.people import joined
from tests.leads.test_validating_races import check_all
from tests.validation.overrides.test_overrides import override, put

ROUNDS = 6
DOMAINS = ("good", "silent", "better")


async def judge(checking: Resources) -> None:
    await run_due(checking, [JudgeAgain.kind])


async def judge_all(checking: Resources, tenant: Tenant) -> None:
    """Whoever gave way to another job does not wait for its end."""
    while await checking.database.fetch(
        "update jobs set run_at = now() where workspace_id = $1 and kind = $2 returning id",
        *(tenant.id, JudgeAgain.kind),
    ):
        await judge(checking)


async def test_the_last_lists_hold_for_everybody(
    api: httpx.AsyncClient, tenant: Tenant, checking: Resources, check: Check
) -> None:
    campaign = await tenant.campaign()
    for number in range(ROUNDS):
        people = [f"p{n}r{number}@{domain}.com" for n in range(20) for domain in DOMAINS]
        leads = await joined(tenant, campaign, *people)
        await asyncio.gather(
            check(),
            put(api, override("free", "good.com", listed=number % 2 == 1)),
            judge(checking),
            check(),
            put(api, override("free", "silent.com", listed=number % 2 == 1)),
            *(
                api.post(
                    f"/campaigns/{campaign}/leads/{lead}", json={"email": f"new{lead}@good.com"}
                )
                for lead in leads[:5]
            ),
            *(api.delete(f"/campaigns/{campaign}/leads/{lead}") for lead in leads[5:10]),
            judge(checking),
        )
        assert await offenders(checking, tenant.id) == []
    await check_all(checking, tenant, check)
    await judge_all(checking, tenant)
    rows = await checking.database.fetch(
        "select email, free from validations where workspace_id = $1", tenant.id
    )
    assert len(rows) == ROUNDS * 60
    wrong = [row["email"] for row in rows if row["free"] is row["email"].endswith("@better.com")]
    assert wrong == []


async def test_results_that_move_people_while_they_are_changed(
    api: httpx.AsyncClient, tenant: Tenant, checking: Resources, check: Check
) -> None:
    first, second = await tenant.campaigns(2)
    people = [f"p{n}@{domain}.com" for n in range(20) for domain in DOMAINS]
    leads = await joined(tenant, first, *people)
    await check()
    for number in range(ROUNDS):
        async with checking.database.transaction() as tx:
            await tx.rows(
                "update validations set result = case when result = 'valid' then 'invalid' else"
                " 'valid' end where workspace_id = $1 and lead_id % 2 = $2",
                *(tenant.id, number % 2),
            )
            await tx.rows(
                "update workspaces set rules_version = $2 where id = $1",
                *(tenant.id, RULES_VERSION - 1),
            )
        await queue_judging(checking)
        await asyncio.gather(
            judge(checking),
            tenant.add(second, *reversed(people), duplicate_scope="campaign"),
            *(
                api.post(f"/campaigns/{first}/leads/{lead}/status", json={"status": "PAUSED"})
                for lead in leads[number::7]
            ),
            judge(checking),
        )
        await judge_all(checking, tenant)
    await check_all(checking, tenant, check)
    rows = await checking.database.fetch(
        "select email, result from validations where workspace_id = $1", tenant.id
    )
    assert {(row["email"].partition("@")[2], row["result"]) for row in rows} == {
        ("good.com", "valid"),
        ("better.com", "valid"),
        ("silent.com", "invalid"),
    }
    assert await offenders(checking, tenant.id) == []
