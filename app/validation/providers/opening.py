"""The provider that the settings name."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from app.kit.db import Database
from app.settings import Settings, VerifierKind
from app.validation.providers.budget import BudgetedVerifier
from app.validation.providers.contract import ContractVerifier
from app.validation.providers.outcomes import Verifier
from app.validation.providers.reacher import ReacherVerifier

KINDS: Mapping[VerifierKind, type[ContractVerifier] | type[ReacherVerifier]] = {
    VerifierKind.CONTRACT: ContractVerifier,
    VerifierKind.REACHER: ReacherVerifier,
}


@asynccontextmanager
async def open_verifier(settings: Settings, database: Database) -> AsyncIterator[Verifier | None]:
    """None where none is set, or may ever be asked. Nothing connects before it is used."""
    if settings.verifier_url is None or not settings.verifier_daily_budget:
        yield None
        return
    key = settings.verifier_key.get_secret_value() if settings.verifier_key else None
    verifier = KINDS[settings.verifier_kind](settings.verifier_url, key)
    try:
        yield BudgetedVerifier(verifier, database, settings.verifier_daily_budget)
    finally:
        await verifier.close()
