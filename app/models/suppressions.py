"""The block list, the unsubscribe list and the do-not-contact list."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from app.kit.schema import (
    Base,
    Key,
    Now,
    Off,
    OptionalBigId,
    Sorted,
    TenantKey,
    Word,
)


class Suppression(Base):
    """``entry`` is an email key, a domain (that domain alone) or ``*.domain`` (it and all below it).

    ``protected``: made by the person, so no operator may lift it.
    """

    __tablename__ = "suppressions"
    __table_args__ = (
        Index(None, "workspace_id", "kind", "id"),
        Index(
            None,
            "workspace_id",
            "campaign_id",
            postgresql_where=text("campaign_id is not null"),
        ),
        UniqueConstraint(
            "workspace_id",
            "entry",
            "kind",
            "campaign_id",
            "client_id",
            postgresql_nulls_not_distinct=True,
        ),
    )

    workspace_id: Mapped[TenantKey]
    id: Mapped[Key]
    kind: Mapped[Word]
    entry: Mapped[Sorted]
    campaign_id: Mapped[OptionalBigId]
    client_id: Mapped[OptionalBigId]
    source: Mapped[Word]
    protected: Mapped[Off]
    created_at: Mapped[Now]
    created_by: Mapped[OptionalBigId]
    """The key that made it; null when a person or the service did."""
