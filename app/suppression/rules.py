"""What an entry of a suppression list is, and which entries stop an address. Pure."""

from dataclasses import dataclass
from datetime import datetime

from app.identity import domain_key, email_identity
from app.values import CampaignId, ClientId, SuppressionId, SuppressionKind, SuppressionSource

BELOW = "*."


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list: an email key, a domain (alone) or ``*.domain`` (it and all below it)."""

    id: SuppressionId
    kind: SuppressionKind
    entry: str
    campaign_id: CampaignId | None
    client_id: ClientId | None
    source: SuppressionSource
    protected: bool
    created_at: datetime


def parse_entry(text: str) -> str | None:
    """The entry that somebody means; None when it is neither an address nor a domain.

    ``@x.com`` and ``*@x.com`` are ways to write ``x.com``. No entry stops a whole top-level domain.
    """
    text = text.strip()
    if text.startswith(BELOW) and "@" not in text:
        domain = domain_key(text.removeprefix(BELOW))
        return domain and BELOW + domain
    local, at, domain = text.rpartition("@")
    if not at or local in ("", "*"):
        return domain_key(domain)
    found = email_identity(text)
    return found.key if found else None


def candidates(email_key: str) -> list[str]:
    """Every entry that would stop this address, the address itself first."""
    return [email_key, *domain_candidates(email_key.rpartition("@")[2])]


def domain_candidates(domain: str) -> list[str]:
    """``b.x.com`` → ``b.x.com``, ``*.b.x.com``, ``*.x.com``: parents down to two labels."""
    found = [domain, BELOW + domain]
    while domain.count(".") > 1:
        domain = domain.partition(".")[2]
        found.append(BELOW + domain)
    return found
