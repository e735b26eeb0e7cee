"""What was spent with a provider, day by day. The money is the operator's, so is the table."""

from datetime import date

from app.kit.db import Tx

# The update takes the row's lock, and gives what those before us left.
HOLD = """
insert into provider_budgets as budget (provider, day, spent) values ($1, $2, 0)
on conflict (provider, day) do update set spent = budget.spent
returning spent
"""
SPEND = """
update provider_budgets set spent = greatest(spent + $3, 0) where provider = $1 and day = $2
"""


class BudgetRepository:
    def __init__(self, tx: Tx, provider: str) -> None:
        self._tx, self._provider = tx, provider

    async def hold(self, day: date) -> int:
        """What is spent; nobody else spends until this transaction ends."""
        [row] = await self._tx.rows(HOLD, self._provider, day)
        spent: int = row["spent"]
        return spent

    async def spend(self, day: date, look_ups: int) -> None:
        """Fewer than none are given back."""
        await self._tx.rows(SPEND, self._provider, day, look_ups)
