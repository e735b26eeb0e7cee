"""A provider with a daily budget, which ends hard: nothing is asked that it does not cover."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from app.kit.db import Database
from app.validation.providers.outcomes import Outcome, Verifier
from app.validation.providers.repository import BudgetRepository
from app.values import ValidationReason as Reason
from app.values import ValidationResult as Result


class BudgetedVerifier:
    """All processes share the budget of a day, which begins at midnight UTC.

    It is taken before the request and settled after it: what a killed process took stays spent.
    """

    def __init__(self, verifier: Verifier, database: Database, daily: int) -> None:
        self._verifier, self._database, self._daily = verifier, database, daily
        self.name, self.max_batch = verifier.name, verifier.max_batch

    async def verify(self, batch: Sequence[str], *, deadline: float) -> list[Outcome]:
        day = datetime.now(UTC).date()
        granted = await self._take(day, len(batch))
        found: list[Outcome] = []
        if granted:
            found = await self._verifier.verify(batch[:granted], deadline=deadline)
            await self._settle(day, sum(outcome.cost for outcome in found) - granted)
        return [*found, *map(_not_covered, batch[granted:])]

    async def _take(self, day: date, wanted: int) -> int:
        async with self._database.transaction() as tx:
            budget = BudgetRepository(tx, self.name)
            granted = min(wanted, max(self._daily - await budget.hold(day), 0))
            if granted:
                await budget.spend(day, granted)
        return granted

    async def _settle(self, day: date, difference: int) -> None:
        if difference:
            async with self._database.transaction() as tx:
                await BudgetRepository(tx, self.name).spend(day, difference)


def _not_covered(address: str) -> Outcome:
    """Until tomorrow."""
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Outcome(
        address,
        Result.UNVERIFIED,
        Reason.NOT_PROBED,
        raw={"failure": "the daily budget is spent"},
        retry_after=(midnight - now).total_seconds(),
        is_try=False,
    )
