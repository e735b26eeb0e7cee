"""Who may bounce, and how many did: told at a start, and with the campaign's counts."""

from typing import Any

import httpx
import pytest

from app.kit.resources import Resources
from app.launch.rules import Bounces
from tests.client import Tenant
from tests.dns import DnsServer
from tests.launch.test_unchecked import start
from tests.leads.conftest import Check
from tests.leads.people import joined, put
from tests.leads.test_validation_progress import SLOW
from tests.leads.validated import give_up

HARM = "Many bounces harm the reputation of the senders."


@pytest.mark.parametrize(
    ("bounces", "told"),
    [
        (Bounces(100, 20, 0, 0, 0), ["20 of 100 checked leads are unverified."]),
        (Bounces(100, 19, 9, 100, 4), []),
        (Bounces(19, 19, 19, 19, 19), []),
        (Bounces(100, 20, 0, 0, 0, hold_unverified=True), []),
        (Bounces(20, 0, 2, 0, 0), ["2 of 20 are invalid, so that the list may be old."]),
        (Bounces(0, 0, 0, 20, 1), ["1 of 20 who were written to bounced."]),
    ],
)
def test_from_where_on_it_is_told(bounces: Bounces, told: list[str]) -> None:
    assert bounces.reasons == told


async def likely(
    api: httpx.AsyncClient, campaign: int, code: str = "bounces_likely"
) -> dict[str, Any] | None:
    status, answer = await start(api, campaign)
    assert status == 200
    told: list[dict[str, Any]] = answer.get("warnings", [])
    return next((one for one in told if one["code"] == code), None)


@pytest.mark.seed("DS-35")
async def test_a_start_tells_of_a_list_that_may_bounce(
    api: httpx.AsyncClient, tenant: Tenant, resources: Resources, check: Check, dns: DnsServer
) -> None:
    campaign = await tenant.campaign()
    dns.behaviours["slow.com"] = SLOW
    await joined(tenant, campaign, *(f"p{n}@good.com" for n in range(14)))
    await joined(tenant, campaign, *(f"p{n}@silent.com" for n in range(2)))
    assert await likely(api, campaign) is None
    await check()
    assert await likely(api, campaign) is None
    await joined(tenant, campaign, *(f"p{n}@slow.com" for n in range(4)))
    await check()
    await give_up(resources, tenant, check)
    counts = {"checked": 20, "unverified": 4, "invalid": 2}
    nobody = {"contacted": 0, "bounced": 0, "bounce_rate": None}
    invalid = "2 of 20 are invalid, so that the list may be old."
    assert await likely(api, campaign) == counts | nobody | {
        "code": "bounces_likely",
        "detail": f"4 of 20 checked leads are unverified. {invalid} {HARM}",
    }
    assert await likely(api, campaign, "unverified_held") is None
    await tenant.policy(hold_unverified=True)
    assert await likely(api, campaign, "unverified_held") == {
        "code": "unverified_held",
        "detail": "4 leads are unverified; nothing is sent to them while hold_unverified is on.",
        "unverified": 4,
    }
    told = await likely(api, campaign)
    assert told
    assert told["detail"] == f"{invalid} {HARM}"


@pytest.mark.seed("DS-35")
async def test_the_bounce_rate(api: httpx.AsyncClient, tenant: Tenant) -> None:
    """Of those who were written to."""
    campaign = await tenant.campaign()
    leads = await joined(tenant, campaign, *(f"p{n}@good.com" for n in range(22)))

    async def rate() -> float | None:
        counts = (await api.get(f"/campaigns/{campaign}")).json()["lead_counts"]
        found: float | None = counts["bounce_rate"]
        return found

    assert await rate() is None
    for lead in leads[:2]:
        await put(api, campaign, lead, "BOUNCED")
    for lead, status in zip(leads[2:], ["IN_PROGRESS", "REPLIED", "COMPLETED"] * 6, strict=False):
        await put(api, campaign, lead, status)
    assert await rate() == 10.0
    told = await likely(api, campaign)
    assert told
    assert (told["contacted"], told["bounced"], told["bounce_rate"]) == (20, 2, 10.0)
    assert told["detail"] == f"2 of 20 who were written to bounced. {HARM}"
