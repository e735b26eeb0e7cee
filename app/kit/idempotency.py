"""Requests that may be sent again: their answers are kept beside their effects."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.schema import Base, Now, TenantKey


class IdempotencyKey(Base):
    """What a request with an ``Idempotency-Key`` was answered. No tenant table refers to it."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"),)

    workspace_id: Mapped[TenantKey]
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """Keyed with the service's secret: what clients choose as a key is nobody's business."""
    fingerprint: Mapped[bytes]
    """Of the request: the same key with another one is a mistake of the client."""
    answer: Mapped[bytes]
    """Sealed, because it may hold what is shown only once."""
    created_at: Mapped[Now]
