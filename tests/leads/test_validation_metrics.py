"""What the checks tell the metrics, and how one hears it of a worker."""

import asyncio

import httpx
import pytest
from dns.rcode import SERVFAIL
from prometheus_client.parser import text_string_to_metric_families

from app.kit.embedded.ports import free_port
from app.kit.resources import Resources
from app.leads.operations.validating import queue_validations
from app.settings import Settings
from tests.client import Tenant
from tests.dns import Behaviour, DnsServer
from tests.leads.conftest import Check
from tests.leads.people import joined
from workers.main import work

PATIENCE_S = 20
BROKEN = ("leadgate_resolver_broken",)
RESULTS, ANSWERS = "leadgate_validations_total", "leadgate_dns_answers_total"


def figures(exposition: str) -> dict[tuple[str, ...], float]:
    """By name and labels' values, in the order of the labels' names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }


async def test_results_and_answers(
    tenant: Tenant, checking: Resources, check: Check, dns: DnsServer
) -> None:
    def found() -> dict[tuple[str, ...], float]:
        return figures(checking.metrics.exposition().decode())

    assert found()[BROKEN] == 0
    await joined(tenant, await tenant.campaign(), "ann@good.com", "bob@silent.com", "eve@gone.com")
    await check()
    results = {key[1:]: n for key, n in found().items() if key[0] == RESULTS}
    assert results == {
        ("domain_accepts_mail", "valid"): 1,
        ("null_mx", "invalid"): 1,
        ("domain_not_found", "invalid"): 1,
    }
    answers = {key[1]: n for key, n in found().items() if key[0] == ANSWERS}
    assert answers.keys() == {"records", "nxdomain"}
    assert sum(answers.values()) == sum(dns.asked.values())
    dns.everywhere = Behaviour(rcode=SERVFAIL)
    await joined(tenant, await tenant.campaign(), "joe@better.com")
    await check()
    assert found()[BROKEN] == 1
    assert found()[ANSWERS, "servfail"] > 0


async def test_a_worker_shows_its_own(
    tenant: Tenant, asking: Settings, checking: Resources
) -> None:
    """Where it is told to, and for as long as it works; but not what only the API looks at."""
    await checking.database.fetch("delete from jobs")  # which others left
    await joined(tenant, await tenant.campaign(), "ann@good.com")
    await queue_validations(checking)
    port, stop = free_port(), asyncio.Event()
    there = f"http://127.0.0.1:{port}/metrics"
    settings = asking.model_copy(update={"worker_metrics_port": port})
    working = asyncio.create_task(work(settings, stop))
    async with httpx.AsyncClient() as anybody:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    if await shown(anybody, there):
                        break
                    await asyncio.sleep(0.05)
            found = figures((await anybody.get(there)).text)
        finally:
            stop.set()
            await working
        with pytest.raises(httpx.ConnectError):
            await anybody.get(there)
    names = {name for name, *_ in found if name.startswith("leadgate_")}
    assert names - {"leadgate_transactions_retried_total"} == {
        "leadgate_database_pool_in_use",
        "leadgate_database_pool_size",
        "leadgate_requests_in_flight",
        "leadgate_streams",
        *(ANSWERS, RESULTS, *BROKEN),
    }
    assert found[("leadgate_database_pool_size",)] == settings.database_pool_size


async def shown(anybody: httpx.AsyncClient, there: str) -> float:
    """Of the lead that is checked, once the worker is there."""
    try:
        answer = await anybody.get(there)
    except httpx.ConnectError:
        return 0
    return figures(answer.text).get((RESULTS, "domain_accepts_mail", "valid"), 0)
