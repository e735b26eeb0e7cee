"""Imports and their ledger."""

from sqlalchemy import BigInteger, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.schema import (
    Base,
    BigId,
    Count,
    Document,
    Key,
    Now,
    OptionalBigId,
    OptionalDocument,
    OptionalMoment,
    OptionalWord,
    TenantKey,
    Word,
)


class Import(Base):
    """What we made of a batch: who sent it, on which terms, and how it ended."""

    __tablename__ = "imports"
    __table_args__ = (
        Index(None, "workspace_id", "campaign_id", "id"),
        # Out of it goes whose ledger has gone: the first one is the oldest that is kept.
        Index(
            "imports_ledger_idx",
            "workspace_id",
            "finished_at",
            postgresql_where=text("ledger_removed_at is null"),
        ),
    )

    workspace_id: Mapped[TenantKey]
    id: Mapped[Key]
    campaign_id: Mapped[BigId]
    source: Mapped[Word]
    state: Mapped[Word]
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    run: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    push: Mapped[OptionalWord]
    """The name under which a sender holds several batches together."""
    settings: Mapped[Document]
    rows_total: Mapped[Count]
    rows_done: Mapped[Count]
    by_code: Mapped[Document]
    """Rows per verdict; every other count is a sum of these."""
    error: Mapped[OptionalWord]
    created_by: Mapped[OptionalBigId]
    created_at: Mapped[Now]
    started_at: Mapped[OptionalMoment]
    finished_at: Mapped[OptionalMoment]
    ledger_removed_at: Mapped[OptionalMoment]
    """When its rows became older than the workspace keeps them."""


class ImportRow(Base):
    """The ledger: one line per input row. No foreign keys; it is deleted by age.

    ``detail`` is null for a row that went in as it was given; else it holds what the answer showed
    besides the code, and for a refused row the row as it was given.
    """

    __tablename__ = "import_rows"

    workspace_id: Mapped[TenantKey]
    import_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    run: Mapped[int] = mapped_column(Integer, primary_key=True)
    row_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[OptionalWord]
    lead_id: Mapped[OptionalBigId]
    code: Mapped[Word]
    detail: Mapped[OptionalDocument]
