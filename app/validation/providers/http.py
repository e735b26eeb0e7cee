"""Requests to a provider: bounded in time and size, and never sent twice by themselves."""

import logging
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx
import orjson

from app.validation.providers.outcomes import Failure, ProviderFailed

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(120, connect=5, write=30, pool=30)
"""Of a silence; over all there is the deadline."""
MAX_REPLY_BYTES = 4 * 1024 * 1024
LONGEST_WAIT_S, SHORTEST_WAIT_S = 86_400.0, 1.0
BUSY = {429, 503}
"""It did not look. Others than these may have happened after it did."""
BUSY_S, AWAY_S, WRONG_S, UNCLEAR_S = 60.0, 60.0, 900.0, 300.0
"""When to try again, if it does not say: a wrong key does not mend itself in a minute."""
AGAIN_S = 1.0
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Reply(NamedTuple):
    status: int
    body: Any


class ProviderHttp:
    """Redirects are not followed: addresses go to the one place that the operator named."""

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url.rstrip("/"),
            headers={**headers, "Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=TIMEOUT,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(self, method: str, path: str, **options: Any) -> Reply:
        """A 2xx with its JSON. Raises ProviderFailed."""
        try:
            async with self._http.stream(method, path, **options) as answer:
                if not answer.is_success:
                    raise _refusal(answer)
                return Reply(answer.status_code, _document(await _body(answer)))
        except NOT_SENT:
            failure = Failure("cannot be reached", False, AWAY_S, AGAIN_S)
            raise _told(failure) from None
        except httpx.HTTPError as error:
            cause = f"was lost on the way: {type(error).__name__}"
            raise _told(Failure(cause, True, UNCLEAR_S, AGAIN_S)) from None


def _refusal(answer: httpx.Response) -> ProviderFailed:
    status, wait = answer.status_code, wait_of(answer.headers)
    cause = f"answered {status}"
    if status in BUSY:
        wait = wait or BUSY_S
        return _told(Failure(cause, False, wait, wait))
    if status < 500:
        return _told(Failure(cause, False, wait or WRONG_S))
    return _told(Failure(cause, True, wait or UNCLEAR_S, AGAIN_S))


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        return bounded_wait(float(text))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return bounded_wait((at - datetime.now(UTC)).total_seconds())


def bounded_wait(
    seconds: float, shortest: float = SHORTEST_WAIT_S, longest: float = LONGEST_WAIT_S
) -> float:
    return min(max(seconds, shortest), longest) if math.isfinite(seconds) else longest


async def _body(answer: httpx.Response) -> bytes:
    parts, left = [], MAX_REPLY_BYTES
    async for part in answer.aiter_bytes():
        left -= len(part)
        if left < 0:
            raise _told(Failure("answered too much", True, UNCLEAR_S))
        parts.append(part)
    return b"".join(parts)


def _document(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _told(Failure("answered no JSON", True, UNCLEAR_S)) from None


def _told(failure: Failure) -> ProviderFailed:
    log.warning("a provider failed: it %s", failure.cause)
    return ProviderFailed(failure)
