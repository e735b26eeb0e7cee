"""What an entry of a suppression list is, and which entries stop an address. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.identity import GIVEN_LENGTH, domain_key, email_identity, visible
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

    def told(self) -> dict[str, Any]:
        """What the audit log keeps of it."""
        return {
            "kind": self.kind,
            "entry": self.entry,
            "campaign_id": self.campaign_id,
            "client_id": self.client_id,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Refused:
    """A text that is no entry, and where in the request it stands."""

    field: str
    index: int
    text: str

    reason = "Neither an email address nor a domain."

    @property
    def pointer(self) -> str:
        return f"/{self.field}/{self.index}"


@dataclass(frozen=True, slots=True)
class Reach:
    """Where an entry holds: everywhere, in one campaign, or in one client's campaigns."""

    campaign_id: CampaignId | None = None
    client_id: ClientId | None = None


EVERYWHERE = Reach()


@dataclass(frozen=True, slots=True)
class Listed:
    """Which entries a list shows; what is None does not narrow it."""

    containing: str | None = None
    any_of: Sequence[str] | None = None
    reach: Reach = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are to be lifted: by id, or as they are written, of exactly this reach."""

    ids: Sequence[SuppressionId] = ()
    texts: Sequence[str] = ()
    reach: Reach = EVERYWHERE


def parse_entries(given: Mapping[str, Sequence[str]]) -> tuple[list[str], list[Refused]]:
    """The entries of a request's fields, and the texts that are none."""
    entries, refused = [], []
    for field, texts in given.items():
        for index, text in enumerate(texts):
            if entry := parse_entry(text):
                entries.append(entry)
            else:
                refused.append(Refused(field, index, text))
    return entries, refused


def parse_entry(text: str) -> str | None:
    """The entry that somebody means; None when it is neither an address nor a domain.

    ``@x.com`` and ``*@x.com`` are ways to write ``x.com``. No entry stops a whole top-level domain.
    """
    if len(text) > GIVEN_LENGTH:
        return None
    text = visible(text)
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


def would_stop(text: str) -> list[str] | None:
    """Every entry that would stop this address, or this domain; None when it is neither."""
    entry = parse_entry(text)
    if entry is None or entry.startswith(BELOW):
        return None
    return candidates(entry) if "@" in entry else domain_candidates(entry)


def searched(text: str) -> str:
    """A part of an entry as entries are written: in lower case, whole domains in punycode."""
    part = text.strip().lower()
    return part if part.isascii() else parse_entry(part) or part
