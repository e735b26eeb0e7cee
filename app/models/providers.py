"""What is spent with services outside.

No tenant table refers to it: the contract with a provider is the operator's.
"""

from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.schema import Base, Count


class ProviderBudget(Base):
    """Look-ups that were paid, or may have been, in a day of UTC."""

    __tablename__ = "provider_budgets"

    provider: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    spent: Mapped[Count]
