"""What is known of mail domains."""

from uuid import UUID

from sqlalchemy import Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.schema import Base, OptionalDocument, OptionalMoment


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
