"""Behind the domain a provider is asked for the mailbox; what goes wrong there is no verdict."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from app.kit.resources import Resources
from app.leads.jobs import ValidateLeads
from app.leads.operations.validating import queue_validations
from app.settings import VerifierKind
from tests.client import Tenant
from tests.consistency import offenders
from tests.dns import Behaviour, DnsServer
from tests.jobs import run_due
from tests.leads.asking import Ask
from tests.leads.conftest import Check
from tests.leads.people import events, joined, listed, put, status_of
from tests.leads.validated import check_again, found, later, told, waiting
from tests.providers import Answer, Asked, Script, items
from tests.validation.overrides import test_overrides as overrides

ACCEPTS = ("valid", "domain_accepts_mail")
CONFIRMED = ("valid", "provider_confirmed")
DAY = timedelta(days=1)


async def test_of_those_whose_domains_take_mail(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    campaign = await tenant.campaign()
    people = ("ann@good.com", "bob@silent.com", "eve@gone.com", "info@better.com")
    leads = await joined(tenant, campaign, *people)

    def answer(asked: Asked) -> Answer:
        told = {
            "ann@good.com": {"status": "valid", "flags": {"catch_all": False}},
            "info@better.com": {
                "status": "invalid",
                "reason": "mailbox_not_found",
                "raw": {"smtp": "550 5.1.1 nobody\x00"},
            },
        }
        items = [{"id": one["id"], **told[one["address"]]} for one in asked.body["items"]]
        return Answer({"items": items})

    async with ask(answer) as asking:
        assert await asking.check() == 2
        assert sorted(asking.provider.addresses) == ["ann@good.com", "info@better.com"]
        assert await found(resources, tenant) == {
            "ann@good.com": CONFIRMED,
            "bob@silent.com": ("invalid", "null_mx"),
            "eve@gone.com": ("invalid", "domain_not_found"),
            "info@better.com": ("invalid", "mailbox_not_found"),
        }
        assert (await waiting(resources, tenant)).keys() == {leads[2]}  # to be gone twice
        assert await asking.jobs() == []
    ann = (await api.get(f"/leads/{leads[0]}/validation")).json()
    assert (ann["validation"]["level"], ann["validation"]["source"]) == ("provider", "contract")
    assert ann["validation"]["catch_all"] is False
    info = (await api.get(f"/leads/{leads[3]}/validation")).json()
    assert info["validation"]["role"] is True
    assert info["evidence"] == {"smtp": "550 5.1.1 nobody\ufffd"}
    assert await listed(api, campaign, status="INVALID") == [*people[1:]]
    assert (await events(api, campaign, leads[3]))[0] == told(
        "invalid", "mailbox_not_found", "NOT_CONTACTED", "INVALID"
    )
    assert await offenders(resources, tenant.id) == []


async def test_without_a_provider_nobody_waits_for_one(
    tenant: Tenant, resources: Resources, check: Check
) -> None:
    await joined(tenant, await tenant.campaign(), "ann@good.com")
    await check()
    assert await waiting(resources, tenant) == {}


async def test_the_domain_holds_until_the_provider_answers(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@good.com")
    async with ask(Answer(status=500), items("invalid")) as asking:
        await asking.check()
        assert await found(resources, tenant) == {"ann@good.com": ACCEPTS}
        shown = (await api.get(f"/leads/{lead}/validation")).json()
        assert (shown["state"], shown["tries"]) == ("pending", 1)
        assert (shown["waits_for"], shown["reason"]) == ("mailbox", "provider_error")
        assert shown["next_try_at"] > "2026"
        assert await asking.jobs() == [("queued", "The provider does not answer")]
        await asking.after(DAY)
    assert await found(resources, tenant) == {"ann@good.com": ("invalid", "provider_confirmed")}
    assert await status_of(api, campaign, lead) == "INVALID"


async def test_what_is_fresh_is_not_asked_for_again(
    tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    await joined(tenant, await tenant.campaign(), "ann@good.com")
    async with ask(items("unverified", reason="catch_all"), items()) as asking:
        await asking.check()
        for _ in range(2):
            await check_again(resources, tenant)
            await asking.check()
        assert await found(resources, tenant) == {"ann@good.com": ("unverified", "catch_all")}
        assert asking.provider.addresses == ["ann@good.com"]
        await resources.database.fetch(
            "update validations set checked_at = checked_at - interval '91 days'"
        )
        await check_again(resources, tenant)
        await asking.check()
    assert await found(resources, tenant) == {"ann@good.com": CONFIRMED}


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("valid", CONFIRMED),
        ("invalid", ("invalid", "provider_confirmed")),
        ("catch-all", ("unverified", "catch_all")),
    ],
)
async def test_what_others_were_paid_for_is_not_asked_for(
    tenant: Tenant, resources: Resources, ask: Ask, word: str, result: tuple[str, str]
) -> None:
    given = {"vendor": "zerobounce", "word": word}
    await joined(tenant, await tenant.campaign(), {"email": "ann@good.com", "validation": given})
    async with ask(items()) as asking:
        await asking.check()
        assert asking.provider.asked == []
    assert await found(resources, tenant) == {"ann@good.com": result}


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("unknown", "provider_opaque"),
        ("greylisted", "greylisted"),
        ("mailbox full", "mailbox_full"),
        ("role", "not_probed"),
    ],
)
async def test_what_others_could_not_tell_is_asked_for(
    tenant: Tenant, resources: Resources, ask: Ask, word: str, reason: str
) -> None:
    """Until there is an answer that is what is known, however often it comes; then it adds nothing,
    and of the mailbox at a domain that is gone nobody is asked."""
    campaign = await tenant.campaign()
    given = {"validation": {"vendor": "zerobounce", "word": word}}
    people = [{"email": email, **given} for email in ("ann@good.com", "bob@silent.com")]
    null_mx = {"bob@silent.com": ("invalid", "null_mx")}
    async with ask(Answer(status=429), items("unverified", reason="policy"), items()) as asking:
        for _ in range(2):
            await tenant.add(campaign, *people, mode="create_and_update")
            await asking.check()
            unknown = {"ann@good.com": ("unverified", reason)}
            assert await found(resources, tenant) == unknown | null_mx
            assert len(await waiting(resources, tenant)) == 1
        await asking.after(DAY)
        policy = {"ann@good.com": ("unverified", "policy")}
        assert await found(resources, tenant) == policy | null_mx
        await tenant.add(campaign, *people, mode="create_and_update")
        await asking.check()
        assert set(asking.provider.addresses) == {"ann@good.com"}
        assert len(asking.provider.addresses) == 2
    assert await found(resources, tenant) == policy | null_mx
    assert await waiting(resources, tenant) == {}


async def test_what_others_could_not_tell_holds_where_there_is_no_answer(
    tenant: Tenant, resources: Resources, check: Check, ask: Ask
) -> None:
    """Nor a service; that is asked once there is one."""
    unknown = {"ann@good.com": ("unverified", "provider_opaque")}
    given = {"vendor": "zerobounce", "word": "unknown"}
    await joined(tenant, await tenant.campaign(), {"email": "ann@good.com", "validation": given})
    await check()
    assert await found(resources, tenant) == unknown
    assert await waiting(resources, tenant) == {}
    await check_again(resources, tenant)
    async with ask(*[Answer(status=500)] * 5, items()) as asking:
        await asking.check()
        for _ in range(4):
            assert len(await waiting(resources, tenant)) == 1
            await asking.after(2 * DAY)
        assert await found(resources, tenant) == unknown
        assert await waiting(resources, tenant) == {}
        await check_again(resources, tenant)
        await asking.check()
        await asking.after(DAY)
    assert await found(resources, tenant) == {"ann@good.com": CONFIRMED}


@pytest.mark.parametrize(
    ("answer", "at_last"),
    [
        (Answer(status=429), ACCEPTS),
        (Answer(status=429, headers={"Retry-After": "5"}), ACCEPTS),
        (Answer(status=401), ACCEPTS),
        (Answer(status=500), ACCEPTS),
        (Answer(cut=True), ACCEPTS),
        (Answer(b"no json"), ACCEPTS),
        (Answer({"items": []}), ACCEPTS),
        (items("valid", reason="nonsense"), ACCEPTS),
        (items("unverified", reason="not_probed"), ACCEPTS),
        (items("unverified", reason="greylisted"), ("unverified", "greylisted")),
        (items("unverified", reason="policy", retry_after_s=60), ("unverified", "policy")),
    ],
)
async def test_no_answer_is_no_verdict_and_has_an_end(
    tenant: Tenant,
    resources: Resources,
    ask: Ask,
    answer: Answer | Script,
    at_last: tuple[str, str],
) -> None:
    """What the domain said holds where nobody looked at the mailbox."""
    [lead] = await joined(tenant, await tenant.campaign(), "ann@good.com")
    async with ask(answer) as asking:
        await asking.check()
        for tries, minutes in enumerate((15, 60, 240, 1440), 1):
            assert await found(resources, tenant) == {"ann@good.com": ACCEPTS}
            known = await waiting(resources, tenant)
            assert known[lead][0] == tries
            assert known[lead][1] > timedelta(minutes=minutes - 1)
            assert await asking.check() == 0
            await asking.after(2 * DAY)
        assert len(asking.provider.addresses) == 5
    assert await found(resources, tenant) == {"ann@good.com": at_last}
    assert await waiting(resources, tenant) == {}


async def test_a_mailbox_that_stays_full(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@good.com")
    async with ask(items("unverified", reason="mailbox_full")) as asking:
        await asking.check()
        for _ in range(4):
            assert await found(resources, tenant) == {"ann@good.com": ACCEPTS}
            await asking.after(2 * DAY)
    assert await found(resources, tenant) == {"ann@good.com": ("invalid", "mailbox_full")}
    assert await status_of(api, campaign, lead) == "INVALID"


async def test_a_spent_budget_is_no_try(tenant: Tenant, resources: Resources, ask: Ask) -> None:
    """Each day some are asked for, until all were."""
    await joined(tenant, await tenant.campaign(), *(f"p{n}@good.com" for n in range(9)))
    async with ask(items(), verifier_daily_budget=1) as asking:
        await asking.check()
        for day in range(1, 9):
            assert len(asking.provider.addresses) == day
            left = await waiting(resources, tenant)
            assert [tries for tries, _ in left.values()] == [0] * (9 - day)
            assert all(timedelta() < until <= DAY for _, until in left.values())
            results = list((await found(resources, tenant)).values())
            assert (results.count(CONFIRMED), results.count(ACCEPTS)) == (day, 9 - day)
            await asking.after(2 * DAY)
        assert await asking.jobs() == []
    assert set((await found(resources, tenant)).values()) == {CONFIRMED}
    assert await waiting(resources, tenant) == {}


async def test_a_small_budget_is_of_those_who_have_waited_longest(
    tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    """More come each day than are asked for, and their domains are through before it is asked."""
    campaign, days = await tenant.campaign(), ("good", "implicit", "better", "good", "better")
    async with ask(items(), verifier_daily_budget=2) as asking:
        for day, domain in enumerate(days):
            await later(resources, tenant, DAY)
            await joined(tenant, campaign, *(f"{day}{n}@{domain}.com" for n in range(3)))
            await run_due(asking.resources, [ValidateLeads.kind])
            await asking.after(timedelta())
            assert len(asking.provider.addresses) == 2 * (day + 1)
            await resources.database.fetch("update jobs set run_at = now()")
    assert [one[0] for one in asking.provider.addresses] == [*"0001112223"]


async def test_without_a_budget_nobody_waits(
    tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    await joined(tenant, await tenant.campaign(), "ann@good.com")
    async with ask(items(), verifier_daily_budget=0) as asking:
        await asking.check()
        assert asking.provider.asked == []
    assert await waiting(resources, tenant) == {}
    assert await found(resources, tenant) == {"ann@good.com": ACCEPTS}


async def test_one_that_says_nothing_is_not_asked_for_each(
    tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    people = [f"p{n}@good.com" for n in range(390)]
    await joined(tenant, await tenant.campaign(), *people)
    async with ask(Answer(status=503), verifier_in_flight=1) as asking:
        await asking.check()
        tries = [tries for tries, _ in (await waiting(resources, tenant)).values()]
        assert (tries.count(0), tries.count(1)) == (290, 100)
        for _ in range(2):
            await resources.database.fetch("update jobs set run_at = now()")
            await asking.check()
        assert len(asking.provider.asked) == 3
        tries = [tries for tries, _ in (await waiting(resources, tenant)).values()]
        assert tries == [1] * 390
        assert await asking.jobs() == []


async def test_what_came_before_it_failed_counts(
    tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    people = [f"p{n}@good.com" for n in range(150)]
    await joined(tenant, await tenant.campaign(), *people)
    async with ask(items(), Answer(status=429), items(), verifier_in_flight=2) as asking:
        await asking.check()
        results = list((await found(resources, tenant)).values())
        left = len(await waiting(resources, tenant))
        assert results.count(CONFIRMED) == 150 - left
        assert left in (50, 100)
        await asking.after(DAY)
    assert set((await found(resources, tenant)).values()) == {CONFIRMED}
    assert await waiting(resources, tenant) == {}


async def test_a_batch_that_failed_costs_the_others_no_try(
    tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    people = [f"p{n}@good.com" for n in range(390)]
    await joined(tenant, await tenant.campaign(), *people)
    async with ask(items(), Answer(status=401), items(), verifier_in_flight=2) as asking:
        await asking.check()
        left = [tries for tries, _ in (await waiting(resources, tenant)).values()]
        results = list((await found(resources, tenant)).values())
        assert left == [1] * 100
        assert results.count(CONFIRMED) == 290
        assert await asking.jobs() == []


async def test_nobody_is_asked_any_more(tenant: Tenant, resources: Resources, ask: Ask) -> None:
    """The operator took the provider away: what the domain said holds."""
    await joined(tenant, await tenant.campaign(), "ann@good.com")
    async with ask(Answer(status=500)) as asking:
        await asking.check()
    assert len(await waiting(resources, tenant)) == 1
    async with ask(items(), verifier_url=None) as asking:
        await asking.after(DAY)
        assert asking.provider.asked == []
    assert await waiting(resources, tenant) == {}
    assert await found(resources, tenant) == {"ann@good.com": ACCEPTS}


async def test_a_failure_does_not_erase_what_was_known(
    tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    [lead] = await joined(tenant, await tenant.campaign(), "ann@good.com")
    async with ask(items("invalid"), Answer(status=500)) as asking:
        await asking.check()
        await check_again(resources, tenant)
        await resources.database.fetch(
            "update unvalidated set anew = true where lead_id = $1", lead
        )
        await queue_validations(resources)
        await asking.check()
        for _ in range(4):
            assert (await waiting(resources, tenant)).keys() == {lead}
            await asking.after(2 * DAY)
        assert len(asking.provider.addresses) == 6
    assert await waiting(resources, tenant) == {}
    assert await found(resources, tenant) == {"ann@good.com": ("invalid", "provider_confirmed")}


async def test_an_address_that_was_changed_meanwhile(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    """At the same domain, whose facts say nothing of it."""
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@good.com")
    was_asked = asyncio.Event()

    def slow(_: Asked) -> Answer:
        was_asked.set()
        return Answer({"items": [{"id": "0", "status": "invalid"}]}, delay_s=0.5)

    async with ask(slow, items()) as asking:
        checked = asyncio.create_task(asking.check())
        await was_asked.wait()
        await api.post(f"/campaigns/{campaign}/leads/{lead}", json={"email": "bob@good.com"})
        await checked
        await asking.check()
        assert asking.provider.addresses == ["ann@good.com", "bob@good.com"]
    assert await found(resources, tenant) == {"bob@good.com": CONFIRMED}
    assert await status_of(api, campaign, lead) == "NOT_CONTACTED"
    assert await waiting(resources, tenant) == {}
    assert await offenders(resources, tenant.id) == []


@pytest.mark.parametrize("told_role", [True, False])
async def test_a_role_that_the_provider_tells(
    api: httpx.AsyncClient, tenant: Tenant, ask: Ask, told_role: bool
) -> None:
    """It says more than the list, and the workspace more than both."""
    await overrides.put(api, overrides.override("role", "desk", listed=not told_role))
    meant = {"ann+1": told_role, "office": told_role, "desk": not told_role}
    leads = await joined(tenant, await tenant.campaign(), *(f"{local}@good.com" for local in meant))
    async with ask(items(flags={"role": told_role})) as asking:
        await asking.check()
    for lead, role in zip(leads, meant.values(), strict=True):
        shown = (await api.get(f"/leads/{lead}/validation")).json()
        assert shown["validation"]["role"] is role


async def test_found_valid_later(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "ann@good.com")
    await put(api, campaign, lead, "IN_PROGRESS")
    async with ask(items("invalid"), items()) as asking:
        await asking.check()
        assert await status_of(api, campaign, lead) == "INVALID"
        await check_again(resources, tenant)
        await resources.database.fetch(
            "update unvalidated set anew = true where lead_id = $1", lead
        )
        await queue_validations(resources)
        await asking.check()
    assert await found(resources, tenant) == {"ann@good.com": CONFIRMED}
    assert await status_of(api, campaign, lead) == "IN_PROGRESS"


async def test_a_domain_that_is_gone_is_not_asked_for(
    tenant: Tenant, resources: Resources, ask: Ask, dns: DnsServer
) -> None:
    dns.behaviours["slow.com"] = Behaviour(silent=True)
    await joined(tenant, await tenant.campaign(), "ann@slow.com", "bob@gone.com")
    async with ask(items()) as asking:
        await asking.check()
        for _ in range(4):
            await asking.after(2 * DAY)
        assert asking.provider.asked == []
    assert await found(resources, tenant) == {
        "ann@slow.com": ("unverified", "dns_timeout"),
        "bob@gone.com": ("invalid", "domain_not_found"),
    }


async def test_who_was_asked_for_often_enough_is_not_asked_for_once_more(
    tenant: Tenant, resources: Resources, ask: Ask
) -> None:
    """The last time by a process that was killed."""
    lost, left = await joined(tenant, await tenant.campaign(), "ann@good.com", "bob@good.com")
    async with ask(Answer(status=500), items()) as asking:
        await asking.check()
        await resources.database.fetch(
            "update unvalidated set tries = case lead_id when $1 then 5 else 4 end", lost
        )
        await asking.after(DAY)
        assert sorted(asking.provider.addresses) == ["ann@good.com", *2 * ["bob@good.com"]]
    assert await found(resources, tenant) == {
        "ann@good.com": ACCEPTS,
        "bob@good.com": CONFIRMED,
    }
    for lead in (lost, left):
        assert (await tenant.api.get(f"/leads/{lead}/validation")).json()["state"] == "checked"


async def test_in_the_words_of_reacher(tenant: Tenant, resources: Resources, ask: Ask) -> None:
    await joined(tenant, await tenant.campaign(), "ann@good.com", "bob@good.com")

    def answer(asked: Asked) -> Answer:
        there = asked.body["to_email"].startswith("ann")
        smtp = {"can_connect_smtp": True, "is_deliverable": there}
        return Answer({"is_reachable": "safe" if there else "invalid", "smtp": smtp})

    async with ask(answer, verifier_kind=VerifierKind.REACHER) as asking:
        await asking.check()
    assert await found(resources, tenant) == {
        "ann@good.com": ("valid", "accepted"),
        "bob@good.com": ("invalid", "mailbox_not_found"),
    }
    rows = await resources.database.fetch(
        "select distinct level, source from validations where workspace_id = $1", tenant.id
    )
    assert [tuple(row) for row in rows] == [("provider", "reacher")]
