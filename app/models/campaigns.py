"""Campaigns and their sequences."""

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.kit.schema import (
    Base,
    BigId,
    Document,
    Key,
    Now,
    Off,
    OptionalBigId,
    OptionalMoment,
    OptionalWord,
    TenantKey,
    Word,
    Words,
)


class Campaign(Base):
    """``status`` is the sending state; archived, deleted and holding stand beside it."""

    __tablename__ = "campaigns"

    workspace_id: Mapped[TenantKey]
    id: Mapped[Key]
    name: Mapped[Word]
    status: Mapped[Word]
    lead_source: Mapped[Word]
    holding: Mapped[Off]
    client_id: Mapped[OptionalBigId]
    parent_campaign_id: Mapped[OptionalBigId]
    tags: Mapped[Words]
    settings: Mapped[Document]
    schedule: Mapped[Document]
    created_by: Mapped[OptionalBigId]
    """The key that made it."""
    created_at: Mapped[Now]
    updated_at: Mapped[Now]
    archived_at: Mapped[OptionalMoment]
    deleted_at: Mapped[OptionalMoment]
    """Gone from every answer; a job removes the rows."""


class SequenceStep(Base):
    """A mail of a campaign's sequence, ``delay_days`` after the one before."""

    __tablename__ = "sequence_steps"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "campaign_id"], ["campaigns.workspace_id", "campaigns.id"]
        ),
        UniqueConstraint("workspace_id", "campaign_id", "seq_number"),
    )

    workspace_id: Mapped[TenantKey]
    id: Mapped[Key]
    campaign_id: Mapped[BigId]
    seq_number: Mapped[int]
    delay_days: Mapped[int]
    subject: Mapped[OptionalWord]
    email_body: Mapped[OptionalWord]
    extra: Mapped[Document]
    """What SmartLead's clients send besides; stored and echoed."""
    created_at: Mapped[Now]
    updated_at: Mapped[Now]
