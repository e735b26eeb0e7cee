"""Tenants and their API keys.

No tenant table refers to these: a workspace may live on another shard.
"""

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.schema import (
    Base,
    BigId,
    Count,
    Document,
    Key,
    Now,
    Off,
    On,
    OptionalBigId,
    OptionalDocument,
    OptionalMoment,
    OptionalWord,
    TenantKey,
    Word,
)


class Workspace(Base):
    """A tenant with its policy: who may enter which campaign, and which doors are closed."""

    __tablename__ = "workspaces"

    id: Mapped[Key]
    name: Mapped[Word]
    preset: Mapped[Word]
    default_scope: Mapped[Word]
    floor: Mapped[Word]
    boundary: Mapped[Word]
    duplicate_flag_meaning: Mapped[Word]
    recontact_after_days: Mapped[Count]
    protect_replied_days: Mapped[Count]
    workspace_lead_list: Mapped[On]
    move_leads: Mapped[On]
    export_leads: Mapped[On]
    require_validation_before_start: Mapped[Off]
    confirm_deletes: Mapped[Off]
    hold_unverified: Mapped[Off]
    check_undeliverable: Mapped[Off]
    valid_requires: Mapped[Word] = mapped_column(server_default=text("'domain'"))
    validation_max_age_days: Mapped[Count]
    """0: results are not asked for again."""
    ledger_retention_days: Mapped[int] = mapped_column(BigInteger, server_default=text("90"))
    event_retention_days: Mapped[Count]
    """0: for ever."""
    lists_revision: Mapped[Count]
    """Grows with each change of its own lists; see ``ListOverride``."""
    rules_version: Mapped[int] = mapped_column(server_default=text("1"))
    """By which all of its addresses were judged."""
    created_at: Mapped[Now]
    updated_at: Mapped[Now]


class ApiKey(Base):
    """A key, of which only a keyed hash is kept; ``prefix`` is for people to tell keys apart."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(None, "key_hash", unique=True),
        Index(None, "workspace_id", "id"),
    )

    id: Mapped[Key]
    workspace_id: Mapped[BigId]
    name: Mapped[Word]
    prefix: Mapped[Word]
    key_hash: Mapped[bytes]
    scope: Mapped[Word]
    owner: Mapped[OptionalWord]
    language: Mapped[OptionalWord]
    defaults: Mapped[Document]
    rate_limit_per_minute: Mapped[OptionalBigId]
    """None: the service's own; 0: no limit."""
    created_at: Mapped[Now]
    last_used_at: Mapped[OptionalMoment]
    expires_at: Mapped[OptionalMoment]
    revoked_at: Mapped[OptionalMoment]


class StreamTicket(Base):
    """What a browser may open in the name of a key; see app.tickets."""

    __tablename__ = "stream_tickets"
    __table_args__ = (Index(None, "workspace_id", "created_at"),)

    workspace_id: Mapped[TenantKey]
    id: Mapped[Key]
    path: Mapped[Word]
    key_id: Mapped[BigId]
    secret_hash: Mapped[bytes]
    created_at: Mapped[Now]
    opened_at: Mapped[OptionalMoment]


class AuditEntry(Base):
    """Who did what to what, with the state before and after."""

    __tablename__ = "audit_log"

    workspace_id: Mapped[TenantKey]
    id: Mapped[Key]
    at: Mapped[Now]
    key_id: Mapped[OptionalBigId]
    action: Mapped[Word]
    target: Mapped[Word]
    before: Mapped[OptionalDocument]
    after: Mapped[OptionalDocument]
