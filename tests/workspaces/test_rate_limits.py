"""Each key has a bucket of its own, the same for all hosts."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from app.kit.embedded.folder import open_folder
from app.kit.embedded.valkey import valkey
from app.kit.rate_limits import HEADERS, PAUSE_S
from app.main import create_app
from app.settings import Settings
from tests.client import Tenant, client

Standing = dict[str, int]


def standing(answer: httpx.Response) -> Standing:
    """What the answer says of the limit; empty where it says nothing."""
    return {name: int(answer.headers[name]) for name in HEADERS if name in answer.headers}


async def key(tenant: Tenant, per_minute: int | None, **fields: Any) -> dict[str, str]:
    """The headers of a new key with a limit of its own."""
    body = {"name": "limited", "rate_limit_per_minute": per_minute, **fields}
    answer = await tenant.api.post("/keys", json=body)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['key']}"}


async def spend(api: httpx.AsyncClient, headers: dict[str, str]) -> httpx.Response:
    """Ask until it is refused; gives the refusal."""
    async with asyncio.timeout(30):
        while (answer := await api.get("/me", headers=headers)).is_success:
            pass
    return answer


@asynccontextmanager
async def another(settings: Settings, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of another instance of the service."""
    app = create_app(settings.model_copy(update=changes))
    async with app.router.lifespan_context(app), client(httpx.ASGITransport(app)) as api:
        yield api


@pytest.fixture
async def redis_url() -> AsyncIterator[str]:
    """A Redis that the test may do to what it likes; it comes back under the same address."""
    with TemporaryDirectory(prefix="leadgate-") as name:
        folder = open_folder(Path(name))
        folder.path.chmod(0o711)  # the server's account has to get through
        async with valkey(folder) as url:
            assert url
            yield url


async def test_every_answer_to_a_key_says_where_it_stands(tenant: Tenant) -> None:
    headers = await key(tenant, 10, scope="read")
    asked: list[tuple[int, httpx.Request]] = [
        (200, tenant.api.build_request("GET", "/me", headers=headers)),
        (404, tenant.api.build_request("GET", "/campaigns/1", headers=headers)),
        (422, tenant.api.build_request("GET", "/campaigns?limit=x", headers=headers)),
        (403, tenant.api.build_request("POST", "/campaigns/create", headers=headers, json={})),
    ]
    for spent, (status, request) in enumerate(asked, start=1):
        answer = await tenant.api.send(request)
        assert answer.status_code == status
        said = standing(answer)
        assert (said["X-RateLimit-Limit"], said["X-RateLimit-Remaining"]) == (10, 10 - spent)
        full_in_s = said["X-RateLimit-Reset"] - time.time()
        assert spent * 6 - 5 < full_in_s <= spent * 6 + 1


async def test_who_has_no_key_has_no_limit(anonymous: httpx.AsyncClient) -> None:
    assert standing(await anonymous.get("/me")) == {}
    assert standing(await anonymous.get("http://leadgate.test/health/live")) == {}


async def test_beyond_its_limit_a_key_is_refused_and_others_are_not(tenant: Tenant) -> None:
    headers = await key(tenant, 3)
    before = time.time()
    answer = await spend(tenant.api, headers)
    said = standing(answer)
    assert (answer.status_code, answer.headers["content-type"]) == (429, "application/problem+json")
    assert (said["X-RateLimit-Limit"], said["X-RateLimit-Remaining"]) == (3, 0)
    assert before + 59 < said["X-RateLimit-Reset"] < time.time() + 61
    wait_s = int(answer.headers["retry-after"])
    assert 15 < wait_s <= 20
    detail = f"This key may make 3 requests a minute; try again in {wait_s} s."
    assert answer.json() == {
        "type": "urn:leadgate:problem:rate_limited",
        "title": "Too Many Requests",
        "status": 429,
        "detail": detail,
        "code": "rate_limited",
        "request_id": answer.headers["x-request-id"],
        "errors": [],
        "ok": False,
        "error": detail,
        "message": detail,
    }
    assert (await tenant.api.get("/me")).status_code == 200
    assert (await tenant.api.get("/me", headers=await key(tenant, 3))).status_code == 200


async def test_after_the_wait_that_was_told_it_goes_on(tenant: Tenant) -> None:
    headers = await key(tenant, 60)
    answer = await spend(tenant.api, headers)
    assert answer.headers["retry-after"] == "1"
    await asyncio.sleep(1)
    assert (await tenant.api.get("/me", headers=headers)).status_code == 200


async def test_scope_comes_before_the_limit_and_the_limit_before_the_body(tenant: Tenant) -> None:
    headers = await key(tenant, 1, scope="write")
    await spend(tenant.api, headers)
    assert (await tenant.api.get("/keys", headers=headers)).status_code == 403
    answer = await tenant.api.post("/campaigns/create", content=b"{", headers=headers)
    assert answer.status_code == 429


async def test_what_the_key_does_not_say_the_service_does(
    settings: Settings, tenant: Tenant
) -> None:
    silent, own, free = [await key(tenant, limit) for limit in (None, 7, 0)]
    assert standing(await tenant.api.get("/me", headers=silent))["X-RateLimit-Limit"] == 6000
    assert standing(await tenant.api.get("/me", headers=free)) == {}
    async with another(settings, rate_limit_per_minute=0) as api:
        assert standing(await api.get("/me", headers=silent)) == {}
        assert standing(await api.get("/me", headers=own))["X-RateLimit-Limit"] == 7


async def test_many_at_once_on_two_hosts_get_no_more(settings: Settings, tenant: Tenant) -> None:
    headers = await key(tenant, 10)
    async with AsyncExitStack() as stack:
        hosts = [await stack.enter_async_context(another(settings)) for _ in range(2)]
        for host in hosts:
            assert standing(await host.get("/me", headers=await key(tenant, 10)))
        answers = await asyncio.gather(
            *(hosts[n % 2].get("/me", headers=headers) for n in range(50))
        )
    assert Counter(answer.status_code for answer in answers) == {200: 10, 429: 40}
    left = [standing(answer)["X-RateLimit-Remaining"] for answer in answers if answer.is_success]
    assert sorted(left) == list(range(10))


@pytest.mark.parametrize("redis_url", [None, "redis://127.0.0.1:1"])
async def test_without_redis_nobody_is_limited(
    settings: Settings, tenant: Tenant, redis_url: str | None
) -> None:
    headers = await key(tenant, 1)
    async with another(settings, redis_url=redis_url) as api:
        for _ in range(3):
            answer = await api.get("/me", headers=headers)
            assert (answer.status_code, standing(answer)) == (200, {})


async def test_a_redis_that_forgot_everything_limits_again(
    settings: Settings, tenant: Tenant, redis_url: str
) -> None:
    headers = await key(tenant, 2)
    async with another(settings, redis_url=redis_url) as api, Redis.from_url(redis_url) as redis:
        assert (await spend(api, headers)).status_code == 429
        await redis.script_flush()
        assert (await api.get("/me", headers=headers)).status_code == 429
        await redis.flushall()
        assert standing(await api.get("/me", headers=headers))["X-RateLimit-Remaining"] == 1


async def test_a_redis_that_dies_limits_nobody_until_it_is_back(
    settings: Settings, tenant: Tenant, redis_url: str
) -> None:
    headers = await key(tenant, 2)
    async with another(settings, redis_url=redis_url) as api, Redis.from_url(redis_url) as redis:
        assert (await spend(api, headers)).status_code == 429
        await redis.shutdown(nosave=True)
        answer = await api.get("/me", headers=headers)
        assert (answer.status_code, standing(answer)) == (200, {})
        async with asyncio.timeout(PAUSE_S + 10):
            while not standing(answer := await api.get("/me", headers=headers)):
                assert answer.status_code == 200
                await asyncio.sleep(0.05)
        assert (await spend(api, headers)).status_code == 429
