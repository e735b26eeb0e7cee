"""What the result of a check means: for the workspace's counting, and for who is written to."""

import itertools
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from app.leads.rules.addresses import counted
from app.leads.rules.records import Validation
from app.validation.repository import REASON, RESULT
from app.values import ValidationLevel, ValidationReason, ValidationResult, ValidRequires
from tests.client import Tenant
from tests.dns import Behaviour, DnsServer
from tests.imports.batches import shown
from tests.imports.sources import drafted
from tests.leads.conftest import Check
from tests.leads.people import joined, listed, member, status_of
from tests.leads.test_lead_validation import shown as validation_of
from tests.leads.validated import give_up

GOOD, GONE, SILENT, NEW = "ann@good.com", "bob@silent.com", "eve@slow.com", "joe@better.com"


async def sending(api: httpx.AsyncClient, campaign: int, email: str) -> tuple[list[str], bool]:
    """What keeps a mail from being sent, and whether its bounce is looked for."""
    found = (await shown(api, "/leads/why", email=email, campaign_id=campaign))["send"]
    codes = [stop["code"] for stop in found["stops"]]
    assert found["allowed"] is not codes
    return codes, found["monitor_bounces"]


async def of_each_kind(
    tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> tuple[int, dict[str, int]]:
    """A campaign that sends, to one of each result and one who waits."""
    campaign = await tenant.campaign(status="START")
    dns.behaviours["slow.com"] = Behaviour(silent=True)
    leads = await joined(tenant, campaign, GOOD, GONE, SILENT)
    await check()
    await give_up(resources, tenant, check)
    leads += await joined(tenant, campaign, NEW)
    return campaign, dict(zip((GOOD, GONE, SILENT, NEW), leads, strict=True))


@pytest.mark.seed("DS-09", "DS-28", "DS-32", "DS-33", "DS-34")
async def test_who_is_written_to(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    campaign, leads = await of_each_kind(tenant, resources, check, dns)
    assert await status_of(api, campaign, leads[GONE]) == "INVALID"
    assert await sending(api, campaign, GOOD) == ([], False)
    assert await sending(api, campaign, GONE) == (["status", "found_invalid"], False)
    assert await sending(api, campaign, SILENT) == ([], True)
    assert await sending(api, campaign, NEW) == (["not_validated"], False)
    await tenant.policy(hold_unverified=True)
    assert await sending(api, campaign, SILENT) == (["unverified"], True)
    assert await sending(api, campaign, GOOD) == ([], False)


async def test_a_domain_is_not_enough_for_everybody(
    api: httpx.AsyncClient, tenant: Tenant, other: Tenant, resources: Resources, check: Check
) -> None:
    """Whether it is, is asked whenever somebody looks: a change of mind rewrites nothing."""
    campaign = await tenant.campaign(status="START")
    ann, bob, _ = await joined(tenant, campaign, GOOD, GONE, NEW)
    theirs = await other.campaign()
    [stranger] = await joined(other, theirs, GOOD)
    await check()
    await resources.database.fetch(
        "update validations set level = 'mailbox', reason = 'accepted'"
        " where workspace_id = $1 and email = $2",
        *(tenant.id, NEW),
    )
    assert await listed(api, campaign, validation="valid") == [GOOD, NEW]
    await tenant.policy(valid_requires="mailbox", hold_unverified=True)
    for found in (
        (await member(api, campaign, ann))["validation"],
        (await validation_of(api, ann))["validation"],
        (await api.get(f"/campaigns/{campaign}/leads")).json()["data"][0]["validation"],
    ):
        told = (found["result"], found["reason"], found["level"])
        assert told == ("unverified", "not_probed", "domain")
    assert (await member(api, campaign, bob))["validation"]["result"] == "invalid"
    assert (await member(other.api, theirs, stranger))["validation"]["result"] == "valid"
    assert await listed(api, campaign, validation="valid") == [NEW]
    assert await listed(api, campaign, validation="unverified") == [GOOD]
    assert await listed(other.api, theirs, validation="valid") == [GOOD]
    results = (await api.get(f"/campaigns/{campaign}/validation")).json()["results"]
    assert {result: counts["by_level"] for result, counts in results.items()} == {
        "valid": {"mailbox": 1},
        "invalid": {"domain": 1},
        "unverified": {"domain": 1},
    }
    assert await sending(api, campaign, GOOD) == (["unverified"], True)
    assert await sending(api, campaign, NEW) == ([], False)
    await tenant.policy(valid_requires="domain")
    assert (await member(api, campaign, ann))["validation"]["reason"] == "domain_accepts_mail"
    assert await listed(api, campaign, validation="valid") == [GOOD, NEW]
    assert await sending(api, campaign, GOOD) == ([], False)


@pytest.mark.parametrize("valid_requires", ValidRequires)
async def test_what_is_stored_and_what_is_asked_about_count_the_same(
    tenant: Tenant, resources: Resources, valid_requires: ValidRequires
) -> None:
    """One is counted by the database, the other is not in it."""
    await tenant.policy(valid_requires=valid_requires.value)
    words = [*itertools.product(ValidationResult, ValidationReason, ValidationLevel)]
    rows = await resources.database.fetch(
        f"select {RESULT} result, {REASON} reason"  # noqa: S608
        " from unnest($2::text[], $3::text[], $4::text[]) with ordinality"
        " v (result, reason, level, place) order by place",
        *(tenant.id, *map(list, zip(*words, strict=True))),
    )
    for (result, reason, level), row in zip(words, rows, strict=True):
        stored = Validation(
            *(result, reason, level, False, False, False, False, None, None),
            *("dns", datetime.now(UTC)),
        )
        told = counted(stored, valid_requires)
        assert (told.result, told.reason) == (row["result"], row["reason"]), (result, level)


async def test_the_list_by_validation(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    campaign, leads = await of_each_kind(tenant, resources, check, dns)
    cases: list[tuple[Any, list[str]]] = [
        ("valid", [GOOD]),
        ("invalid", [GONE]),
        ("unverified", [SILENT]),
        ("pending", [NEW]),
        (["valid", "pending"], [GOOD, NEW]),
        ("valid, pending", [GOOD, NEW]),
        (["valid", "invalid", "unverified", "pending"], [GOOD, GONE, SILENT, NEW]),
    ]
    for words, expected in cases:
        assert await listed(api, campaign, validation=words) == expected
    assert await listed(api, campaign, validation="invalid", status="INVALID") == [GONE]
    assert await listed(api, campaign, validation="valid", status="INVALID") == []
    both: dict[str, Any] = {"validation": "valid,invalid", "limit": 1}
    pages = [
        (await api.get(f"/campaigns/{campaign}/leads", params=query)).json()
        for query in (both, both | {"offset": 1})
    ]
    assert [page["data"][0]["email"] for page in pages] == [GOOD, GONE]
    assert [page["total_leads"] for page in pages] == ["2", "2"]
    await api.post(f"/campaigns/{campaign}/leads/{leads[GOOD]}", json={"email": "ann@better.com"})
    assert await listed(api, campaign, validation="valid") == []
    assert await listed(api, campaign, validation="pending") == ["ann@better.com", NEW]
    for strange in ("good", " ", ","):
        answer = await api.get(f"/campaigns/{campaign}/leads", params={"validation": strange})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (
            422,
            "query/validation/0",
        )


async def test_leads_of_an_import_by_validation(
    tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    campaign, _ = await of_each_kind(tenant, resources, check, dns)
    cases: list[tuple[list[str], int]] = [
        (["valid"], 1),
        (["invalid", "pending"], 2),
        (["valid", "invalid", "unverified", "pending"], 4),
    ]
    empty = await tenant.campaign()
    for words, matches in cases:
        for more in ({}, {"campaign_id": [campaign]}):
            draft = await drafted(tenant, empty, filter={"validation": words, **more})
            assert draft["preview"]["matches"] == matches, (words, more)
    await tenant.policy(valid_requires="mailbox")
    draft = await drafted(tenant, empty, filter={"validation": ["unverified"]})
    assert draft["preview"]["matches"] == 2


async def test_the_lists_of_the_workspace_by_validation(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    """The members of all campaigns, and those of none."""
    campaign, leads = await of_each_kind(tenant, resources, check, dns)
    await api.delete(f"/campaigns/{campaign}/leads/{leads[GOOD]}")
    lists: list[tuple[str, dict[str, Any]]] = [
        ("/leads/global-leads", {}),
        ("/leads/all", {}),
        ("/leads/all", {"campaignId": campaign}),
        ("/leads/all", {"status": "NOT_CONTACTED"}),
    ]
    cases = [
        (["valid"], [[GOOD], [GOOD], [], []]),
        (["invalid"], [[GONE], [GONE], [GONE], []]),
        (["pending", "unverified"], [[SILENT, NEW]] * 4),
    ]
    for words, expected in cases:
        for (path, more), emails in zip(lists, expected, strict=True):
            answer = await api.get(path, params={"validation": words, **more})
            assert answer.status_code == 200, answer.text
            data = answer.json()["data"]
            rows = data["leads"] if path == "/leads/all" else data
            assert [row["email"] for row in rows] == emails, (words, path, more)
