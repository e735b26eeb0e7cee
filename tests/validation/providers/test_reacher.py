"""Reacher's answers, in our words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.validation.providers.reacher import ReacherVerifier
from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result
from tests.providers import Answer, Provider, Script, provider
from tests.validation.providers.asking import ANN, BOB, KEY, asked, said

OPAQUE = (Result.UNVERIFIED, Reason.PROVIDER_OPAQUE)
FAILED = (Result.UNVERIFIED, Reason.PROVIDER_ERROR)


@asynccontextmanager
async def reacher(*answers: Answer | Script) -> AsyncIterator[tuple[ReacherVerifier, Provider]]:
    async with provider(*answers) as served:
        verifier = ReacherVerifier(served.url, KEY)
        try:
            yield verifier, served
        finally:
            await verifier.close()


def body(is_reachable: str, *, valid_syntax: bool = True, **smtp: Any) -> dict[str, Any]:
    """As its documentation shows it."""
    return {
        "input": ANN,
        "is_reachable": is_reachable,
        "misc": {"is_disposable": False, "is_role_account": True, "is_b2c": False},
        "mx": {"accepts_mail": True, "records": ["mx.example.com."]},
        "smtp": {
            "can_connect_smtp": True,
            "has_full_inbox": False,
            "is_catch_all": False,
            "is_deliverable": True,
            "is_disabled": False,
            **smtp,
        },
        "syntax": {"domain": "example.com", "is_valid_syntax": valid_syntax, "username": "ann"},
    }


ERROR = {"error": {"type": "TimeoutError", "message": "timed out"}}
WORDS = {
    "safe": (body("safe"), (Result.VALID, Reason.ACCEPTED)),
    "a role's mailbox": (body("risky"), (Result.VALID, Reason.ACCEPTED)),
    "catch-all": (body("risky", is_catch_all=True), (Result.UNVERIFIED, Reason.CATCH_ALL)),
    "full": (body("risky", has_full_inbox=True), (Result.UNVERIFIED, Reason.MAILBOX_FULL)),
    "not deliverable, and yet risky": (body("risky", is_deliverable=False), OPAQUE),
    "no such mailbox": (
        body("invalid", is_deliverable=False),
        (Result.INVALID, Reason.MAILBOX_NOT_FOUND),
    ),
    "disabled": (body("invalid", is_disabled=True), (Result.INVALID, Reason.MAILBOX_DISABLED)),
    "no address": (body("invalid", valid_syntax=False), (Result.INVALID, Reason.SYNTAX)),
    "no MX, which proves nothing": (
        {**body("invalid"), "mx": {"accepts_mail": False, "records": []}, "smtp": ERROR},
        OPAQUE,
    ),
    "invalid without a connection": (
        body("invalid", can_connect_smtp=False, is_deliverable=False),
        OPAQUE,
    ),
    "unknown": ({**body("unknown"), "smtp": ERROR}, OPAQUE),
    "we are blocked": (
        body("unknown", description="IpBlacklisted"),
        (Result.UNVERIFIED, Reason.SENDER_BLOCKED),
    ),
    "we have no name": (
        body("unknown", description="NeedsRDNS"),
        (Result.UNVERIFIED, Reason.NEEDS_PTR),
    ),
    "another word": (body("maybe"), FAILED),
    "an error with 200": ({"error": "bad key"}, FAILED),
    "something else": (["safe"], FAILED),
}


@pytest.mark.parametrize("name", WORDS)
async def test_the_words_of_reacher(name: str) -> None:
    answer, expected = WORDS[name]
    async with reacher(Answer(answer)) as (verifier, _):
        assert said(await asked(verifier)) == [expected]


async def test_one_request_for_each_address() -> None:
    async with reacher(Answer(body("safe"))) as (verifier, served):
        found = await asked(verifier, *(f"p{n}@example.com" for n in range(12)), "p3@example.com")
    assert {one.status for one in found} == {Result.VALID}
    assert found[0].flags == {"disposable": False, "role": True, "free": False, "catch_all": False}
    assert found[0].raw["is_reachable"] == "safe"
    assert sorted(served.addresses) == sorted(f"p{n}@example.com" for n in range(12))
    assert {(one.method, one.path) for one in served.asked} == {("POST", "/v1/check_email")}
    assert served.asked[0].headers["x-reacher-secret"] == KEY
    assert served.asked[0].headers["authorization"] == KEY


@pytest.mark.parametrize(
    ("answer", "costs", "retry_after"),
    [
        (Answer(status=429, headers={"Retry-After": "90"}), {0}, 90),
        (Answer(status=500), {0, 1}, 300),
        (Answer(cut=True), {0, 1}, 300),
    ],
)
async def test_after_a_failure_nobody_else_is_asked_for(
    answer: Answer, costs: set[int], retry_after: float
) -> None:
    async with reacher(answer) as (verifier, served):
        found = await asked(verifier, *(f"p{n}@example.com" for n in range(30)))
    assert set(said(found)) == {FAILED}
    assert {one.cost for one in found} == costs
    assert {one.retry_after for one in found} == {60, retry_after}
    assert len(served.asked) <= 5


async def test_the_deadline_ends_it() -> None:
    async with reacher(Answer(body("safe")), Answer(body("safe"), delay_s=5)) as (verifier, _):
        found = await asked(verifier, ANN, BOB, within_s=0.5)
    assert sorted(said(found)) == sorted([(Result.VALID, Reason.ACCEPTED), FAILED])
