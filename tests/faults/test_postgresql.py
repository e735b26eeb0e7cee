"""PostgreSQL goes away at the worst moment: 503, nothing half done, and well again at once."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest
from sqlalchemy import text

from app.kit.db import Tx
from app.kit.db import is_away as app_is_away
from app.kit.resources import Resources
from app.settings import Settings
from tests.client import Tenant
from tests.consistency import offenders
from tests.faults.breaks import BREAKS, Break, heal
from tests.faults.service import POOL_SIZE, STATEMENT_S, Service, is_away, running
from tests.imports.batches import shown
from tests.locks import Locks
from tests.make import batch
from tests.proxy import Proxy

ANN = "ann@example.com"
FAULTS = 51
MARGIN_S = 1.0
"""For the work around a statement that is waited for."""
OPEN = """
select count(*) from pg_stat_activity
where datname = current_database() and state like 'idle in transaction%'
"""


async def send(tenant: Tenant, campaign: int, email: str = ANN) -> httpx.Response:
    return await tenant.api.post(f"/campaigns/{campaign}/leads", json=batch(email))


@pytest.mark.parametrize("broken", BREAKS)
async def test_it_is_told_and_the_next_request_is_well(service: Service, broken: Break) -> None:
    tenant, proxy = service.tenant, service.postgres
    campaign = await tenant.campaign()
    await broken(proxy)
    began = time.monotonic()
    answer = await send(tenant, campaign)
    assert is_away(answer), answer.text
    assert time.monotonic() - began < 2 * STATEMENT_S + MARGIN_S
    await heal(proxy)
    assert (await tenant.add(campaign, ANN))["added_count"] == 1


@pytest.mark.parametrize("forwarded", [False, True])
@pytest.mark.parametrize("cut", [Proxy.reset, Proxy.half_close, Proxy.silence])
async def test_a_commit_without_an_answer_is_all_or_nothing(
    service: Service, resources: Resources, cut: Callable[[Proxy], None], *, forwarded: bool
) -> None:
    """The client hears 503 whether it was stored or not, sends again, and nobody is twice there."""
    tenant, proxy = service.tenant, service.postgres
    campaign = await tenant.campaign()
    proxy.traps[b"commit"] = (lambda: cut(proxy)) if not forwarded else (lambda: deafen(proxy))
    request = asyncio.create_task(send(tenant, campaign))
    if forwarded:
        await stored(resources, campaign)
        cut(proxy)
    assert is_away(await request)
    await heal(proxy)
    again = await tenant.add(campaign, ANN)
    assert again["added_count"] == (0 if forwarded else 1)
    assert (await shown(tenant.api, f"/campaigns/{campaign}/leads"))["total_leads"] == "1"
    assert await offenders(resources, tenant.id) == []


def deafen(proxy: Proxy) -> None:
    """What is asked arrives, and the answer is lost."""
    proxy.answers = False


async def stored(resources: Resources, campaign: int) -> None:
    members = "select from campaign_leads where campaign_id = $1"
    async with asyncio.timeout(5):
        while not await resources.database.fetch(members, campaign):
            pass


@pytest.mark.parametrize("cut", [Proxy.reset, Proxy.half_close, Proxy.silence])
async def test_a_statement_without_an_answer_leaves_nothing(
    service: Service, resources: Resources, cut: Callable[[Proxy], None]
) -> None:
    tenant, proxy = service.tenant, service.postgres
    campaign = await tenant.campaign()
    proxy.traps[ANN.encode()] = lambda: cut(proxy)
    assert is_away(await send(tenant, campaign))
    assert ANN.encode() not in proxy.traps
    await heal(proxy)
    assert (await shown(tenant.api, f"/campaigns/{campaign}/leads"))["total_leads"] == "0"
    assert (await tenant.add(campaign, ANN))["added_count"] == 1
    assert await offenders(resources, tenant.id) == []


async def test_connections_that_were_cut_while_they_rested_harm_nobody(service: Service) -> None:
    """As after a restart of the server: the pool is full of them."""
    tenant = service.tenant
    campaign = await tenant.campaign()
    await asyncio.gather(*(send(tenant, campaign) for _ in range(2 * POOL_SIZE)))
    service.postgres.reset()
    await asyncio.sleep(0.5)  # on a busy machine the news takes a while
    answers = await asyncio.gather(*(send(tenant, campaign) for _ in range(2 * POOL_SIZE)))
    assert [answer.status_code for answer in answers] == [200] * 2 * POOL_SIZE


async def test_connections_that_nobody_answers_any_more_are_not_tried_one_by_one(
    service: Service,
) -> None:
    """As after a failover, when packets to the old server go nowhere."""
    tenant, proxy = service.tenant, service.postgres
    campaign = await tenant.campaign()
    await asyncio.gather(*(send(tenant, campaign) for _ in range(2 * POOL_SIZE)))
    proxy.abandon()
    assert is_away(await send(tenant, campaign))
    assert (await send(tenant, campaign)).status_code == 200
    answers = await asyncio.gather(*(send(tenant, campaign) for _ in range(2 * POOL_SIZE)))
    assert [answer.status_code for answer in answers] == [200] * 2 * POOL_SIZE


async def test_many_faults_leave_no_connection_lent(service: Service, resources: Resources) -> None:
    tenant, proxy = service.tenant, service.postgres
    campaign = await tenant.campaign()
    for n in range(FAULTS // 3):
        for at in (ANN.encode(), b"commit", b"begin"):
            proxy.traps[at] = (proxy.reset, proxy.half_close)[n % 2]
        answers = await asyncio.gather(*(send(tenant, campaign) for _ in range(3)))
        assert all(answer.is_success or is_away(answer) for answer in answers)
        await service.has_lent_nothing()
    proxy.heal()
    answers = await asyncio.gather(*(send(tenant, campaign) for _ in range(2 * POOL_SIZE)))
    assert [answer.status_code for answer in answers] == [200] * 2 * POOL_SIZE
    assert [row["count"] for row in await resources.database.fetch(OPEN)] == [0]


async def test_a_request_that_is_cut_off_leaves_no_open_transaction(
    service: Service, resources: Resources
) -> None:
    tenant = service.tenant
    campaign = await tenant.campaign()
    for n in range(30):
        request = asyncio.create_task(send(tenant, campaign))
        await asyncio.sleep(n / 1000)
        request.cancel()
        with suppress(asyncio.CancelledError):
            await request
        await service.has_lent_nothing()
        assert [row["count"] for row in await resources.database.fetch(OPEN)] == [0]
    assert (await send(tenant, campaign)).status_code == 200


async def test_a_silent_server_is_not_asked_to_roll_back(service: Service) -> None:
    """Whoever stops the request does not wait for it either."""
    tenant, proxy = service.tenant, service.postgres
    campaign = await tenant.campaign()
    silent = asyncio.Event()

    def fall_silent() -> None:
        proxy.silence()
        silent.set()

    proxy.traps[b"commit"] = fall_silent
    request = asyncio.create_task(send(tenant, campaign))
    await silent.wait()
    began = time.monotonic()
    request.cancel()
    with suppress(asyncio.CancelledError):
        await request
    assert time.monotonic() - began < 3
    proxy.heal()


async def test_an_administrator_ends_the_connections(
    service: Service, resources: Resources
) -> None:
    tenant = service.tenant
    campaign = await tenant.campaign()
    locks = Locks(resources, tenant.id)
    async with locks.at_address(ANN, send(tenant, campaign)) as request:
        await resources.database.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )
        assert is_away(await request)
    assert (await tenant.add(campaign, ANN))["added_count"] == 1


async def test_a_server_that_only_reads_is_left(service: Service, resources: Resources) -> None:
    """As the old one after a failover: its connections would go on failing."""
    tenant = service.tenant
    [row] = await resources.database.fetch("select current_database() as name")
    alter = f"alter database {row['name']}"
    await resources.database.fetch(f"{alter} set default_transaction_read_only = on")
    read = await tenant.api.get("/campaigns")
    answer = await tenant.api.post("/campaigns/create", json={"name": "Never"})
    await resources.database.fetch(f"{alter} reset default_transaction_read_only")
    assert (read.status_code, read.json()) == (200, [])
    assert is_away(answer)
    assert (await tenant.api.post("/campaigns/create", json={"name": "Now"})).status_code == 200


@pytest.mark.parametrize("alchemy", [False, True])
async def test_a_server_that_has_said_goodbye_is_away(service: Service, *, alchemy: bool) -> None:
    """As a backend whose postmaster was killed: it says so, and a moment later it is gone."""

    async def work(tx: Tx) -> None:
        await tx.rows("select 1")
        service.postgres.say(fatal("57P01", "terminating connection"))
        await asyncio.sleep(0.05)
        await (tx.execute(text("select 1")) if alchemy else tx.rows("select 1"))

    with pytest.raises(Exception, match="cannot switch to state") as raised:
        await service.resources.database.run(work)
    assert app_is_away(raised.value)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("53300", "sorry, too many clients already"),
        ("57P03", "the database system is in recovery mode"),
        ("57P03", "the database system is starting up"),
        ("3D000", 'database "leadgate" does not exist'),
        ("28P01", "password authentication failed"),
    ],
)
async def test_a_server_that_lets_nobody_in_is_away(
    settings: Settings, resources: Resources, code: str, message: str
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(b"12345678"))
        writer.write(b"N")  # no TLS
        length = int.from_bytes(await reader.readexactly(4), "big")
        await reader.readexactly(length - 4)
        writer.write(fatal(code, message))
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"postgresql://me:secret@127.0.0.1:{port}/leadgate"
        async with running(settings, resources, database_url=url) as service:
            assert is_away(await service.tenant.api.get("/me"))
            assert (await service.probe()).json()["missing"] == ["postgresql"]
            await service.has_lent_nothing()


def fatal(code: str, message: str) -> bytes:
    """An ErrorResponse of PostgreSQL's protocol."""
    fields = f"SFATAL\0VFATAL\0C{code}\0M{message}\0\0".encode()
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields
