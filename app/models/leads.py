"""People, their memberships in campaigns, what happened to them, and the memory of deletions."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.schema import (
    Base,
    BigId,
    Document,
    Key,
    Moment,
    Now,
    Off,
    OptionalBigId,
    OptionalDocument,
    OptionalMoment,
    OptionalSorted,
    OptionalWord,
    Sorted,
    TenantKey,
    Word,
    Words,
)


class Lead(Base):
    """A person.

    One per email key per workspace. ``custom_fields`` are merged over all that was given.
    """

    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("workspace_id", "email"),
        Index("leads_workspace_id_domain_idx", "workspace_id", text("split_part(email, '@', 2)")),
    )

    workspace_id: Mapped[TenantKey]
    id: Mapped[Key]
    email: Mapped[Sorted]
    """The email key, see app.identity."""
    email_given: Mapped[OptionalWord]
    """The address as it was given, when that differs from the key."""
    first_name: Mapped[OptionalWord]
    last_name: Mapped[OptionalWord]
    phone_number: Mapped[OptionalWord]
    company_name: Mapped[OptionalWord]
    website: Mapped[OptionalWord]
    location: Mapped[OptionalWord]
    linkedin_profile: Mapped[OptionalWord]
    company_url: Mapped[OptionalWord]
    job_title: Mapped[OptionalWord]
    city: Mapped[OptionalWord]
    country: Mapped[OptionalWord]
    industry: Mapped[OptionalWord]
    company_size: Mapped[OptionalWord]
    revenue: Mapped[OptionalWord]
    language: Mapped[OptionalWord]
    linkedin_key: Mapped[OptionalSorted]
    custom_fields: Mapped[Document]
    created_at: Mapped[Now]
    updated_at: Mapped[Now]


class LeadLinkedin(Base):
    """Which lead owns a LinkedIn profile. A batch claims keys here before its leads exist."""

    __tablename__ = "lead_linkedin"

    workspace_id: Mapped[TenantKey]
    linkedin_key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    lead_id: Mapped[BigId]


class CampaignLead(Base):
    """A membership: a lead in a campaign. ``custom_fields`` are those given for this campaign.

    No foreign key to the campaign: whoever writes memberships has entered it, and so holds the lock
    that the key would take again for each of them.
    """

    __tablename__ = "campaign_leads"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "lead_id"], ["leads.workspace_id", "leads.id"]),
        UniqueConstraint("workspace_id", "lead_id", "campaign_id"),
    )

    workspace_id: Mapped[TenantKey]
    campaign_id: Mapped[TenantKey]
    id: Mapped[Key]
    """SmartLead's ``campaign_lead_map_id``."""
    lead_id: Mapped[BigId]
    status: Mapped[Word]
    paused_from: Mapped[OptionalWord]
    invalid_from: Mapped[OptionalWord]
    """The status before validation set INVALID; of an INVALID that an operator set null."""
    resume_at: Mapped[OptionalMoment]
    category_id: Mapped[int | None]
    step: Mapped[int] = mapped_column(server_default=text("0"))
    """The last step that was sent; 0 before the first."""
    source: Mapped[OptionalWord]
    tags: Mapped[Words]
    notes: Mapped[OptionalWord]
    custom_fields: Mapped[Document]
    import_id: Mapped[OptionalBigId]
    row_no: Mapped[int | None]
    passed_blocks: Mapped[Words]
    """Entries of the block list that were passed over by name at entry.

    They do not stop sending.
    """
    contacted_at: Mapped[OptionalMoment]
    replied_at: Mapped[OptionalMoment]
    last_activity_at: Mapped[OptionalMoment]
    created_at: Mapped[Now]
    updated_at: Mapped[Now]


class LeadEvent(Base):
    """What happened to a membership or a lead.

    Only what cannot be derived from other rows is written.
    """

    __tablename__ = "lead_events"
    __table_args__ = (
        Index(None, "workspace_id", "lead_id", "id"),
        Index(None, "workspace_id", "campaign_id", "id"),
    )

    workspace_id: Mapped[TenantKey]
    id: Mapped[Key]
    lead_id: Mapped[BigId]
    campaign_id: Mapped[OptionalBigId]
    type: Mapped[Word]
    source: Mapped[Word]
    at: Mapped[Now]
    data: Mapped[Document]


class Validation(Base):
    """What was found out about a lead's address; what DNS said is kept once, in mail_domains.

    It holds for ``email`` only: a lead whose address was changed since waits for another one.
    """

    __tablename__ = "validations"

    workspace_id: Mapped[TenantKey]
    lead_id: Mapped[TenantKey]
    email: Mapped[Sorted]
    result: Mapped[Word]
    reason: Mapped[Word]
    level: Mapped[Word]
    disposable: Mapped[Off]
    role: Mapped[Off]
    free: Mapped[Off]
    privacy_relay: Mapped[Off]
    catch_all: Mapped[bool | None]
    suggestion: Mapped[OptionalWord]
    source: Mapped[Word]
    """Who found it out."""
    rules_version: Mapped[int]
    checked_at: Mapped[Moment]
    evidence: Mapped[OptionalDocument]
    """Of this address alone."""


class Unvalidated(Base):
    """Who waits to be checked: whoever has a row here is pending, unless they are invalid by a no
    that is to be confirmed.

    Those who may be checked at once have one moment in common, and so stand by domain.
    """

    __tablename__ = "unvalidated"
    __table_args__ = tuple(
        Index(
            f"unvalidated_{stage}_idx",
            *("workspace_id", "due_at", "domain"),
            postgresql_where=text(f"stage = '{stage}'"),
        )
        for stage in ("domain", "mailbox")
    )
    """One for each: along an index of all, somebody would be looked up through the whole queue of a
    workspace, where statistics of a moment when it was empty say that this costs the same.
    """

    workspace_id: Mapped[TenantKey]
    lead_id: Mapped[TenantKey]
    domain: Mapped[Sorted]
    stage: Mapped[str] = mapped_column(Text, server_default=text("'domain'"))
    """What is to be looked at next: the domain, or the mailbox, by a provider."""
    due_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("'epoch'")
    )
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    """How often nothing was found out."""
    reason: Mapped[OptionalWord]
    """Why the last time."""
    given: Mapped[OptionalDocument]
    """What another tool said of the address, and when; it holds as it is."""
    anew: Mapped[Off]
    """The mailbox is to be looked at, however fresh what is known of it."""


class Tombstone(Base):
    """Somebody deleted this person from this campaign; a sync must not bring them back."""

    __tablename__ = "tombstones"
    __table_args__ = (Index(None, "workspace_id", "campaign_id"),)

    workspace_id: Mapped[TenantKey]
    email: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    contacted_at: Mapped[OptionalMoment]
    replied_at: Mapped[OptionalMoment]
    deleted_at: Mapped[Moment]
