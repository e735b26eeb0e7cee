"""What stands in the log, and what never does."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI

from app.kit.jobs import queue
from app.kit.resources import Resources
from app.launch.jobs import RemoveCampaign
from app.values import CampaignId, WorkspaceId
from tests.client import Tenant
from tests.lines import Lines, lines_of


@pytest.fixture(scope="module")
def transport(app: FastAPI) -> httpx.AsyncBaseTransport:
    """To this process: another one's lines are not heard here."""
    return httpx.ASGITransport(app, raise_app_exceptions=False)


@pytest.fixture
def lines() -> Iterator[Lines]:
    with lines_of(logging.getLogger("app")) as found:
        yield found


@pytest.fixture
def of_workers() -> Iterator[Lines]:
    with lines_of(logging.getLogger("workers")) as found:
        yield found


def without_times(line: dict[str, object]) -> dict[str, object]:
    assert isinstance(line.pop("duration_ms"), float)
    assert line.pop("timestamp")
    return line


async def test_a_request_leaves_one_line(tenant: Tenant, lines: Lines) -> None:
    campaign = await tenant.campaign()
    me = (await tenant.api.get("/me")).json()
    before = len(lines.all())
    answer = await tenant.api.post(
        f"/campaigns/{campaign}/leads?api_key={tenant.key}",
        json={"lead_list": [{"email": "ann@example.com"}]},
        headers={"X-Request-Id": "trace-1"},
    )
    assert answer.status_code == 200
    assert [without_times(line) for line in lines.all()[before:]] == [
        {
            "event": "request",
            "logger": "app.kit.observed",
            "level": "info",
            "method": "POST",
            "route": "/api/v1/campaigns/{campaign_id}/leads",
            "status": 200,
            "request_id": "trace-1",
            "workspace_id": tenant.id,
            "key_id": me["key"]["id"],
        }
    ]


@pytest.mark.parametrize(
    ("method", "path", "route", "status", "problem"),
    [
        ("GET", "/why?email=ann@example.com", "unmatched", 404, "route_not_found"),
        ("BREW", "/ann@example.com", "unmatched", 404, "route_not_found"),
        ("GET", "/campaigns/9999", "/api/v1/campaigns/{campaign_id}", 404, "campaign_not_found"),
        ("PUT", "/campaigns/1", "/api/v1/campaigns/{campaign_id}", 405, "method_not_allowed"),
        ("GET", "/me/", "/api/v1/me", 200, None),
    ],
)
async def test_a_line_holds_no_path(
    api: httpx.AsyncClient,
    lines: Lines,
    method: str,
    path: str,
    route: str,
    status: int,
    problem: str | None,
) -> None:
    answer = await api.request(method, path)
    (line,) = lines.all("request")
    told = [line["method"], line["route"], line["status"], line.get("problem")]
    assert told == [method if method != "BREW" else "other", route, status, problem]
    assert line["request_id"] == answer.headers["x-request-id"]


async def test_who_asks_without_a_key_has_no_workspace(
    tenant: Tenant, anonymous: httpx.AsyncClient, lines: Lines
) -> None:
    await tenant.api.get("/me")
    await anonymous.get("/me?api_key=lg_this-is-not-a-key")
    mine, nobodys = lines.all("request")
    assert mine["workspace_id"] == tenant.id
    assert (nobodys["status"], nobodys["problem"]) == (401, "invalid_api_key")
    assert "workspace_id" not in nobodys
    assert "key_id" not in nobodys


async def test_probes_are_told_at_debug_only(anonymous: httpx.AsyncClient, lines: Lines) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert (await anonymous.get(f"http://leadgate.test{path}")).status_code == 200
    assert [line["level"] for line in lines.all("request")] == ["debug"] * 3


async def test_each_line_of_a_request_has_its_id(api: httpx.AsyncClient, lines: Lines) -> None:
    """Also when several run at once."""
    answers = await asyncio.gather(*(api.get("/me") for _ in range(5)))
    ids = {answer.headers["x-request-id"] for answer in answers}
    assert {line["request_id"] for line in lines.all("request")} == ids


async def test_a_job_leaves_one_line(
    resources: Resources,
    tenant: Tenant,
    of_workers: Lines,
    work: Callable[[], Awaitable[int]],
) -> None:
    async with resources.database.transaction() as tx:
        await queue(tx, RemoveCampaign(WorkspaceId(tenant.id), CampaignId(4711)))
    (job_id,) = tx.queued
    await work()
    mine = [line for line in of_workers.all("job") if line["job_id"] == job_id]
    assert [without_times(line) for line in mine] == [
        {
            "event": "job",
            "logger": "workers.runner",
            "level": "info",
            "workspace_id": tenant.id,
            "job_id": job_id,
            "kind": RemoveCampaign.kind,
            "attempt": 1,
            "outcome": "completed",
        }
    ]
