"""POST /check tells of what is known of addresses and domains, and asks nobody for it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.kit.documents import written
from app.kit.resources import Resources
from app.validation.rules import DomainFacts, Said
from tests.client import Tenant
from tests.gate.test_check import PROFILE, check
from tests.leads.people import joined

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
DOMAINS = {
    "gone.com": Said.NOT_FOUND,
    "silent.com": Said.NULL_MX,
    "good.com": Said.MX,
    "slow.com": Said.TIMEOUT,
    "stale.com": Said.NULL_MX,
}
GONE = ("invalid", "domain_not_found", "domain")
SILENT = ("invalid", "null_mx", "domain")
ACCEPTS = ("valid", "domain_accepts_mail", "domain")
REFUSED = ("invalid", "mailbox_not_found", "provider")


@pytest.fixture
async def domains(resources: Resources) -> AsyncIterator[None]:
    """All but the stale one are known, and fresh."""
    for domain, said in DOMAINS.items():
        until = NOW - HOUR if domain == "stale.com" else NOW + HOUR
        facts = DomainFacts(said, NOW - HOUR, until)
        await resources.database.fetch(
            "insert into mail_domains (domain, facts, fresh_until) values ($1, $2, $3)",
            *(domain, written(facts.to_json()), until),
        )
    yield
    await resources.database.fetch("delete from mail_domains")


async def is_found(resources: Resources, tenant: Tenant, email: str, *words: str) -> None:
    await resources.database.fetch(
        "insert into validations (workspace_id, lead_id, email, result, reason, level, source,"
        " rules_version, checked_at)"
        " select workspace_id, id, email, $3, $4, $5, '', 1, $6 from leads"
        " where workspace_id = $1 and email = $2",
        *(tenant.id, email, *words, NOW),
    )


def told(found: list[dict[str, Any]]) -> list[tuple[str, ...] | None]:
    rows = [row["validation"] for row in found]
    return [row and (row["result"], row["reason"], row["level"]) for row in rows]


@pytest.mark.usefixtures("domains")
async def test_of_strangers_and_domains(tenant: Tenant, resources: Resources) -> None:
    """What DNS said, if that still holds. The row may enter all the same, as it may by an add."""
    found = await check(
        tenant,
        *({"email": f"eve@{domain}"} for domain in (*DOMAINS, "new.com")),
        {"email": "nobody"},
        {"linkedin_profile": PROFILE},
        {"domain": "Gone.com"},
        {"domain": "good.com"},
        {"domain": "new.com"},
    )
    unanswered = ("unverified", "dns_timeout", "domain")
    assert told(found) == [
        *(GONE, SILENT, ACCEPTS, unanswered, None, None),
        *(None, None),
        *(GONE, ACCEPTS, None),
    ]
    assert found[0]["validation"]["checked_at"] == (NOW - HOUR).isoformat().replace("+00:00", "Z")
    assert [row["code"] for row in found] == [*["added"] * 6, "invalid_email", *["added"] * 4]
    await tenant.policy(valid_requires="mailbox")
    [good] = await check(tenant, {"email": "eve@good.com"})
    assert told([good]) == [("unverified", "not_probed", "domain")]
    asked = await resources.database.fetch("select from mail_domains where lease is not null")
    assert asked == []


@pytest.mark.usefixtures("domains")
async def test_of_leads(tenant: Tenant, other: Tenant, resources: Resources) -> None:
    """What was found out about them says more than their domain, unless that is gone by now."""
    campaign = await tenant.campaign()
    people = ("ann@good.com", "bob@gone.com", "cy@new.com", "dan@new.com")
    await joined(tenant, campaign, *({"email": email} for email in people))
    await is_found(resources, tenant, "ann@good.com", *REFUSED)
    await is_found(resources, tenant, "bob@gone.com", "valid", "provider_confirmed", "provider")
    await is_found(resources, tenant, "cy@new.com", *ACCEPTS)
    rows = [{"email": email} for email in people]
    assert told(await check(tenant, *rows)) == [REFUSED, GONE, ACCEPTS, None]
    assert told(await check(other, *rows)) == [ACCEPTS, GONE, None, None]
    await tenant.policy(check_undeliverable=True, valid_requires="mailbox")
    found = await check(tenant, *rows, duplicate_scope="campaign")
    assert told(found)[2] == ("unverified", "not_probed", "domain")
    assert [row["code"] for row in found] == ["known_undeliverable", *["added"] * 3]


@pytest.mark.usefixtures("domains")
async def test_many_are_gone_only_when_it_was_said_twice(tenant: Tenant) -> None:
    await joined(tenant, await tenant.campaign(), *(f"p{n}@gone.com" for n in range(6)))
    found = await check(tenant, {"email": "eve@gone.com"}, {"domain": "gone.com"})
    assert told(found) == [("unverified", "domain_not_found", "domain")] * 2
