"""A client that sends again until it is answered, and notes what it was told."""

import asyncio
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

PAUSE_S = 0.05
"""Before it sends again: ten times as impatient as a client that heeds Retry-After."""


@dataclass
class Told:
    """By all answers to all clients."""

    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest_s: float = 0.0

    def note(self, response: httpx.Response) -> None:
        self.slowest_s = max(self.slowest_s, response.elapsed.total_seconds())
        self.counted[_outcome(response)] += 1

    def expect(self, true: bool, what: str, response: httpx.Response) -> None:
        if not true:
            asked = f"{response.request.method} {response.request.url.path}"
            self.wrong.append(f"{what}: {asked}: {response.status_code} {response.text[:500]}")


def _outcome(response: httpx.Response) -> str:
    replayed = " replayed" if "idempotency-replayed" in response.headers else ""
    code = "" if response.is_success else f" {response.json()['code']}"
    return f"{response.status_code}{code}{replayed}"


@dataclass(frozen=True)
class Patient:
    """Takes lost connections, 503 and "the first one is still running" for a reason to wait."""

    api: httpx.AsyncClient
    told: Told

    async def ask(
        self, method: str, path: str, json: Any = None, *, keyed: bool = False
    ) -> httpx.Response:
        """The first answer that is final. ``keyed``: every try has the same Idempotency-Key."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if keyed else {}
        while True:
            try:
                response = await self.api.request(method, path, json=json, headers=headers)
            except httpx.TransportError as error:
                self.told.counted[type(error).__name__] += 1
            else:
                self.told.note(response)
                if not _may_pass(response):
                    return response
            await asyncio.sleep(PAUSE_S)


def _may_pass(response: httpx.Response) -> bool:
    if response.status_code == 503:
        return True
    return response.status_code == 409 and response.json()["code"] == "idempotency_key_in_use"


class Stopwatch:
    """How long the service was away, at most, as somebody sees it who asks all the time."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def until_back(self, api: httpx.AsyncClient) -> None:
        """Until it answers from PostgreSQL again, and is ready."""
        began = time.monotonic()
        while True:
            if await _is_well(api):
                break
            await asyncio.sleep(PAUSE_S)
        self.longest_s = max(self.longest_s, time.monotonic() - began)


async def _is_well(api: httpx.AsyncClient) -> bool:
    try:
        ready = await api.get("http://leadgate.test/health/ready")
        return ready.is_success and (await api.get("/campaigns/")).is_success
    except httpx.TransportError:
        return False
