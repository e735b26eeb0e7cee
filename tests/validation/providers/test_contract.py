"""Our own wire contract, well kept and badly."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import orjson
import pytest

from app.validation.providers.contract import ContractVerifier, idempotency_key
from app.values import ValidationLevel
from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result
from tests.providers import Answer, Asked, items
from tests.validation.providers.asking import ANN, BOB, KEY, asked, contract, said

FAILED = (Result.UNVERIFIED, Reason.PROVIDER_ERROR)
VALID = (Result.VALID, Reason.PROVIDER_CONFIRMED)


async def test_a_batch_is_asked_for_and_answered() -> None:
    def answer(request: Asked) -> Answer:
        first, second = request.body["items"]
        return Answer(
            {
                "items": [
                    {
                        "id": second["id"],
                        "status": "unverified",
                        "reason": "greylisted",
                        "flags": {"role": True, "catch_all": None, "colour": True, "free": "yes"},
                        "raw": {"text": "450\x00 later"},
                        "retry_after_s": 900,
                        "cost": 0,
                    },
                    {"id": first["id"], "status": "valid"},
                    {"id": "17", "status": "invalid"},
                ]
            }
        )

    async with contract(answer) as (verifier, served):
        ann, bob = await asked(verifier, ANN, BOB)
    assert (ann.status, ann.reason, ann.level) == (*VALID, ValidationLevel.PROVIDER)
    assert (ann.flags, ann.raw, ann.cost, ann.retry_after) == ({}, {}, 1, None)
    assert (bob.status, bob.reason) == (Result.UNVERIFIED, Reason.GREYLISTED)
    assert (bob.flags, bob.raw) == ({"role": True}, {"text": "450\ufffd later"})
    assert (bob.cost, bob.retry_after) == (0, 900)
    [request] = served.asked
    assert (request.method, request.path) == ("POST", "/base/v1/verify")
    assert request.body["items"] == [{"id": "0", "address": ANN}, {"id": "1", "address": BOB}]
    assert 9_000 < request.body["deadline_ms"] <= 10_000
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["idempotency-key"] == idempotency_key([BOB, ANN], datetime.now(UTC))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"status": "valid", "reason": "accepted"}, (Result.VALID, Reason.ACCEPTED)),
        ({"status": "invalid"}, (Result.INVALID, Reason.PROVIDER_CONFIRMED)),
        (
            {"status": "invalid", "reason": "mailbox_not_found"},
            (Result.INVALID, Reason.MAILBOX_NOT_FOUND),
        ),
        ({"status": "unverified"}, (Result.UNVERIFIED, Reason.PROVIDER_OPAQUE)),
        ({"status": "unverified", "reason": "accepted"}, FAILED),
        ({"status": "invalid", "reason": "timeout"}, (Result.UNVERIFIED, Reason.TIMEOUT)),
        ({"status": "invalid", "reason": "rate_limited"}, (Result.UNVERIFIED, Reason.RATE_LIMITED)),
        ({"status": "invalid", "reason": "accepted"}, FAILED),
        ({"status": "valid", "reason": "catch_all"}, (Result.UNVERIFIED, Reason.CATCH_ALL)),
        ({"status": "valid", "reason": "mailbox_not_found"}, FAILED),
        ({"status": "valid", "reason": "because"}, FAILED),
        ({"status": "invalid", "reason": 7}, FAILED),
        ({"status": "VALID"}, FAILED),
        ({"status": "error"}, FAILED),
        ({"status": None}, FAILED),
        ({"status": ["valid"]}, FAILED),
        ({}, FAILED),
    ],
)
async def test_only_what_is_understood_is_a_verdict(item: Any, expected: Any) -> None:
    async with contract(Answer({"items": [{"id": "0", **item}]})) as (verifier, _):
        assert said(await asked(verifier)) == [expected]


async def test_whoever_is_left_out_is_not_known() -> None:
    async with contract(Answer({"items": [{"id": "1", "status": "valid"}, 7, {"id": 0}]})) as (
        verifier,
        _,
    ):
        found = await asked(verifier, ANN, BOB)
    assert said(found) == [FAILED, VALID]
    assert found[0].raw == {"failure": "left it out"}


@pytest.mark.parametrize(
    ("answer", "cause", "cost", "retry_after"),
    [
        (Answer(status=429, headers={"Retry-After": "7"}), "answered 429", 0, 7),
        (Answer(status=503, headers={"Retry-After": "999999"}), "answered 503", 0, 86_400),
        (Answer(status=429, headers={"Retry-After": "soon"}), "answered 429", 0, 60),
        (Answer(status=429, headers={"Retry-After": "nan"}), "answered 429", 0, 86_400),
        (Answer(status=401), "answered 401", 0, 900),
        (Answer(status=302, headers={"Location": "http://127.0.0.1:1/"}), "answered 302", 0, 900),
        (Answer(status=500), "answered 500", 1, 300),
        (Answer(cut=True), "was lost on the way: RemoteProtocolError", 1, 300),
        (Answer(b'{"items": [', 200), "answered no JSON", 1, 300),
        (Answer(b"", 200), "answered no JSON", 1, 300),
        (Answer(b" " * (5 * 1024 * 1024)), "answered too much", 1, 300),
        (Answer({"result": "error", "error": "bad key"}), "answered in another form", 1, 900),
        (Answer({"items": {"0": "valid"}}), "answered in another form", 1, 900),
        (Answer([]), "answered in another form", 1, 900),
        (Answer({"job": "../keys"}, 202), "answered in another form", 1, 900),
        (Answer({"job": None}, 202), "answered in another form", 1, 900),
    ],
)
async def test_a_failure_is_no_verdict_and_is_asked_once(
    answer: Answer, cause: str, cost: int, retry_after: float
) -> None:
    async with contract(answer) as (verifier, served):
        found = await asked(verifier, ANN, BOB)
    assert said(found) == [FAILED, FAILED]
    assert [(one.raw, one.cost, one.retry_after) for one in found] == [
        ({"failure": cause}, cost, retry_after)
    ] * 2
    assert len(served.asked) == 1


async def test_the_wait_may_be_a_date() -> None:
    at = datetime.now(UTC) + timedelta(minutes=5)
    answer = Answer(status=503, headers={"Retry-After": format_datetime(at, usegmt=True)})
    async with contract(answer) as (verifier, _):
        [found] = await asked(verifier)
    assert found.retry_after
    assert 290 < found.retry_after <= 300


async def test_nobody_is_there() -> None:
    async with contract(Answer()) as (_, served):
        pass
    verifier = ContractVerifier(served.url, None)
    [found] = await asked(verifier)
    await verifier.close()
    assert (found.raw, found.cost, found.retry_after) == ({"failure": "cannot be reached"}, 0, 60)


async def test_the_deadline_ends_it() -> None:
    began = asyncio.get_running_loop().time()
    async with contract(Answer({"items": []}, delay_s=5)) as (verifier, served):
        found = await asked(verifier, within_s=0.2)
        assert asyncio.get_running_loop().time() - began < 2
    assert said(found) == [FAILED]
    assert (found[0].raw, found[0].cost) == ({"failure": "took too long"}, 1)
    assert len(served.asked) == 1


def page(place: str, cursor: str | None, status: str = "valid") -> Answer:
    return Answer({"items": [{"id": place, "status": status}], "next_cursor": cursor})


async def test_a_job_is_followed_page_by_page() -> None:
    working = Answer({"job": "j-1", "poll_after_s": 0.05}, 202)
    lost, busy = Answer(cut=True), Answer(status=429, headers={"Retry-After": "1"})
    answers = (working, working, lost, busy, page("0", "c/2"), page("1", None, "invalid"))
    async with contract(*answers) as (verifier, served):
        found = await asked(verifier, ANN, BOB)
    assert said(found) == [VALID, (Result.INVALID, Reason.PROVIDER_CONFIRMED)]
    assert [(one.method, one.path) for one in served.asked] == [
        ("POST", "/base/v1/verify"),
        *[("GET", "/base/v1/jobs/j-1")] * 4,
        ("GET", "/base/v1/jobs/j-1?cursor=c%2F2"),
    ]


@pytest.mark.parametrize(
    "end",
    [Answer(status=404), Answer(b"{"), Answer({"items": None}), page("0", "2", "invalid")],
)
async def test_what_a_job_told_before_it_failed_counts(end: Answer) -> None:
    working = Answer({"job": "j", "poll_after_s": 0.05}, 202)
    async with contract(working, page("0", "2"), end) as (verifier, _):
        ann, bob = await asked(verifier, ANN, BOB)
    assert said([ann, bob]) == [VALID, FAILED]
    assert bob.cost == 1


async def test_a_job_that_does_not_end_is_left_at_the_deadline() -> None:
    async with contract(Answer({"job": "j", "poll_after_s": 0}, 202)) as (verifier, served):
        [found] = await asked(verifier, within_s=0.5)
    assert found.raw == {"failure": "took too long"}
    assert 2 < len(served.asked) < 20


async def test_addresses_are_in_no_path_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    answers = (Answer({"job": "j", "poll_after_s": 0.05}, 202), Answer(status=400))
    async with contract(*answers) as (verifier, served):
        await asked(verifier)
    assert not any("@" in one.path or "ann" in one.path for one in served.asked)
    assert "a provider failed: it answered 400" in caplog.text
    assert "ann" not in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ({"a": ["\x00b", {"\x00": 1.5}]}, {"a": ["\ufffdb", {"\ufffd": 1.5}]}),
        ([1], {"value": [1]}),
        ("text", {"value": "text"}),
        (None, {}),
    ],
)
async def test_raw_answers_can_be_stored(raw: Any, stored: Any) -> None:
    async with contract(items(raw=raw)) as (verifier, _):
        [found] = await asked(verifier)
    assert found.raw == stored


async def test_long_and_deep_answers_are_cut() -> None:
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    for raw in ("x" * 10_000, {"deep": deep}, {"many": list(range(9_999))}):
        async with contract(items(raw=raw)) as (verifier, _):
            [found] = await asked(verifier)
        assert found.status is Result.VALID
        assert len(orjson.dumps(found.raw)) <= 4_096
