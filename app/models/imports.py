"""Imports, their ledger, and the files that they come from."""

from sqlalchemy import BigInteger, Double, Index, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.schema import (
    Base,
    BigId,
    Count,
    Document,
    Key,
    Lines,
    Now,
    OptionalBigId,
    OptionalDocument,
    OptionalMoment,
    OptionalWord,
    TenantKey,
    Word,
    Words,
)


class Import(Base):
    """What we made of a batch or a file: on which terms, how far it is, how it ended.

    While somebody holds the lease of its job, only they write this row.
    """

    __tablename__ = "imports"
    __table_args__ = (
        Index(None, "workspace_id", "campaign_id", "id"),
        Index(
            "imports_upload_idx",
            "workspace_id",
            "upload_id",
            postgresql_where=text("upload_id is not null"),
        ),
        Index(
            "imports_push_idx",
            "workspace_id",
            "push",
            "id",
            postgresql_where=text("push is not null"),
        ),
        Index(
            "imports_draft_idx",
            "workspace_id",
            "created_at",
            postgresql_where=text("state = 'draft'"),
        ),
        Index(
            "imports_undoing_idx",
            "workspace_id",
            "job_id",
            "id",
            postgresql_where=text("state = 'undoing'"),
        ),
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
    campaign_id: Mapped[OptionalBigId]
    """Where its people go, or where its entries hold; null where these hold everywhere."""
    suppresses: Mapped[OptionalWord]
    """The suppression list that it fills; null for one that brings people into a campaign."""
    source: Mapped[Word]
    upload_id: Mapped[OptionalBigId]
    format: Mapped[OptionalDocument]
    """How its file is read."""
    preview: Mapped[OptionalDocument]
    selection: Mapped[OptionalDocument]
    """What it takes of what the workspace has: a filter, or rows of another import."""
    state: Mapped[Word]
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    run: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    push: Mapped[OptionalWord]
    """The name under which a sender holds several batches together."""
    settings: Mapped[Document]
    rows_total: Mapped[Count]
    rows_done: Mapped[Count]
    cursor: Mapped[OptionalDocument]
    """Where the next chunk begins."""
    by_code: Mapped[Document]
    """Rows per verdict; every other count is a sum of these."""
    by_normalisation: Mapped[Document]
    """Addresses that were read otherwise than they were written, per reason."""
    in_the_way: Mapped[Lines]
    """Campaigns that the scope refused rows for: id, name, rows, how many of these are not active
    there, and what would let the first of them in."""
    working_s: Mapped[float] = mapped_column(Double, server_default=text("0"))
    """What the chunks of this run took together."""
    undo: Mapped[OptionalDocument]
    """How far it is undone, once somebody has asked for that; from its last row to the first."""
    job_id: Mapped[OptionalBigId]
    """The job that works on it, or was the last to."""
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
    __table_args__ = (
        # A repeated row is found by what it repeats, where no membership tells of that.
        Index(
            "import_rows_taken_idx",
            "workspace_id",
            "import_id",
            "run",
            "email",
            postgresql_where=text("taken"),
        ),
        Index(
            "import_rows_linkedin_idx",
            "workspace_id",
            "import_id",
            "run",
            "linkedin_key",
            postgresql_where=text("linkedin_key is not null"),
        ),
        # Few rows are kept of an import that is undone; they are listed.
        Index(
            "import_rows_kept_idx",
            "workspace_id",
            "import_id",
            "run",
            "row_no",
            postgresql_where=text("undo not in ('lead_removed', 'member_removed', 'restored')"),
        ),
    )

    workspace_id: Mapped[TenantKey]
    import_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    run: Mapped[int] = mapped_column(Integer, primary_key=True)
    row_no: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[OptionalWord]
    lead_id: Mapped[OptionalBigId]
    code: Mapped[Word]
    detail: Mapped[OptionalDocument]
    line: Mapped[int | None] = mapped_column(BigInteger)
    """Of the file. Null for a batch."""
    taken: Mapped[bool | None]
    """True for a row that was accepted and entered nowhere: updated, unchanged, or in a dry run."""
    linkedin_key: Mapped[OptionalWord]
    """Of an accepted row in a dry run, which claims no profile."""
    before: Mapped[OptionalDocument]
    """Of a row that was taken for somebody known: what it changed, as it was before."""
    undo: Mapped[OptionalWord]
    """What undoing made of what the row did."""


class Upload(Base):
    """A file that was sent, as text, whatever it was packed in; the bytes are in the storage."""

    __tablename__ = "uploads"
    __table_args__ = (Index(None, "workspace_id", "created_at"),)

    workspace_id: Mapped[TenantKey]
    id: Mapped[Key]
    name: Mapped[Word]
    size_bytes: Mapped[BigId]
    """As it was sent."""
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the file as it was sent."""
    packed_as: Mapped[OptionalWord]
    """``gzip``, ``xlsx``, ``utf-16`` or ``utf-32``, if it was."""
    text_bytes: Mapped[BigId]
    """As it is stored."""
    sheet: Mapped[OptionalWord]
    """Of a workbook, the one whose rows are stored; and beside it are the others."""
    other_sheets: Mapped[Words]
    created_by: Mapped[OptionalBigId]
    created_at: Mapped[Now]
