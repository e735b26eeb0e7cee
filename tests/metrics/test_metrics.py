"""Through an application of its own: its figures start at nothing."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from app.imports.metrics import VERDICTS
from app.kit.db import FactsChanged, Tx
from app.kit.jobs import queue
from app.kit.resources import Resources
from app.launch.jobs import RemoveCampaign
from app.main import create_app
from app.metrics.repository import leads_waiting
from app.settings import Settings
from app.values import CampaignId, WorkspaceId
from tests.client import Tenant, client, new_tenant

CLOSED = "postgresql://leadgate@127.0.0.1:1/leadgate"
LEADS = "/api/v1/campaigns/{campaign_id}/leads"


@dataclass
class Counting:
    """An application and a client of it without a key."""

    app: FastAPI
    transport: httpx.AsyncBaseTransport
    anonymous: httpx.AsyncClient

    @property
    def resources(self) -> Resources:
        opened: Resources = self.app.state.resources
        return opened

    async def figures(self) -> dict[tuple[str, ...], float]:
        """By name and labels' values, sorted by the labels' names."""
        self.resources.metrics.jobs_fresh_until = 0
        answer = await self.anonymous.get("http://leadgate.test/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=")
        return {
            (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }


async def started(settings: Settings) -> AsyncIterator[Counting]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), client(transport) as anonymous:
        yield Counting(app, transport, anonymous)


@pytest.fixture
async def counting(settings: Settings) -> AsyncIterator[Counting]:
    async for one in started(settings):
        yield one


@pytest.fixture
async def away(settings: Settings) -> AsyncIterator[Counting]:
    async for one in started(settings.model_copy(update={"database_url": CLOSED})):
        yield one


@pytest.fixture
async def mine(counting: Counting) -> AsyncIterator[Tenant]:
    tenant = await new_tenant(counting.resources, counting.transport)
    async with tenant.api:
        yield tenant


async def test_requests_are_counted_by_template(counting: Counting, mine: Tenant) -> None:
    campaign = await mine.campaign()
    for _ in range(2):
        await mine.add(campaign, "ann@example.com")
    await mine.api.get("/campaigns/99999")
    found = await counting.figures()
    template = "/api/v1/campaigns/{campaign_id}"
    assert found["leadgate_requests_total", "POST", LEADS, "200"] == 2
    assert found["leadgate_requests_total", "GET", template, "404"] == 1
    assert found["leadgate_request_duration_seconds_count", "POST", LEADS] == 2
    assert found["leadgate_request_duration_seconds_bucket", "+Inf", "POST", LEADS] == 2
    assert 0 < found["leadgate_request_duration_seconds_sum", "POST", LEADS] < 60
    assert found[("leadgate_requests_in_flight",)] == 1


async def test_what_clients_make_up_gets_one_series(counting: Counting) -> None:
    for n in range(5):
        await counting.anonymous.get(f"/nowhere-{n}/ann@example.com")
        await counting.anonymous.request(f"BREW{n}", f"/tea-{n}")
    found = await counting.figures()
    requests = {key: n for key, n in found.items() if key[0] == "leadgate_requests_total"}
    assert requests == {
        ("leadgate_requests_total", "GET", "unmatched", "404"): 5,
        ("leadgate_requests_total", "other", "unmatched", "404"): 5,
    }


async def test_verdicts_are_counted(counting: Counting, mine: Tenant) -> None:
    first, second = await mine.campaigns(2)
    await mine.add(first, "ann@example.com", "bob@example.com", "bob@")
    await mine.add(second, "ann@example.com", "dora@example.com")
    await mine.add(second, "eve@example.com", dry_run=True)
    found = await counting.figures()
    verdicts = {key[1]: n for key, n in found.items() if key[0] == "leadgate_verdicts_total"}
    assert verdicts == {"added": 3, "invalid_email": 1, "duplicate_in_other_campaign": 1}


async def test_what_ran_again_is_counted_once_and_what_failed_never(counting: Counting) -> None:
    database, runs = counting.resources.database, 0

    async def changing(tx: Tx) -> None:
        nonlocal runs
        runs += 1
        tx.count(VERDICTS, "added", n=5)
        if runs < 3:
            raise FactsChanged

    async def failing(tx: Tx) -> None:
        tx.count(VERDICTS, "added", n=5)
        raise LookupError

    await database.run(changing)
    with pytest.raises(LookupError):
        await database.run(failing)
    found = await counting.figures()
    assert found["leadgate_verdicts_total", "added"] == 5
    assert found["leadgate_transactions_retried_total", "facts_changed"] == 2


async def test_what_a_savepoint_undoes_is_not_counted(counting: Counting) -> None:
    async with counting.resources.database.transaction() as tx:
        tx.count(VERDICTS, "added", n=1)
        with suppress(LookupError):
            async with tx.savepoint():
                tx.count(VERDICTS, "added", n=10)
                raise LookupError
        async with tx.savepoint():
            tx.count(VERDICTS, "added", n=100)
    found = await counting.figures()
    assert found["leadgate_verdicts_total", "added"] == 101


async def test_answers_that_were_given_again_are_counted(counting: Counting, mine: Tenant) -> None:
    for _ in range(3):
        body, key = {"name": "Spring"}, {"Idempotency-Key": "once"}
        assert (await mine.api.post("/campaigns/create", json=body, headers=key)).is_success
    found = await counting.figures()
    assert found["leadgate_idempotent_replays_total", "POST"] == 2


async def test_jobs_by_kind_and_state(counting: Counting, mine: Tenant) -> None:
    kind, database = RemoveCampaign.kind, counting.resources.database
    for delay_s in (-30, 3600):
        async with database.transaction() as tx:
            job = RemoveCampaign(WorkspaceId(mine.id), CampaignId(4711))
            await queue(tx, job, delay_s=delay_s)
    found = await counting.figures()
    await database.fetch("delete from jobs where workspace_id = $1", mine.id)
    assert found["leadgate_jobs", kind, "queued"] >= 2
    assert 30 <= found[("leadgate_jobs_oldest_due_age_seconds",)] < 3600
    assert found[("leadgate_database_up",)] == 1


async def test_a_job_whose_worker_died_is_due(counting: Counting, mine: Tenant) -> None:
    """Where no worker is left, nothing else would tell of it."""
    database = counting.resources.database
    for lease_s in (-100, 3600):
        await database.fetch(
            "insert into jobs (workspace_id, kind, state, run_at, lease_until)"
            " values ($1, 'lost', 'running', now() - interval '1 h', now() + $2 * interval '1 s')",
            *(mine.id, lease_s),
        )
    found = await counting.figures()
    await database.fetch("delete from jobs where workspace_id = $1", mine.id)
    assert found["leadgate_jobs", "lost", "running"] == 2
    assert 100 <= found[("leadgate_jobs_oldest_due_age_seconds",)] < 3600


async def test_leads_that_wait_to_be_checked(counting: Counting, mine: Tenant) -> None:
    before = await counting.figures()
    await mine.add(await mine.campaign(), "ann@example.com", "bob@example.com")
    waiting = [
        figures["leadgate_leads_waiting", stage]
        for figures in (before, await counting.figures())
        for stage in ("domain", "mailbox")
    ]
    assert waiting[2] == waiting[0] + 2
    assert waiting[3] == waiting[1]


async def test_each_stage_is_counted_up_to_the_most(counting: Counting, mine: Tenant) -> None:
    database = counting.resources.database
    await mine.add(await mine.campaign(), "ann@example.com", "bob@example.com", "eve@example.com")
    await database.fetch(
        "update unvalidated set stage = 'mailbox' where (workspace_id, lead_id) ="
        " (select workspace_id, max(lead_id) from unvalidated where workspace_id = $1 group by 1)",
        mine.id,
    )
    assert await leads_waiting(database, most=1) == {"domain": 1, "mailbox": 1}
    assert (await leads_waiting(database))["domain"] >= 2


async def test_jobs_are_read_every_few_seconds_only(counting: Counting) -> None:
    metrics = counting.resources.metrics
    before = await counting.figures()
    metrics.jobs.labels("mark", "queued").set(7)
    answer = await counting.anonymous.get("http://leadgate.test/metrics")
    assert 'leadgate_jobs{kind="mark",state="queued"} 7.0' in answer.text
    after = await counting.figures()
    assert ("leadgate_jobs", "mark", "queued") not in after
    assert before.keys() <= after.keys()


async def test_the_pool_and_the_process(counting: Counting) -> None:
    async with counting.resources.database.transaction():
        found = await counting.figures()
    assert found[("leadgate_database_pool_size",)] == counting.resources.settings.database_pool_size
    assert found[("leadgate_database_pool_in_use",)] == 1
    assert found[("process_resident_memory_bytes",)] > 1_000_000


async def test_without_postgresql_it_shows_what_it_has(away: Counting) -> None:
    assert (await away.anonymous.get("/me", headers={"X-API-Key": "any"})).status_code == 503
    found = await away.figures()
    assert found[("leadgate_database_up",)] == 0
    assert found["leadgate_requests_total", "GET", "/api/v1/me", "503"] == 1
    assert found[("leadgate_jobs_oldest_due_age_seconds",)] != 0


async def test_it_can_be_switched_off(settings: Settings) -> None:
    async for one in started(settings.model_copy(update={"metrics": False})):
        answer = await one.anonymous.get("http://leadgate.test/metrics")
        assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")
