"""What is known is judged again by other rules and other lists, and nobody is asked."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from app.leads.operations import judging
from app.leads.operations.judging import queue_judging
from app.validation.jobs import JudgeAgain
from app.validation.rules import RULES_VERSION
from tests.client import Tenant
from tests.consistency import offenders
from tests.dns import DnsServer
from tests.jobs import run_due
from tests.leads.conftest import Check
from tests.leads.people import events, joined, listed, member, status_of
from tests.leads.validated import FLAGS, found, told
from tests.validation.overrides.test_overrides import override, put, remove

Judge = Callable[[], Awaitable[int]]
ACCEPTS = ("valid", "domain_accepts_mail")
NULL_MX = ("invalid", "null_mx")


@pytest.fixture
async def judge(checking: Resources, dns: DnsServer) -> Judge:
    """As a worker does; gives how many jobs ran. No packet goes to the resolver."""
    async with checking.database.transaction() as tx:
        await tx.rows("delete from jobs where kind = $1", JudgeAgain.kind)

    async def run() -> int:
        asked = dns.asked.copy()
        ran = await run_due(checking, [JudgeAgain.kind])
        assert dns.asked == asked
        return ran

    return run


async def flags(api: httpx.AsyncClient, campaign: int, lead: int) -> set[str]:
    validation = (await member(api, campaign, lead))["validation"]
    return {flag for flag in FLAGS if validation[flag]}


async def as_if(resources: Resources, tenant: Tenant, email: str, **stored: Any) -> None:
    """Older rules judged so."""
    columns = ", ".join(f"{name} = ${n}" for n, name in enumerate(stored, 3))
    await resources.database.fetch(
        f"update validations set {columns} where workspace_id = $1 and email = $2",  # noqa: S608
        *(tenant.id, email, *stored.values()),
    )
    await resources.database.fetch(
        "update workspaces set rules_version = $2 where id = $1", tenant.id, RULES_VERSION - 1
    )


async def version(resources: Resources, tenant: Tenant) -> int:
    [row] = await resources.database.fetch(
        "select rules_version from workspaces where id = $1", tenant.id
    )
    number: int = row["rules_version"]
    return number


async def test_lists_of_the_workspace(
    api: httpx.AsyncClient,
    tenant: Tenant,
    other: Tenant,
    check: Check,
    judge: Judge,
) -> None:
    campaign, theirs = await tenant.campaign(), await other.campaign()
    addresses = ("info@good.com", "ann@x.mailinator.com", "vertrieb@good.com")
    role, throwaway, sales = await joined(tenant, campaign, *addresses)
    [stranger] = await joined(other, theirs, "ann@mailinator.com")
    await check()
    assert await flags(api, campaign, role) == {"role"}
    assert await flags(api, campaign, throwaway) == {"disposable"}
    await put(
        api,
        override("disposable", "mailinator.com", listed=False),
        override("free", "good.com"),
        override("role", "vertrieb"),
        override("role", "info", listed=False),
    )
    assert await flags(api, campaign, role) == {"role"}
    assert await judge() == 1
    assert await flags(api, campaign, role) == {"free"}
    assert await flags(api, campaign, throwaway) == set()
    assert await flags(api, campaign, sales) == {"free", "role"}
    assert await flags(other.api, theirs, stranger) == {"disposable"}
    [newcomer] = await joined(tenant, campaign, "info+x@mailinator.com")
    await check()
    assert await flags(api, campaign, newcomer) == set()
    await remove(api, ("disposable", "mailinator.com"), ("role", "info"))
    assert await judge() == 1
    assert await flags(api, campaign, throwaway) == {"disposable"}
    assert await flags(api, campaign, newcomer) == {"disposable", "role"}
    assert await judge() == 0


async def test_what_others_told_and_what_the_workspace_knows_better(
    api: httpx.AsyncClient, tenant: Tenant, check: Check, judge: Judge
) -> None:
    campaign = await tenant.campaign()
    given = {"vendor": "zerobounce", "word": "disposable"}
    [lead] = await joined(tenant, campaign, {"email": "ann@good.com", "validation": given})
    await check()
    before = (await member(api, campaign, lead))["validation"]
    assert (before["source"], before["disposable"]) == ("zerobounce", True)
    await put(api, override("disposable", "good.com", listed=False))
    await judge()
    assert (await member(api, campaign, lead))["validation"] == before | {"disposable": False}
    await remove(api, ("disposable", "good.com"))
    await judge()
    assert (await member(api, campaign, lead))["validation"] == before


async def test_other_rules(
    api: httpx.AsyncClient,
    tenant: Tenant,
    resources: Resources,
    check: Check,
    judge: Judge,
) -> None:
    """Results move people as the first ones did, whenever their domains were asked for."""
    campaign = await tenant.campaign()
    ann, bob, eve = await joined(tenant, campaign, "ann@good.com", "bob@silent.com", "eve@gone.com")
    await check()
    await resources.database.fetch(
        "update mail_domains set fresh_until = now() - '1 day'::interval"
    )
    await as_if(resources, tenant, "bob@silent.com", result="unverified", reason="policy")
    await as_if(resources, tenant, "ann@good.com", result="invalid", reason="policy")
    await resources.database.fetch(
        "update campaign_leads set status = case lead_id when $2 then 'INVALID' else"
        " 'NOT_CONTACTED' end, invalid_from = case lead_id when $2 then 'NOT_CONTACTED' end"
        " where workspace_id = $1 and lead_id in ($2, $3)",
        *(tenant.id, ann, bob),
    )
    await queue_judging(resources)
    assert await judge() == 1
    assert await found(resources, tenant) == {
        "ann@good.com": ACCEPTS,
        "bob@silent.com": NULL_MX,
        "eve@gone.com": ("invalid", "domain_not_found"),
    }
    statuses = [await status_of(api, campaign, lead) for lead in (ann, bob, eve)]
    assert statuses == ["NOT_CONTACTED", "INVALID", "INVALID"]
    assert (await events(api, campaign, bob))[0] == told(*NULL_MX, "NOT_CONTACTED", "INVALID")
    assert (await events(api, campaign, ann))[0] == told(*ACCEPTS, "INVALID", "NOT_CONTACTED")
    assert await version(resources, tenant) == RULES_VERSION
    await queue_judging(resources)
    assert await judge() == 0


async def test_an_address_that_somebody_had_moves_them_no_more(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, judge: Judge
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "bob@silent.com")
    await check()
    await as_if(resources, tenant, "bob@silent.com", result="valid")
    await api.post(f"/campaigns/{campaign}/leads/{lead}", json={"email": "bob@good.com"})
    await resources.database.fetch(
        "update campaign_leads set status = 'NOT_CONTACTED' where workspace_id = $1", tenant.id
    )
    await queue_judging(resources)
    assert await judge() == 1
    assert await status_of(api, campaign, lead) == "NOT_CONTACTED"


async def test_what_says_nothing_changes_nothing(
    tenant: Tenant,
    resources: Resources,
    check: Check,
    judge: Judge,
) -> None:
    """A domain that was silent when it was asked for again, or of which nothing is known."""
    await joined(tenant, await tenant.campaign(), "ann@good.com", "bob@better.com", "eve@gone.com")
    await check()
    await resources.database.fetch(
        "update mail_domains set facts = facts || jsonb_build_object('said', 'timeout')"
        " where domain = 'good.com'"
    )
    await resources.database.fetch("delete from mail_domains where domain <> 'good.com'")
    before = await found(resources, tenant)
    await as_if(resources, tenant, "nobody", result="valid")
    await queue_judging(resources)
    assert await judge() == 1
    assert await found(resources, tenant) == before
    assert await version(resources, tenant) == RULES_VERSION


async def test_of_a_mailbox_more_is_known_than_we_can_judge(
    tenant: Tenant, resources: Resources, check: Check, judge: Judge
) -> None:
    await joined(tenant, await tenant.campaign(), "ann@good.com")
    await check()
    known = {"level": "provider", "source": "reacher", "reason": "mailbox_not_found"}
    await as_if(resources, tenant, "ann@good.com", result="invalid", **known)
    await queue_judging(resources)
    await judge()
    assert await found(resources, tenant) == {"ann@good.com": ("invalid", "mailbox_not_found")}


async def test_it_goes_on_where_it_was_killed(
    api: httpx.AsyncClient,
    tenant: Tenant,
    checking: Resources,
    check: Check,
    judge: Judge,
) -> None:
    """And from the beginning when the lists are others by then."""
    campaign = await tenant.campaign()
    first, second = await joined(tenant, campaign, "ann@good.com", "bob@better.com")
    await check()
    await put(api, override("free", "good.com"), override("free", "better.com"))
    [row] = await checking.database.fetch(
        "update jobs set progress = jsonb_build_object('behind', $2::bigint, 'terms', $3::text)"
        " where workspace_id = $1 and kind = 'judge_again' returning id",
        *(tenant.id, first, f"{RULES_VERSION}.1"),
    )
    assert row
    assert await judge() == 1
    assert [await flags(api, campaign, lead) for lead in (first, second)] == [set(), {"free"}]
    await put(api, override("role", "ann"))
    await checking.database.fetch(
        "update jobs set progress = jsonb_build_object('behind', $2::bigint, 'terms', $3::text)"
        " where workspace_id = $1 and kind = 'judge_again'",
        *(tenant.id, second, f"{RULES_VERSION}.1"),
    )
    assert await judge() == 1
    assert await flags(api, campaign, first) == {"free", "role"}


async def test_many(tenant: Tenant, resources: Resources, check: Check, judge: Judge) -> None:
    """More than a chunk."""
    campaign = await tenant.campaign()
    people = [f"p{n}@silent.com" for n in range(judging.LEADS + 1)]
    for start in range(0, len(people), 400):
        await tenant.add(campaign, *people[start : start + 400])
    await check()
    await resources.database.fetch(
        "update validations set result = 'valid', reason = 'policy' where workspace_id = $1",
        tenant.id,
    )
    await as_if(resources, tenant, people[0], disposable=True)
    await queue_judging(resources)
    assert await judge() == 1
    assert set((await found(resources, tenant)).values()) == {NULL_MX}
    assert await listed(tenant.api, campaign, validation="valid") == []
    assert await offenders(resources, tenant.id) == []
