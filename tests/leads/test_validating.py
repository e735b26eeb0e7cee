"""Addresses are checked by themselves, and what is found out moves who is written to."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from dns.rcode import NXDOMAIN, SERVFAIL

from app.kit.resources import Resources
from app.leads.operations.validating import queue_validations
from app.leads.rules.categories import OUT_OF_OFFICE
from tests.client import Tenant
from tests.consistency import offenders
from tests.dns import Behaviour, DnsServer
from tests.imports.test_files import imported
from tests.leads.conftest import Check
from tests.leads.people import events, joined, listed, member, moved, put, status_of
from tests.leads.validated import FLAGS, check_again, found, give_up, later, told, waiting

Work = Callable[[], Awaitable[int]]
MINUTE = timedelta(minutes=1)
BROKEN = Behaviour(rcode=SERVFAIL)
ACCEPTS = ("valid", "domain_accepts_mail")


async def jobs(resources: Resources, tenant: Tenant) -> list[tuple[str, int, str | None]]:
    rows = await resources.database.fetch(
        "select state, failures, error from jobs where workspace_id = $1 order by id", tenant.id
    )
    return [(row["state"], row["failures"], row["error"]) for row in rows]


@pytest.mark.seed("DS-26", "DS-27", "DS-30", "DS-31", "DS-33")
async def test_everybody_is_checked_without_being_asked_to(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    campaign = await tenant.campaign()
    dns.behaviours["slow.com"] = BROKEN
    good, silent, gone, slow = await joined(
        tenant, campaign, "ann@good.com", "bob@silent.com", "eve@gone.com", "joe@slow.com"
    )
    assert await jobs(resources, tenant) == [("queued", 0, None)]
    assert len(await waiting(resources, tenant)) == 4
    assert await check() == 1
    assert await found(resources, tenant) == {
        "ann@good.com": ACCEPTS,
        "bob@silent.com": ("invalid", "null_mx"),
        "eve@gone.com": ("invalid", "domain_not_found"),
    }
    assert (await waiting(resources, tenant)).keys() == {gone, slow}
    statuses = [await status_of(api, campaign, lead) for lead in (good, silent, gone, slow)]
    assert statuses == ["NOT_CONTACTED", "INVALID", "INVALID", "NOT_CONTACTED"]
    assert await listed(api, campaign, status="INVALID") == ["bob@silent.com", "eve@gone.com"]
    assert (await events(api, campaign, silent))[0] == told(
        "invalid", "null_mx", "NOT_CONTACTED", "INVALID"
    )
    assert [event["type"] for event in await events(api, campaign, good)] == ["imported"]
    assert await jobs(resources, tenant) == []
    await give_up(resources, tenant, check)
    assert (await found(resources, tenant))["joe@slow.com"] == ("unverified", "dns_servfail")
    assert await status_of(api, campaign, slow) == "NOT_CONTACTED"
    assert await offenders(resources, tenant.id) == []


@pytest.mark.seed("DS-29")
async def test_however_they_came(
    tenant: Tenant, resources: Resources, work: Work, check: Check
) -> None:
    await imported(tenant, await tenant.campaign(), "email\nann@good.com\nbob@silent.com\n")
    await work()
    await check()
    known = await found(resources, tenant)
    assert known == {"ann@good.com": ACCEPTS, "bob@silent.com": ("invalid", "null_mx")}
    assert await offenders(resources, tenant.id) == []


async def test_what_an_address_tells_by_itself(
    tenant: Tenant, resources: Resources, check: Check
) -> None:
    addresses = ("ann@good.com", "info+x@good.com", "ann@x.mailinator.com", "ann@gmaill.com")
    await joined(tenant, await tenant.campaign(), *addresses)
    await check()
    rows = await resources.database.fetch(
        "select * from validations where workspace_id = $1 order by lead_id", tenant.id
    )
    known = {row["email"]: row for row in rows}
    flags = {email: {flag for flag in FLAGS if row[flag]} for email, row in known.items()}
    assert flags == {
        "ann@good.com": set(),
        "info+x@good.com": {"role"},
        "ann@x.mailinator.com": {"disposable"},
        "ann@gmaill.com": set(),
    }
    suggestions = {email: row["suggestion"] for email, row in known.items() if row["suggestion"]}
    assert suggestions == {"ann@gmaill.com": "ann@gmail.com"}
    for row in known.values():
        assert (row["level"], row["source"]) == ("domain", "dns")
        assert (row["catch_all"], row["evidence"], row["rules_version"]) == (None, None, 1)


async def test_many_are_gone_only_when_it_was_said_twice(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check
) -> None:
    campaign = await tenant.campaign()
    leads = await joined(tenant, campaign, *(f"p{n}@gone.com" for n in range(6)))
    await check()
    assert await found(resources, tenant) == {}
    assert {tries for tries, _ in (await waiting(resources, tenant)).values()} == {1}
    assert await listed(api, campaign, status="INVALID") == []
    await later(resources, tenant, 11 * MINUTE)
    await check()
    gone = {f"p{n}@gone.com": ("invalid", "domain_not_found") for n in range(6)}
    assert await found(resources, tenant) == gone
    assert [await status_of(api, campaign, lead) for lead in leads] == ["INVALID"] * 6
    assert await offenders(resources, tenant.id) == []


async def test_no_more_than_five_are_gone_by_one_answer(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    """However they come: those who are one too many wait for the second."""
    first, second = await tenant.campaigns(2)
    for campaign, numbers in ((first, range(3)), (second, range(3, 5)), (first, range(5, 9))):
        await joined(tenant, campaign, *(f"p{n}@gone.com" for n in numbers))
        await check()
    assert dns.asked["MX gone.com"] == 1
    gone = [f"p{n}@gone.com" for n in range(5)]
    assert await found(resources, tenant) == dict.fromkeys(gone, ("invalid", "domain_not_found"))
    assert (
        sorted(
            [
                *await listed(api, first, status="INVALID"),
                *await listed(api, second, status="INVALID"),
            ]
        )
        == gone
    )
    assert len(await waiting(resources, tenant)) == 9
    await later(resources, tenant, 11 * MINUTE)
    await check()
    assert dns.asked["MX gone.com"] == 2
    assert len(await found(resources, tenant)) == 9
    assert await waiting(resources, tenant) == {}


async def test_a_domain_that_comes_back_brings_its_people_back(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    """All of them, also those who were invalid by the first answer; nobody waits for the second."""
    campaign, people = await tenant.campaign(), [f"p{n}@gone.com" for n in range(8)]
    few = await joined(tenant, campaign, *people[:5])
    await check()
    assert [await status_of(api, campaign, lead) for lead in few] == ["INVALID"] * 5
    assert await listed(api, campaign, validation="pending") == []
    assert (await api.get(f"/campaigns/{campaign}/validation")).json()["state"] == "completed"
    shown = (await api.get(f"/leads/{few[0]}/validation")).json()
    assert (shown["state"], shown["reason"]) == ("checked", "domain_not_found")
    assert datetime.fromisoformat(shown["next_try_at"]) - datetime.now(UTC) < 10 * MINUTE
    many = await joined(tenant, campaign, *people[5:])
    await check()
    assert await listed(api, campaign, validation="pending") == people[5:]
    dns.add("gone.com. MX 10 mx.canary.com.")
    await later(resources, tenant, 11 * MINUTE)
    await check()
    assert await found(resources, tenant) == dict.fromkeys(people, ACCEPTS)
    statuses = [await status_of(api, campaign, lead) for lead in (*few, *many)]
    assert statuses == ["NOT_CONTACTED"] * 8
    assert (await events(api, campaign, few[0]))[0] == told(*ACCEPTS, "INVALID", "NOT_CONTACTED")
    assert await waiting(resources, tenant) == {}
    assert await offenders(resources, tenant.id) == []


async def test_tries_have_growing_delays(
    tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    dns.behaviours["slow.com"] = BROKEN
    [lead] = await joined(tenant, await tenant.campaign(), "joe@slow.com")
    await check()
    for tries, minutes in enumerate((15, 60, 240, 1440), 1):
        known = await waiting(resources, tenant)
        assert known[lead][0] == tries
        assert minutes - 1 < known[lead][1] / MINUTE <= minutes
        await queue_validations(resources)
        assert await check() == 0
        await later(resources, tenant, minutes * MINUTE)
        assert await check() == 1
    assert await found(resources, tenant) == {"joe@slow.com": ("unverified", "dns_servfail")}
    assert await waiting(resources, tenant) == {}


@pytest.mark.parametrize("lie", [BROKEN, Behaviour(rcode=NXDOMAIN), Behaviour(silent=True)])
async def test_a_broken_resolver_tells_nothing(
    tenant: Tenant, resources: Resources, check: Check, dns: DnsServer, lie: Behaviour
) -> None:
    await joined(tenant, await tenant.campaign(), "ann@good.com", "bob@silent.com")
    dns.everywhere = lie
    await check()
    assert await found(resources, tenant) == {}
    assert {tries for tries, _ in (await waiting(resources, tenant)).values()} == {0}
    [(state, failures, error)] = await jobs(resources, tenant)
    assert (state, failures, error) == ("queued", 0, "The DNS resolver cannot be believed")
    dns.everywhere = Behaviour()
    while await waiting(resources, tenant):
        await check()
    known = await found(resources, tenant)
    assert known == {"ann@good.com": ACCEPTS, "bob@silent.com": ("invalid", "null_mx")}
    assert await jobs(resources, tenant) == []


async def test_a_domain_is_asked_once(
    tenant: Tenant, other: Tenant, check: Check, dns: DnsServer
) -> None:
    for workspace in (tenant, other):
        for campaign in await workspace.campaigns(2):
            await joined(workspace, campaign, *(f"p{n}-{campaign}@good.com" for n in range(9)))
            await check()
    assert dns.asked["MX good.com"] == 1


async def test_one_job_is_at_it(
    tenant: Tenant, resources: Resources, check: Check, checking: Resources
) -> None:
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@good.com")
    running = await checking.jobs.claim_next(["validate_leads"])
    assert running
    await joined(tenant, campaign, "bob@good.com")
    assert await check() == 1
    assert await jobs(resources, tenant) == [
        ("running", 0, None),
        ("queued", 0, "Another one runs"),
    ]
    await joined(tenant, campaign, "eve@good.com")
    assert len(await jobs(resources, tenant)) == 2
    assert await found(resources, tenant) == {}


async def test_who_is_written_to_is_stopped_and_an_end_stays(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check
) -> None:
    campaigns = await tenant.campaigns(4)
    statuses = ("IN_PROGRESS", "PAUSED", "REPLIED", "NOT_CONTACTED")
    for campaign, status in zip(campaigns, statuses, strict=True):
        [lead] = await joined(tenant, campaign, "bob@silent.com")
        await put(api, campaign, lead, status)
    await check()
    assert [await status_of(api, campaign, lead) for campaign in campaigns] == [
        *("INVALID", "INVALID", "REPLIED", "INVALID")
    ]
    assert (await events(api, campaigns[1], lead))[0] == told(
        "invalid", "null_mx", "PAUSED", "INVALID"
    )
    assert await offenders(resources, tenant.id) == []


async def test_found_valid_later_they_are_what_they_were(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    """A pause with its end as well, and who entered since. What an operator said counts."""
    paused, contacted, scheduled, ended, replied, _ = campaigns = await tenant.campaigns(6)
    dns.behaviours["good.com"] = Behaviour(rcode=NXDOMAIN)
    for campaign in campaigns:
        [lead] = await joined(tenant, campaign, "ann@good.com")
    await put(api, contacted, lead, "IN_PROGRESS")
    await put(api, scheduled, lead, "SCHEDULED")
    await put(api, replied, lead, "REPLIED")
    await put(api, replied, lead, "INVALID")
    for campaign in (paused, ended):
        await put(api, campaign, lead, "SCHEDULED")
        away = await api.post(
            f"/campaigns/{campaign}/leads/{lead}/category", json={"category_id": OUT_OF_OFFICE}
        )
        assert away.is_success, away.text
    until = (await member(api, paused, lead))["resume_at"]
    assert until
    await check()
    campaigns.append(await tenant.campaign())
    await joined(tenant, campaigns[-1], "ann@good.com")
    assert [await status_of(api, campaign, lead) for campaign in campaigns] == ["INVALID"] * 7
    await put(api, ended, lead, "COMPLETED")
    await put(api, ended, lead, "INVALID")
    dns.behaviours.clear()
    await check_again(resources, tenant)
    await check()
    after = [await member(api, campaign, lead) for campaign in campaigns]
    assert [(one["status"], one["resume_at"]) for one in after] == [
        ("PAUSED", until),
        ("IN_PROGRESS", None),
        ("SCHEDULED", None),
        ("INVALID", None),
        ("INVALID", None),
        ("NOT_CONTACTED", None),
        ("NOT_CONTACTED", None),
    ]
    assert (await events(api, replied, lead))[0] == moved("REPLIED", "INVALID")
    assert (await events(api, paused, lead))[0] == told(*ACCEPTS, "INVALID", "PAUSED")
    assert (await api.post(f"/campaigns/{paused}/leads/{lead}/resume")).is_success
    assert await status_of(api, paused, lead) == "SCHEDULED"
    assert await offenders(resources, tenant.id) == []


async def test_found_valid_after_nothing_was_found_out(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    """Who is unverified is written to, whatever was known of them before."""
    campaign = await tenant.campaign()
    dns.behaviours["good.com"] = Behaviour(rcode=NXDOMAIN)
    [lead] = await joined(tenant, campaign, "ann@good.com")
    await check()
    assert await status_of(api, campaign, lead) == "INVALID"
    for answer, result in (
        (BROKEN, ("unverified", "dns_servfail")),
        (Behaviour(), ACCEPTS),
    ):
        dns.behaviours["good.com"] = answer
        await check_again(resources, tenant)
        await check()
        await give_up(resources, tenant, check)
        assert await found(resources, tenant) == {"ann@good.com": result}
        assert await status_of(api, campaign, lead) == "NOT_CONTACTED"
        assert await offenders(resources, tenant.id) == []


async def test_found_valid_later_but_active_elsewhere(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    """Of two campaigns that are sending one goes on: nobody is active twice."""
    dns.behaviours["good.com"] = Behaviour(rcode=NXDOMAIN)
    sequence = {"sequences": [{"seq_number": 1, "subject": "Hi", "email_body": "Hi"}]}
    campaigns = await tenant.campaigns(2)
    for campaign in campaigns:
        [lead] = await joined(tenant, campaign, "ann@good.com")
        assert (await api.post(f"/campaigns/{campaign}/sequences", json=sequence)).is_success
        started = await api.post(f"/campaigns/{campaign}/status", json={"status": "START"})
        assert started.is_success, started.text
    await check()
    assert [await status_of(api, c, lead) for c in campaigns] == ["INVALID"] * 2
    await tenant.policy(floor="active")
    dns.behaviours.clear()
    await check_again(resources, tenant)
    await check()
    statuses = [await status_of(api, campaign, lead) for campaign in campaigns]
    assert statuses == ["NOT_CONTACTED", "INVALID"]
    conflict = {
        "campaign_id": campaigns[0],
        "campaign_name": "Campaign 1",
        "status": "NOT_CONTACTED",
        "lead_id": lead,
        "tags": [],
        "others": 0,
    }
    kept = told(*ACCEPTS, status="INVALID", conflict=conflict)
    assert (await events(api, campaigns[1], lead))[0] == kept
    assert await offenders(resources, tenant.id) == []


@pytest.mark.parametrize(("days", "kept"), [(89, True), (91, False)])
async def test_what_is_known_of_the_mailbox_says_more(
    api: httpx.AsyncClient,
    tenant: Tenant,
    resources: Resources,
    check: Check,
    days: int,
    kept: bool,
) -> None:
    """Than that its domain takes mail; but no mailbox is where there is no domain."""
    campaign = await tenant.campaign()
    await joined(tenant, campaign, "ann@good.com", "bob@silent.com")
    await resources.database.fetch(
        "insert into validations (workspace_id, lead_id, email, result, reason, level, source,"
        " rules_version, checked_at)"
        " select workspace_id, id, email, 'invalid', 'mailbox_not_found', 'provider', 'reacher', 1,"
        " now() - $2 * interval '1 day' from leads where workspace_id = $1",
        *(tenant.id, days),
    )
    await check()
    assert await found(resources, tenant) == {
        "ann@good.com": ("invalid", "mailbox_not_found") if kept else ACCEPTS,
        "bob@silent.com": ("invalid", "null_mx"),
    }
    assert await waiting(resources, tenant) == {}
    assert await listed(api, campaign, status="INVALID") == ["bob@silent.com"]


async def test_in_every_campaign(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    """What was found out once holds wherever they enter."""
    first, second, third = await tenant.campaigns(3)
    [lead] = await joined(tenant, first, "bob@silent.com")
    await check()
    await joined(tenant, second, "bob@silent.com")
    assert await status_of(api, second, lead) == "INVALID"
    assert await listed(api, second, status="INVALID") == ["bob@silent.com"]
    await tenant.policy(check_undeliverable=True)
    answer = await tenant.add(third, "bob@silent.com", duplicate_scope="campaign")
    [row] = answer["skipped_leads"]
    assert (row["code"], row["override"]) == ("known_undeliverable", "ignore_undeliverable")
    await tenant.add(third, "bob@silent.com", duplicate_scope="campaign", ignore_undeliverable=True)
    assert await status_of(api, third, lead) == "INVALID"
    assert dns.asked["MX silent.com"] == 1
    assert await offenders(resources, tenant.id) == []


async def test_a_new_address_is_checked_anew(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check
) -> None:
    campaign = await tenant.campaign()
    [lead] = await joined(tenant, campaign, "bob@silent.com")
    await check()
    changed = await api.post(f"/campaigns/{campaign}/leads/{lead}", json={"email": "bob@good.com"})
    assert changed.status_code == 200, changed.text
    assert (await waiting(resources, tenant)).keys() == {lead}
    assert await offenders(resources, tenant.id) == []
    await check()
    assert await found(resources, tenant) == {"bob@good.com": ACCEPTS}
    assert await status_of(api, campaign, lead) == "NOT_CONTACTED"


async def test_nothing_stays_of_what_an_address_waited_for(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources
) -> None:
    campaign = await tenant.campaign()
    old, new = await joined(tenant, campaign, "ann@slow.com", "eve@good.com")
    await resources.database.fetch(
        "update unvalidated set tries = 3, due_at = now(), stage = 'mailbox', anew = true,"
        " reason = 'greylisted', given = '{}' where workspace_id = $1 and lead_id = $2",
        *(tenant.id, old),
    )
    changed = await api.post(f"/campaigns/{campaign}/leads/{old}", json={"email": "bob@good.com"})
    assert changed.status_code == 200, changed.text
    rows = await resources.database.fetch(
        "select * from unvalidated where workspace_id = $1 and lead_id in ($2, $3)",
        *(tenant.id, old, new),
    )
    one, other = ({**row, "lead_id": None} for row in rows)
    assert one == other


async def test_who_is_removed_leaves_nothing(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, work: Work, check: Check
) -> None:
    campaign = await tenant.campaign()
    checked = await tenant.add(campaign, "ann@good.com", "bob@silent.com")
    await check()
    new = await tenant.add(campaign, "eve@good.com")
    for import_id in (checked["import_id"], new["import_id"]):
        assert (await api.post(f"/imports/{import_id}/undo")).status_code == 202
    await work()
    assert await found(resources, tenant) == {}
    assert await waiting(resources, tenant) == {}
    assert await offenders(resources, tenant.id) == []
