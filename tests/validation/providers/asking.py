"""What the tests of providers do again and again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.validation.providers.contract import ContractVerifier
from app.validation.providers.outcomes import Outcome, Verifier
from app.values import ValidationReason, ValidationResult
from tests.providers import Answer, Provider, Script, provider

KEY = "the-key-of-the-provider"
ANN, BOB = "ann@example.com", "bob@example.com"
Said = tuple[ValidationResult, ValidationReason]


@asynccontextmanager
async def contract(*answers: Answer | Script) -> AsyncIterator[tuple[ContractVerifier, Provider]]:
    async with provider(*answers) as served:
        verifier = ContractVerifier(served.url + "/base/", KEY)
        try:
            yield verifier, served
        finally:
            await verifier.close()


async def asked(verifier: Verifier, *batch: str, within_s: float = 10) -> list[Outcome]:
    deadline = asyncio.get_running_loop().time() + within_s
    found = await verifier.verify(batch or (ANN,), deadline=deadline)
    assert [one.address for one in found] == list(batch or (ANN,))
    return found


def said(outcomes: Sequence[Outcome]) -> list[Said]:
    return [(one.status, one.reason) for one in outcomes]
