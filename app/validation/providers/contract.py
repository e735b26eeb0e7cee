"""Our own wire contract, for a provider that one writes around whatever one has.

``POST {base}/v1/verify`` with ``{"items": [{"id", "address"}], "deadline_ms"}`` is answered 200
``{"items": [{"id", "status", "reason", "flags", "raw", "retry_after_s", "cost"}]}``, or 202
``{"job", "poll_after_s"}``. Then ``GET {base}/v1/jobs/{job}?cursor=`` is answered 202 as long as it
takes, and 200 with items and a ``next_cursor`` that is null at the end.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.validation.providers.http import ProviderHttp, Reply, bounded_wait
from app.validation.providers.items import outcome_of
from app.validation.providers.outcomes import Failure, Outcome, ProviderFailed, failed

ACCEPTED = 202
JOB = re.compile(r"[\w-]{1,100}", re.ASCII).fullmatch
SHORTEST_POLL_S, LONGEST_POLL_S = 0.05, 30.0

TOO_LATE = Failure("took too long", True, 300.0)
LEFT_OUT = Failure("left it out", True, 3600.0)
STRANGE = Failure("answered in another form", True, 900.0)


class ContractVerifier:
    name = "contract"
    max_batch = 100

    def __init__(self, base_url: str, key: str | None) -> None:
        self._http = ProviderHttp(base_url, {"Authorization": f"Bearer {key}"} if key else {})

    async def close(self) -> None:
        await self._http.close()

    async def verify(self, batch: Sequence[str], *, deadline: float) -> list[Outcome]:
        """What came before a failure or the deadline counts."""
        asked = {str(place): address for place, address in enumerate(batch)}
        found: dict[str, Outcome] = {}
        missing = LEFT_OUT
        try:
            async with asyncio.timeout_at(deadline):
                await self._find(asked, found, deadline)
        except TimeoutError:
            missing = TOO_LATE
        except ProviderFailed as error:
            missing = error.failure
        return [found.get(place) or failed(asked[place], missing) for place in asked]

    async def _find(
        self, asked: Mapping[str, str], found: dict[str, Outcome], deadline: float
    ) -> None:
        items = [{"id": place, "address": address} for place, address in asked.items()]
        left_s = max(deadline - asyncio.get_running_loop().time(), 0.0)
        reply = await self._http.ask(
            "POST",
            "/v1/verify",
            json={"items": items, "deadline_ms": int(left_s * 1000)},
            headers={"Idempotency-Key": idempotency_key(asked.values(), datetime.now(UTC))},
        )
        if reply.status == ACCEPTED:
            await self._follow(reply, asked, found)
        else:
            _take(reply.body, asked, found)

    async def _follow(
        self, reply: Reply, asked: Mapping[str, str], found: dict[str, Outcome]
    ) -> None:
        """Page by page, as they are ready; a question that changes nothing may be asked again."""
        job = _member(reply.body, "job")
        if not isinstance(job, str) or not JOB(job):
            raise ProviderFailed(STRANGE)
        cursor: str | None = None
        while True:
            while reply.status == ACCEPTED:
                await asyncio.sleep(_poll_after(reply.body))
                reply = await self._poll(job, cursor)
            last, cursor = cursor, _take(reply.body, asked, found)
            if cursor is None:
                return
            if cursor == last:
                raise ProviderFailed(STRANGE)
            reply = await self._poll(job, cursor)

    async def _poll(self, job: str, cursor: str | None) -> Reply:
        """The job was taken, so what it costs is spent, whatever happens now."""
        query = {"cursor": cursor} if cursor else {}
        while True:
            try:
                return await self._http.ask("GET", f"/v1/jobs/{job}", params=query)
            except ProviderFailed as error:
                again = error.failure.again
                if again is None:
                    raise ProviderFailed(error.failure._replace(spent=True)) from None
                await asyncio.sleep(min(again, LONGEST_POLL_S))


def idempotency_key(addresses: Iterable[str], now: datetime) -> str:
    """The same addresses are one question, for a day."""
    text = "\n".join([*sorted(addresses), now.date().isoformat()])
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _take(body: Any, asked: Mapping[str, str], found: dict[str, Outcome]) -> str | None:
    """The items that were asked for, each once; gives the cursor of the next page."""
    items = _member(body, "items")
    if not isinstance(items, list):
        raise ProviderFailed(STRANGE)
    for item in items:
        place = _member(item, "id")
        if isinstance(place, str) and place in asked and place not in found:
            found[place] = outcome_of(item, asked[place])
    cursor = _member(body, "next_cursor")
    return cursor if isinstance(cursor, str) and cursor else None


def _poll_after(body: Any) -> float:
    given = _member(body, "poll_after_s")
    seconds = float(given) if isinstance(given, int | float) else 1.0
    return bounded_wait(seconds, SHORTEST_POLL_S, LONGEST_POLL_S)


def _member(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, dict) else None
