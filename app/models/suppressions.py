"""The block list, the unsubscribe list and the do-not-contact list."""

from sqlalchemy import Index, TextClause, UniqueConstraint, text
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
from app.values import SuppressionKind


def of_kind(kind: SuppressionKind) -> TextClause:
    """One list. Its own index shows it in pages, and cannot be taken for a search by entry.

    An index on (workspace_id, kind, id) would be, on an empty table: there a scan of the whole
    workspace costs no more, and a kept plan stays when the table grows.
    """
    return text(f"kind = '{kind}'")


class Suppression(Base):
    """``entry`` is an email key, a domain (that alone) or ``*.domain`` (it and all below it).

    ``protected``: made by the person, so no operator may lift it.
    """

    __tablename__ = "suppressions"
    __table_args__ = (
        *(
            Index(f"suppressions_{kind}_idx", "workspace_id", "id", postgresql_where=of_kind(kind))
            for kind in SuppressionKind
        ),
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
