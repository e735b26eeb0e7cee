"""Reacher, ``POST /v1/check_email``: one address for each request (reacherhq/check-if-email-exists,
backend/openapi.json).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.validation.providers.contract import STRANGE, TOO_LATE
from app.validation.providers.http import ProviderHttp
from app.validation.providers.outcomes import Failure, Outcome, ProviderFailed, failed, storable
from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result

Said = tuple[Result, Reason]
AT_ONCE = 5
"""What its own documentation recommends."""
NOT_ASKED = Failure("was not asked any more", False, 60.0)


class ReacherVerifier:
    name = "reacher"
    max_batch = 50

    def __init__(self, base_url: str, key: str | None) -> None:
        """A server of one's own asks for the one header, the hosted one for the other."""
        headers = {"Authorization": key, "x-reacher-secret": key} if key else {}
        self._http = ProviderHttp(base_url, headers)

    async def close(self) -> None:
        await self._http.close()

    async def verify(self, batch: Sequence[str], *, deadline: float) -> list[Outcome]:
        """After a first failure nobody else is asked for: the next would fail, too."""
        found: dict[str, Outcome] = {}
        slots = asyncio.Semaphore(AT_ONCE)
        broken = asyncio.Event()

        async def one(address: str) -> None:
            async with slots:
                if not broken.is_set():
                    found[address] = await self._one(address, deadline, broken)

        async with asyncio.TaskGroup() as group:
            for address in dict.fromkeys(batch):
                group.create_task(one(address))
        return [found.get(address) or failed(address, NOT_ASKED) for address in batch]

    async def _one(self, address: str, deadline: float, broken: asyncio.Event) -> Outcome:
        try:
            async with asyncio.timeout_at(deadline):
                reply = await self._http.ask("POST", "/v1/check_email", json={"to_email": address})
            return outcome_of(reply.body, address)
        except TimeoutError:
            failure = TOO_LATE
        except ProviderFailed as error:
            failure = error.failure
        broken.set()
        return failed(address, failure)


def outcome_of(body: Any, address: str) -> Outcome:
    """Raises ProviderFailed where it is no answer of Reacher's."""
    if not isinstance(body, dict) or body.get("is_reachable") not in REACHABLE:
        raise ProviderFailed(STRANGE)
    status, reason = REACHABLE[body["is_reachable"]](body)
    misc, smtp = _part(body, "misc"), _part(body, "smtp")
    flags = {
        "disposable": misc.get("is_disposable"),
        "role": misc.get("is_role_account"),
        "free": misc.get("is_b2c"),
        "catch_all": smtp.get("is_catch_all"),
    }
    return Outcome(
        address,
        status,
        reason,
        flags={name: held for name, held in flags.items() if isinstance(held, bool)},
        raw=storable({"is_reachable": body["is_reachable"], "smtp": body.get("smtp")}),
        cost=1,
    )


def _invalid(body: Mapping[str, Any]) -> Said:
    """Only what a mail host said. Reacher asks for MX records alone, so a domain that has none and
    takes mail anyway (RFC 5321, 5.1) is invalid for it; that stage is ours.
    """
    smtp = _part(body, "smtp")
    if _part(body, "syntax").get("is_valid_syntax") is False:
        return Result.INVALID, Reason.SYNTAX
    if smtp.get("is_disabled") is True:
        return Result.INVALID, Reason.MAILBOX_DISABLED
    if smtp.get("can_connect_smtp") is True and smtp.get("is_deliverable") is False:
        return Result.INVALID, Reason.MAILBOX_NOT_FOUND
    return Result.UNVERIFIED, Reason.PROVIDER_OPAQUE


def _risky(body: Mapping[str, Any]) -> Said:
    """A role's or a disposable mailbox is risky for it, and there for us: those are flags."""
    smtp = _part(body, "smtp")
    if smtp.get("is_catch_all") is True:
        return Result.UNVERIFIED, Reason.CATCH_ALL
    if smtp.get("has_full_inbox") is True:
        return Result.UNVERIFIED, Reason.MAILBOX_FULL
    if smtp.get("is_deliverable") is True:
        return Result.VALID, Reason.ACCEPTED
    return Result.UNVERIFIED, Reason.PROVIDER_OPAQUE


def _unknown(body: Mapping[str, Any]) -> Said:
    described = _part(body, "smtp").get("description")
    reason = DESCRIBED.get(described) if isinstance(described, str) else None
    return Result.UNVERIFIED, reason or Reason.PROVIDER_OPAQUE


def _safe(body: Mapping[str, Any]) -> Said:  # noqa: ARG001  # one of a table
    return Result.VALID, Reason.ACCEPTED


REACHABLE: Mapping[str, Callable[[Mapping[str, Any]], Said]] = {
    "safe": _safe,
    "risky": _risky,
    "invalid": _invalid,
    "unknown": _unknown,
}
DESCRIBED = {"IpBlacklisted": Reason.SENDER_BLOCKED, "NeedsRDNS": Reason.NEEDS_PTR}


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Each part may be an error instead."""
    part = body.get(name)
    return part if isinstance(part, dict) else {}
