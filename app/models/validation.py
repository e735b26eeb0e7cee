"""What is known of mail domains, and what workspaces know better."""

from uuid import UUID

from sqlalchemy import Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.schema import Base, Now, OptionalDocument, OptionalMoment, TenantKey


class ListOverride(Base):
    """What a workspace knows better than the lists of domains and names that everybody shares."""

    __tablename__ = "list_overrides"

    workspace_id: Mapped[TenantKey]
    list: Mapped[str] = mapped_column(Text, primary_key=True)
    entry: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    listed: Mapped[bool]
    updated_at: Mapped[Now]


class MailDomain(Base):
    """One row for all workspaces: DNS tells everybody the same, and is asked once."""

    __tablename__ = "mail_domains"

    domain: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    """In lower case and punycode."""
    facts: Mapped[OptionalDocument]
    fresh_until: Mapped[OptionalMoment]
    lease: Mapped[UUID | None] = mapped_column(Uuid)
    """Of whoever asks for it just now."""
    lease_until: Mapped[OptionalMoment]
