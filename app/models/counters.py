"""Kept counts: signed deltas, and the sums they are folded into."""

from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.schema import Base, BigId, Key, TenantKey, Word


class Counter(Base):
    """A folded sum of one day. What a reader wants is this plus the deltas that are left."""

    __tablename__ = "counters"

    workspace_id: Mapped[TenantKey]
    campaign_id: Mapped[TenantKey]
    counter: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    n: Mapped[BigId]


class CounterDelta(Base):
    """A signed change, written by the transaction that made it.

    No two transactions ever need the same row.
    """

    __tablename__ = "counter_deltas"

    workspace_id: Mapped[TenantKey]
    id: Mapped[Key]
    campaign_id: Mapped[BigId]
    counter: Mapped[Word]
    day: Mapped[date]
    n: Mapped[BigId]
