"""``Idempotency-Key``: a request that is sent again has one effect, and one answer."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote_plus

import orjson
from fastapi import Header, Request, Response
from pydantic import AfterValidator, SecretStr

from app.kit.answers import Answer, problem_response
from app.kit.db import Tx
from app.kit.description import Responses, described
from app.kit.idempotency import KeptAnswer, RequestIdentity
from app.kit.metrics import Counted
from app.kit.problems import IdempotencyKeyInUse, IdempotencyKeyReused, Problem

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
REPLAYS = Counted("leadgate_idempotent_replays", "Answers that were given again.", ("method",))
MAX_KEPT_BYTES = 1024 * 1024
NOT_KEPT = {401, 403, 413, 415, 422, 429}
"""Answers to requests that never ran, and may be mended and sent again under the same key."""

KEY = r'[!#-~][!-~]{0,254}|"(?:[!#-\[\]-~]|\\["\\]){1,255}"'
"""Bare, as Stripe's clients send it, or quoted, as the IETF's draft has it (RFC 9651, 3.3.3)."""
ESCAPED = re.compile(r'\\(["\\])')


def of_repeats(*statuses: int) -> Responses:
    """For the ``responses`` of an endpoint that takes a key and answers with one of these."""
    header = {
        "description": "`true`: the answer to an earlier request with this key.",
        "schema": {"type": "string"},
    }
    return described(IdempotencyKeyInUse, IdempotencyKeyReused) | {
        status: {"headers": {REPLAYED: header}} for status in statuses
    }


def idempotency_key(given: str | None) -> str | None:
    """The key itself, which is the same in quotes and without."""
    if given is None:
        return None
    if not re.fullmatch(KEY, given):
        raise ValueError("1 to 255 visible ASCII characters, in quotes or without")
    return ESCAPED.sub(r"\1", given[1:-1]) if given[0] == '"' else given


KeyHeader = Annotated[
    str | None,
    Header(
        alias=HEADER,
        description="Any text of your own, such as a UUID, to send this request again with: for 24"
        " hours it has one effect and the same answer, of which lists are cut short beyond 1 MiB."
        " 1 to 255 visible ASCII characters.",
        json_schema_extra={"pattern": f"^(?:{KEY})$"},
    ),
    AfterValidator(idempotency_key),
]


def fingerprint(method: str, path: str, query: bytes, body: bytes) -> bytes:
    """By which a request is known again: 32 bytes. The API key is no part of it."""
    asked = b"&".join(
        pair
        for pair in query.split(b"&")
        if unquote_plus(pair.partition(b"=")[0].decode("latin-1")) != "api_key"
    )
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), asked, body])).digest()


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request with a key."""

    request: Request
    identity: RequestIdentity
    secret: SecretStr

    async def once(self, tx: Tx, work: Callable[[Tx], Awaitable[Response]]) -> Response:
        """The answer of the work, or the one that the request had before.

        Key, effects and answer are committed together or not at all. A problem's answer is kept
        too, beside effects that were undone.

        Raises IdempotencyKeyInUse, IdempotencyKeyReused, and problems whose answers are not kept.
        """
        kept = KeptAnswer(tx, self.secret, self.identity)
        await kept.hold()
        if before := await kept.find():
            tx.count(REPLAYS, self.request.method)
            return replayed(before)
        try:
            async with tx.savepoint():
                answer = await work(tx)
        except Problem as problem:
            if problem.status in NOT_KEPT or problem.status >= 500:
                raise
            answer = problem_response(self.request, problem)
        if short := shortened(answer):
            await kept.keep(packed(short))
        return answer


def shortened(answer: Response) -> Response | None:
    """The answer as it is kept: whole, if it is not too long. Those of problems never are."""
    if len(answer.body) <= MAX_KEPT_BYTES or not isinstance(answer, Answer):
        return answer
    return answer.shortened()


def packed(answer: Response) -> bytes:
    """Status and headers in a line of JSON, then the body as it is."""
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return orjson.dumps([answer.status_code, headers]) + b"\n" + bytes(answer.body)


def replayed(kept: bytes) -> Response:
    head, _, body = kept.partition(b"\n")
    status, headers = orjson.loads(head)
    return Response(body, status_code=status, headers={**headers, REPLAYED: "true"})
