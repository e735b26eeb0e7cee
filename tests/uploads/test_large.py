"""Large, slow and broken uploads to a real process."""

import asyncio
import gzip
import resource
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest

from app.kit.resources import Resources
from app.settings import Settings
from tests.client import Tenant, new_tenant
from tests.processes import Process, api_process
from tests.s3 import BUCKET, ENVIRONMENT
from tests.uploads.files import form, left

MIB = 1024 * 1024
SECOND_S = 1.0
BOUNDARY = "frontier"
TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
HEAD = b'--frontier\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
END = b"\r\n--frontier--\r\n"


class Api:
    """A process of its own, and somebody who may ask it."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, tenant: Tenant) -> None:
        self.process, self.port, self.tenant = process, port, tenant

    def resident_mib(self) -> int:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() // MIB


@asynccontextmanager
async def running(settings: Settings, resources: Resources) -> AsyncIterator[Api]:
    async with api_process(settings) as (process, port):
        tenant = await new_tenant(resources, Process(port))
        async with tenant.api:
            yield Api(process, port, tenant)


@pytest.fixture(scope="module")
async def api(settings: Settings, resources: Resources) -> AsyncIterator[Api]:
    short = settings.model_copy(update={"body_timeout_s": SECOND_S})
    async with running(short, resources) as api:
        yield api


async def body(size_mib: int) -> AsyncIterator[bytes]:
    yield HEAD
    for _ in range(size_mib * 4):
        yield b"ann@example.com,Ann,Smith,Example\r\n" * 7490  # 256 KiB, nearly
    yield END


async def test_memory_is_flat_while_large_files_come(api: Api) -> None:
    await api.tenant.api.post("/uploads", **form())
    before, most, done = api.resident_mib(), 0, asyncio.Event()

    async def watch() -> None:
        nonlocal most
        while not done.is_set():
            most = max(most, api.resident_mib())
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    answer = await api.tenant.api.post("/uploads", content=body(300), headers=TYPE)
    one = most - before
    answers = await asyncio.gather(
        *(api.tenant.api.post("/uploads", content=body(30), headers=TYPE) for _ in range(20))
    )
    done.set()
    await watching
    assert [a.status_code for a in (answer, *answers)] == [201] * 21
    assert answer.json()["size_bytes"] == 300 * 4 * 35 * 7490
    assert one < 40
    assert most - before < 150


async def test_what_is_packed_tightly_is_not_unpacked_at_once(
    api: Api, resources: Resources
) -> None:
    packed = gzip.compress(b"a,b\n" * (50 * MIB))
    before = api.resident_mib()
    answer = await api.tenant.api.post("/uploads", **form(packed))
    assert answer.json()["packed_as"] == "gzip"
    assert answer.json()["id"] in left(resources, api.tenant.id)
    assert api.resident_mib() - before < 100


def head(api: Api, length: int) -> bytes:
    lines = (
        "POST /api/v1/uploads HTTP/1.1",
        "Host: x",
        f"X-API-Key: {api.tenant.key}",
        f"Content-Type: {TYPE['Content-Type']}",
        f"Content-Length: {length}",
        "Connection: close",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


@pytest.fixture
def wire(api: Api) -> Iterator[socket.socket]:
    with closing(socket.create_connection(("127.0.0.1", api.port), timeout=20)) as connected:
        yield connected


async def test_a_slow_upload_that_lives_is_taken(api: Api, wire: socket.socket) -> None:
    content = b"x" * 20_000
    length = len(HEAD) + 10 * len(content) + len(END)
    wire.sendall(head(api, length) + HEAD)
    for _ in range(10):
        await asyncio.sleep(SECOND_S / 4)
        wire.sendall(content)
    wire.sendall(END)
    assert (await answered(wire)).startswith(b"HTTP/1.1 201")


async def test_one_that_drips_is_ended_and_leaves_nothing(
    api: Api, wire: socket.socket, resources: Resources
) -> None:
    before = left(resources, api.tenant.id)
    wire.sendall(head(api, 10_000_000) + HEAD)
    for _ in range(100):
        await asyncio.sleep(0.05)
        try:
            wire.sendall(b"x")
        except OSError:
            break
    else:
        pytest.fail("it went on for five times the time")
    assert (await answered(wire)).startswith(b"HTTP/1.1 408")
    assert left(resources, api.tenant.id) == before


async def test_a_client_that_goes_leaves_nothing(
    api: Api, wire: socket.socket, resources: Resources
) -> None:
    before = left(resources, api.tenant.id)
    wire.sendall(head(api, 100_000_000) + HEAD + b"x" * 20_000_000)
    await until(lambda: left(resources, api.tenant.id) != before)  # the first part is there
    wire.close()
    await until(lambda: left(resources, api.tenant.id) == before)


async def test_whoever_sends_many_leaves_room_for_others(
    settings: Settings, resources: Resources
) -> None:
    few = settings.model_copy(update={"max_uploads": 2, "max_uploads_per_workspace": 1})
    async with running(few, resources) as api:
        other, third = [await new_tenant(resources, Process(api.port)) for _ in range(2)]
        theirs = Api(api.process, api.port, other)
        with begun(api), begun(theirs):
            await until(lambda: all(left(resources, one.id) for one in (api.tenant, other)))
            refused = await api.tenant.api.post("/uploads", **form())
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_uploads")
            busy = await third.api.post("/uploads", **form())
            assert (busy.status_code, busy.json()["code"]) == (503, "too_busy")
            assert (await third.api.get("/imports")).status_code == 200
        await until(lambda: not any(left(resources, one.id) for one in (api.tenant, other)))
        for one in (api.tenant, other, third):
            assert (await one.api.post("/uploads", **form())).status_code == 201


@contextmanager
def begun(api: Api) -> Iterator[None]:
    """A file of which the rest does not come."""
    with closing(socket.create_connection(("127.0.0.1", api.port), timeout=20)) as wire:
        wire.sendall(head(api, 100_000_000) + HEAD + b"x" * 20_000_000)
        yield


async def test_a_process_that_is_stopped_ends_well_and_leaves_nothing(
    settings: Settings, resources: Resources
) -> None:
    async with running(settings, resources) as api:
        with closing(socket.create_connection(("127.0.0.1", api.port), timeout=20)) as wire:
            wire.sendall(head(api, 100_000_000) + HEAD + b"x" * 20_000_000)
            await until(lambda: left(resources, api.tenant.id) != set())
            api.process.send_signal(signal.SIGTERM)
            code = await asyncio.wait_for(api.process.wait(), 20)
        assert code in (0, -signal.SIGTERM)
        assert left(resources, api.tenant.id) == set()


async def test_a_storage_that_is_away_is_a_503(
    settings: Settings, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    away = settings.model_copy(update={"storage_url": f"s3://{BUCKET}"})
    async with running(away, resources) as api:
        answer = await api.tenant.api.post("/uploads", **form())
        assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
        assert answer.json()["detail"] == "Files cannot be stored or read. Try again."
        assert answer.headers["Retry-After"]
        assert (await api.tenant.api.get("/me")).status_code == 200


async def test_a_full_disk_is_a_503(settings: Settings, resources: Resources) -> None:
    async with running(settings, resources) as api:
        resource.prlimit(api.process.pid, resource.RLIMIT_FSIZE, (8 * MIB, 8 * MIB))
        answer = await api.tenant.api.post("/uploads", content=body(20), headers=TYPE)
        assert answer.status_code == 503
        assert answer.json()["detail"] == "There is no room left for files."
        assert left(resources, api.tenant.id) == set()
        assert (await api.tenant.api.post("/uploads", **form())).status_code == 201


async def answered(wire: socket.socket) -> bytes:
    came = b""
    while part := await asyncio.to_thread(wire.recv, 65_536):
        came += part
    return came


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # files tell nobody
            await asyncio.sleep(0.02)
