"""`leadgate api` on the wire: its settings bound what a client may hold."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import pytest

from app.kit.embedded.ports import free_port
from app.settings import Settings
from tests.client import Tenant
from tests.process.up import wait_for
from tests.servers import SECRET_KEY

LIMITS = {
    "LEADGATE_HEADER_TIMEOUT_S": "0.2",
    "LEADGATE_BODY_TIMEOUT_S": "1",
    "LEADGATE_MAX_CONCURRENT_REQUESTS": "1",
}


@pytest.fixture(scope="module")
def port(settings: Settings) -> Iterator[int]:
    port = free_port()
    environment = {
        "LEADGATE_DATABASE_URL": settings.database_url,
        "LEADGATE_REDIS_URL": settings.redis_url or "",
        "LEADGATE_SECRET_KEY": SECRET_KEY,
    }
    process = subprocess.Popen(
        (sys.executable, "-P", "-m", "app.cli", "api", "--port", str(port)),
        env=os.environ | environment | LIMITS,
    )
    wait_for(lambda: _listens(port))
    yield port
    process.terminate()
    process.wait(15)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def half_a_request(port: int, key: str) -> Iterator[socket.socket]:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as wire:
        wire.sendall(
            b"POST /api/v1/campaigns/create HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n"
            b"X-API-Key: " + key.encode() + b"\r\n\r\n{"
        )
        yield wire


def everything(wire: socket.socket) -> bytes:
    return b"".join(iter(lambda: wire.recv(65536), b""))


def test_heads_bodies_and_requests_at_once_are_bounded(port: int, tenant: Tenant) -> None:
    url, key = f"http://127.0.0.1:{port}", {"X-API-Key": tenant.key}
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as wire:
        wire.sendall(b"GET")
        assert b'"code":"request_timeout"' in everything(wire)
    with half_a_request(port, tenant.key) as wire:
        wait_for(lambda: httpx.get(f"{url}/api/v1/me", headers=key).status_code == 503)
        refused = httpx.get(f"{url}/api/v1/me", headers=key)
        assert (refused.status_code, refused.json()["code"]) == (503, "too_busy")
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["x-request-id"] == refused.json()["request_id"]
        assert httpx.get(f"{url}/health/ready").status_code == 200
        answer = everything(wire)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close" in answer
        assert b'"code":"request_timeout"' in answer
    assert httpx.get(f"{url}/api/v1/me", headers=key).status_code == 200


def test_who_is_gone_holds_no_place(port: int, tenant: Tenant) -> None:
    url, key = f"http://127.0.0.1:{port}/api/v1/me", {"X-API-Key": tenant.key}
    with half_a_request(port, tenant.key):
        wait_for(lambda: httpx.get(url, headers=key).status_code == 503)
    wait_for(lambda: httpx.get(url, headers=key).status_code == 200, 0.8)
