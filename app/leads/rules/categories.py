"""SmartLead's categories of a reply, and what each says about the status."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.values import LeadStatus

AWAY = timedelta(days=14)
"""How long somebody is out of office who does not say."""


@dataclass(frozen=True, slots=True)
class Category:
    id: int
    name: str
    sentiment: str
    status: LeadStatus | None = None
    """What the category makes of the membership; None: nothing."""


OUT_OF_OFFICE = 6
"""An auto-reply: it pauses who is under way."""

CATEGORIES = {
    category.id: category
    for category in (
        Category(1, "Interested", "positive", LeadStatus.INTERESTED),
        Category(2, "Meeting Request", "positive", LeadStatus.INTERESTED),
        Category(3, "Not Interested", "negative", LeadStatus.NOT_INTERESTED),
        Category(4, "Do Not Contact", "negative", LeadStatus.DO_NOT_CONTACT),
        Category(5, "Information Request", "positive"),
        Category(OUT_OF_OFFICE, "Out Of Office", "neutral"),
        Category(7, "Wrong Person", "negative"),
        Category(8, "Uncategorizable by Ai", "neutral"),
        Category(9, "Sender Originated Bounce", "negative", LeadStatus.BOUNCED),
    )
}

DEFINED_AT = datetime(2026, 11, 23, tzinfo=UTC)
"""SmartLead's clients read a ``created_at``; ours are as old as the service."""
