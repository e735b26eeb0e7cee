"""POST /campaigns/{c}/validation and POST /leads/{l}/validation; and results that are too old."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from app.leads.jobs import RevalidateOld
from app.leads.operations.demands import CHUNK, OLD_AT_ONCE, queue_revalidations
from app.leads.rules.progress import topic_of
from app.settings import Settings
from app.values import WorkspaceId
from tests.client import Tenant
from tests.consistency import offenders
from tests.dns import Behaviour, DnsServer
from tests.imports.test_files import imported
from tests.imports.undoing import Work
from tests.jobs import run_due
from tests.kit.test_changes import SOON_S, hearing, opened
from tests.leads.asking import Ask
from tests.leads.conftest import Check
from tests.leads.people import joined, status_of
from tests.leads.validated import found, later, waiting
from tests.providers import items

ACCEPTS = ("valid", "domain_accepts_mail")


async def demanded(
    api: httpx.AsyncClient, campaign: int, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    answer = await api.post(f"/campaigns/{campaign}/validation", json=body)
    assert answer.status_code == 202, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def know(resources: Resources, tenant: Tenant, **results: tuple[str, str, int]) -> None:
    """By the local part: result, level, and how many days ago."""
    for local, (result, level, days) in results.items():
        await resources.database.fetch(
            "update validations set result = $3, level = $4,"
            " checked_at = now() - make_interval(days => $5)"
            " where workspace_id = $1 and split_part(email, '@', 1) = $2",
            *(tenant.id, local, result, level, days),
        )


@pytest.mark.parametrize(
    ("body", "meant", "fresh"),
    [
        (None, {"ann", "bob", "joe", "zoe"}, 1),
        ({}, {"ann", "bob", "joe", "zoe"}, 1),
        ({"force": True}, {"ann", "bob", "eve", "joe", "zoe"}, 0),
        ({"results": ["invalid"]}, {"bob"}, 0),
        ({"results": ["invalid", "unverified"]}, {"bob", "joe"}, 0),
        ({"results": ["valid"]}, {"ann", "zoe"}, 1),
        ({"results": ["valid"], "force": True}, {"ann", "eve", "zoe"}, 0),
        ({"older_than_days": 30}, {"joe", "zoe"}, 0),
        ({"older_than_days": 10}, {"joe", "zoe"}, 1),
        ({"older_than_days": 30, "results": ["unverified"]}, {"joe"}, 0),
        ({"older_than_days": 200}, set(), 0),
    ],
)
async def test_who_is_meant(
    api: httpx.AsyncClient,
    tenant: Tenant,
    resources: Resources,
    check: Check,
    body: dict[str, Any] | None,
    meant: set[str],
    fresh: int,
) -> None:
    """What is known of a mailbox is fresh for 90 days; DNS says itself for how long."""
    campaign, other = await tenant.campaigns(2)
    people = [f"{local}@good.com" for local in ("ann", "bob", "eve", "joe", "zoe")]
    leads = await joined(tenant, campaign, *people)
    await joined(tenant, other, "elsewhere@good.com")
    await check()
    await know(
        resources,
        tenant,
        bob=("invalid", "domain", 1),
        eve=("valid", "provider", 20),
        joe=("unverified", "domain", 40),
        zoe=("valid", "provider", 100),
    )
    for _ in range(2):
        assert await demanded(api, campaign, body) == {
            "waiting": len(meant),
            "fresh": fresh,
            "job_id": None,
        }
    known = {lead: email.partition("@")[0] for lead, email in zip(leads, people, strict=True)}
    assert {known[lead] for lead in await waiting(resources, tenant)} == meant
    await check()
    assert await waiting(resources, tenant) == {}


async def test_a_result_is_what_the_workspace_counts_it_as(
    api: httpx.AsyncClient, tenant: Tenant, check: Check
) -> None:
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@good.com")
    await check()
    assert (await demanded(api, campaign, {"results": ["unverified"]}))["waiting"] == 0
    await tenant.policy(valid_requires="mailbox")
    assert (await demanded(api, campaign, {"results": ["unverified"]}))["waiting"] == 1


async def test_what_is_found_out_now_holds(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "bob@gone.com")
    await check()
    assert await status_of(api, campaign, lead) == "INVALID"
    dns.add("gone.com. MX 10 mx.canary.com.")
    await later(resources, tenant, timedelta(days=1))
    assert (await demanded(api, campaign, {"results": ["invalid"]}))["waiting"] == 1
    shown = (await api.get(f"/leads/{lead}/validation")).json()
    assert (shown["state"], shown["validation"]["result"]) == ("pending", "invalid")
    await check()
    assert await found(resources, tenant) == {"bob@gone.com": ACCEPTS}
    assert await status_of(api, campaign, lead) == "NOT_CONTACTED"
    assert await offenders(resources, tenant.id) == []


async def test_a_large_campaign_is_gone_through_by_a_job(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, work: Work, check: Check
) -> None:
    campaign, many = await tenant.campaign(), 2 * CHUNK + 9
    await imported(tenant, campaign, "\n".join(["email", *(f"p{n}@good.com" for n in range(many))]))
    await work()
    await check()
    said = await demanded(api, campaign)
    assert said["waiting"] == CHUNK
    await work()
    job = (await api.get(f"/jobs/{said['job_id']}")).json()
    assert (job["state"], job["result"]) == ("completed", {"waiting": many, "fresh": 0})
    assert len(await waiting(resources, tenant)) == many
    await check()
    assert await waiting(resources, tenant) == {}


@pytest.mark.seed("LL-29")
async def test_an_import_verifies_existing_emails(
    tenant: Tenant, resources: Resources, work: Work, check: Check
) -> None:
    """Those of its rows, with its option; else what is known of them holds."""
    first, second, third = await tenant.campaigns(3)
    ann, bob, _ = await joined(tenant, first, "ann@good.com", "bob@good.com", "eve@good.com")
    await check()
    await know(resources, tenant, bob=("valid", "provider", 20))
    rows = "email\nann@good.com\nbob@good.com\nnew@good.com\n"
    scope = {"duplicate_scope": "campaign"}
    plain = await imported(tenant, second, rows, **scope)
    await work()
    assert "verify_email" not in plain["settings"]
    assert not {ann, bob} & (await waiting(resources, tenant)).keys()
    await check()
    verified = await imported(tenant, third, rows, verify_email=True, **scope)
    assert verified["settings"]["verify_email"] is True
    await work()
    # What is known of a mailbox is fresh, and the new one is not new any more.
    assert len(await waiting(resources, tenant)) == 2
    assert ann in await waiting(resources, tenant)
    await check()
    assert await waiting(resources, tenant) == {}
    await tenant.add(first, "ann@good.com", mode="create_and_update", verify_email=True)
    assert (await waiting(resources, tenant)).keys() == {ann}
    assert await offenders(resources, tenant.id) == []


async def test_whoever_watches_hears_of_a_batch_that_verifies(
    settings: Settings, tenant: Tenant, check: Check
) -> None:
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@good.com")
    await check()
    topic = topic_of(WorkspaceId(tenant.id))
    async with opened(settings.redis_url) as changes:
        with changes.listening(topic) as knocked:
            await hearing(changes)
            knocked.clear()
            await tenant.add(campaign, "ann@good.com", mode="create_and_update", verify_email=True)
            async with asyncio.timeout(SOON_S):
                await knocked.wait()


async def test_one_lead(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    dns.behaviours["slow.com"] = Behaviour(silent=True)
    good, slow = await joined(tenant, await tenant.campaign(), "ann@good.com", "joe@slow.com")
    await check()
    assert (await waiting(resources, tenant))[slow][0] == 1
    for _ in range(2):
        for lead in (good, slow):
            answer = await api.post(f"/leads/{lead}/validation")
            assert answer.status_code == 202
            assert answer.json() == (await api.get(f"/leads/{lead}/validation")).json()
            said = answer.json()
            assert (said["state"], said["tries"], said["next_try_at"]) == ("pending", 0, None)
    assert await check() == 1
    assert (await waiting(resources, tenant)).keys() == {slow}


async def test_dns_is_asked_for_one_lead_but_not_every_second(
    tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@good.com")
    await check()
    for seconds, asked, demand in (
        (50, 1, f"/leads/{lead}/validation"),
        (20, 1, f"/campaigns/{campaign}/validation"),
        (0, 2, f"/leads/{lead}/validation"),
        (0, 2, f"/leads/{lead}/validation"),
    ):
        await resources.database.fetch(
            "update mail_domains set facts = facts || jsonb_build_object("
            "'asked_at', (facts ->> 'asked_at')::timestamptz - make_interval(secs => $1))",
            seconds,
        )
        assert (await tenant.api.post(demand)).status_code == 202
        await check()
        assert dns.asked["MX good.com"] == asked


async def test_a_mailbox_is_looked_at_again(tenant: Tenant, resources: Resources, ask: Ask) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@good.com")
    async with ask(items(), items("invalid"), items("unverified", reason="catch_all")) as asking:
        await asking.check()
        await demanded(tenant.api, campaign)
        await asking.check()
        assert len(asking.provider.asked) == 1
        assert (await tenant.api.post(f"/leads/{lead}/validation")).status_code == 202
        await asking.check()
        assert await found(resources, tenant) == {"ann@good.com": ("invalid", "provider_confirmed")}
        await demanded(tenant.api, campaign, {"force": True})
        # What is known holds until there is an answer.
        assert await status_of(tenant.api, campaign, lead) == "INVALID"
        await asking.check()
    assert await found(resources, tenant) == {"ann@good.com": ("unverified", "catch_all")}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"results": []}, "/results"),
        ({"results": ["good"]}, "/results/0"),
        ({"results": ["valid"] * 4}, "/results"),
        ({"older_than_days": 0}, "/older_than_days"),
        ({"older_than_days": 10**6}, "/older_than_days"),
        ({"older_than_days": "7"}, "/older_than_days"),
        ({"force": "yes"}, "/force"),
        ({"what": 1}, "/what"),
        ([], "/"),
    ],
)
async def test_what_cannot_be_read(
    api: httpx.AsyncClient, tenant: Tenant, body: Any, place: str
) -> None:
    answer = await api.post(f"/campaigns/{await tenant.campaign()}/validation", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == place


async def test_nobodys(api: httpx.AsyncClient, other: Tenant, resources: Resources) -> None:
    theirs = await other.campaign()
    [lead] = await joined(other, theirs, "ann@good.com")
    await resources.database.fetch("delete from unvalidated where workspace_id = $1", other.id)
    for path, code in (
        (f"/campaigns/{theirs}/validation", "campaign_not_found"),
        (f"/leads/{lead}/validation", "lead_not_found"),
        (f"/leads/{2**40}/validation", "lead_not_found"),
    ):
        answer = await api.post(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert await waiting(resources, other) == {}


async def test_old_results_are_asked_for_again(
    tenant: Tenant, other: Tenant, resources: Resources, work: Work, check: Check, dns: DnsServer
) -> None:
    for workspace in (tenant, other):
        await joined(workspace, await workspace.campaign(), "ann@good.com", "zoe@better.com")
    await check()
    await tenant.policy(validation_max_age_days=30)
    await later(resources, tenant, timedelta(days=29))
    await queue_revalidations(resources)
    await work()
    assert await waiting(resources, tenant) == {}
    await know(resources, tenant, ann=("valid", "domain", 31))
    await know(resources, other, ann=("valid", "domain", 31))
    for _ in range(2):
        await queue_revalidations(resources)
        await work()
        assert len(await waiting(resources, tenant)) == 1
        assert await waiting(resources, other) == {}
    asked = dns.asked["MX good.com"]
    await check()
    assert dns.asked["MX good.com"] == asked + 1
    assert await waiting(resources, tenant) == {}
    await queue_revalidations(resources)
    await work()
    assert await waiting(resources, tenant) == {}


@pytest.mark.parametrize(
    ("of_ann", "is_asked"),
    [
        (("valid", "domain", 6), False),
        (("valid", "domain", 8), True),
        (("valid", "provider", 40), False),
        (("valid", "provider", 91), True),
    ],
)
async def test_what_cannot_be_younger_is_left_alone(
    tenant: Tenant,
    resources: Resources,
    work: Work,
    check: Check,
    of_ann: tuple[str, str, int],
    is_asked: bool,
) -> None:
    """DNS's word holds for a week, and without a provider that of another tool for 90 days."""
    await joined(tenant, await tenant.campaign(), "ann@good.com")
    await check()
    await tenant.policy(validation_max_age_days=1)
    await know(resources, tenant, ann=of_ann)
    await queue_revalidations(resources)
    await work()
    assert bool(await waiting(resources, tenant)) is is_asked


async def test_with_a_provider_old_mailboxes_are_looked_at_again(
    tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    await joined(tenant, await tenant.campaign(), "ann@good.com")
    async with ask(items(), items("invalid")) as asking:
        await asking.check()
        await tenant.policy(validation_max_age_days=30)
        await know(resources, tenant, ann=("valid", "provider", 31))
        await queue_revalidations(asking.resources)
        await run_due(asking.resources, [RevalidateOld.kind])
        await asking.check()
    assert await found(resources, tenant) == {"ann@good.com": ("invalid", "provider_confirmed")}


async def test_old_ones_have_their_turn_wherever_they_are(
    tenant: Tenant, resources: Resources, work: Work, check: Check
) -> None:
    """Where there are always more than are asked for."""
    lines = ["email", *(f"p{n}@good.com" for n in range(2 * OLD_AT_ONCE))]
    await imported(tenant, await tenant.campaign(), "\n".join(lines))
    await work()
    await check()
    await tenant.policy(validation_max_age_days=1)
    await resources.database.fetch(
        "update validations set checked_at = now() - interval '8 days' where workspace_id = $1",
        tenant.id,
    )
    put_back: set[int] = set()
    for _ in range(3):
        await queue_revalidations(resources)
        await work()
        now = await waiting(resources, tenant)
        assert len(now) == OLD_AT_ONCE
        put_back |= now.keys()
        await resources.database.fetch("delete from unvalidated where workspace_id = $1", tenant.id)
    assert len(put_back) > OLD_AT_ONCE


async def test_old_ones_are_put_back_a_few_at_a_time(
    tenant: Tenant, resources: Resources, work: Work, check: Check
) -> None:
    many = 2 * OLD_AT_ONCE + 9
    lines = ["email", *(f"p{n}@good.com" for n in range(many))]
    await imported(tenant, await tenant.campaign(), "\n".join(lines))
    await work()
    await check()
    await tenant.policy(validation_max_age_days=1)
    await resources.database.fetch(
        "update validations set checked_at = now() - interval '8 days' where workspace_id = $1",
        tenant.id,
    )
    for left in (OLD_AT_ONCE, OLD_AT_ONCE, 9, 0):
        await resources.database.fetch("update mail_domains set fresh_until = 'epoch'")
        await queue_revalidations(resources)
        await work()
        assert len(await waiting(resources, tenant)) == left
        await check()
