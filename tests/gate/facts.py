"""Facts and terms as the gate gets them, for one person and one campaign."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.gate.facts import Buried, Facts, Membership, Owner, Person
from app.gate.rules import Conflict, Row, Terms
from app.suppression.rules import Entry
from app.values import (
    Boundary,
    CampaignId,
    CampaignStatus,
    ClientId,
    DuplicateScope,
    FlagMeaning,
    LeadId,
    LeadStatus,
    MapId,
    SuppressionId,
    SuppressionKind,
    SuppressionSource,
    ValidationResult,
)
from app.workspaces.rules import Policy

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = CampaignId(1)
ANN, ANNS_ID = "ann@x.com", LeadId(7)
ROW = Row(ANN)


def days(count: float) -> timedelta:
    return timedelta(days=count)


WORDS: dict[str, Any] = {
    "default_scope": DuplicateScope,
    "floor": DuplicateScope,
    "boundary": Boundary,
    "duplicate_flag_meaning": FlagMeaning,
}


def policy_of(fields: dict[str, Any]) -> Policy:
    """Words may stand for themselves."""
    return Policy(**{n: WORDS[n](v) if n in WORDS else v for n, v in fields.items()})


def terms(scope: str = "workspace", policy: dict[str, Any] | None = None, **fields: Any) -> Terms:
    return Terms(
        **{
            "campaign_id": HERE,
            "client_id": None,
            "policy": policy_of(policy or {}),
            "now": NOW,
            "scope": DuplicateScope(scope),
            **fields,
        }
    )


def member(campaign_id: int = 2, **fields: Any) -> Membership:
    """Ann's membership; under way in a campaign that sends, unless told otherwise."""
    return Membership(
        **{
            "map_id": MapId(campaign_id * 10),
            "lead_id": ANNS_ID,
            "campaign_id": CampaignId(campaign_id),
            "campaign_name": f"Campaign {campaign_id}",
            "campaign_status": CampaignStatus.ACTIVE,
            "holding": False,
            "archived": False,
            "client_id": None,
            "status": LeadStatus.IN_PROGRESS,
            "tags": (),
            "contacted_at": None,
            "replied_at": None,
            "passed_blocks": (),
            **fields,
        }
    )


def buried(campaign_id: int = 2, **fields: Any) -> Buried:
    return Buried(
        **{
            "campaign_id": CampaignId(campaign_id),
            "campaign_name": f"Campaign {campaign_id}",
            "client_id": None,
            "contacted_at": None,
            "replied_at": None,
            **fields,
        }
    )


def entry(kind: SuppressionKind, text: str = ANN, **fields: Any) -> Entry:
    return Entry(
        **{
            "id": SuppressionId(1),
            "kind": kind,
            "entry": text,
            "campaign_id": None,
            "client_id": None,
            "source": SuppressionSource.API,
            "protected": False,
            "created_at": NOW,
            **fields,
        }
    )


def known(*memberships: Membership, deletions: tuple[Buried, ...] = (), **fields: Any) -> Facts:
    """Ann is known, with these memberships; mail reaches her, unless told otherwise."""
    validation = fields.pop("validation", ValidationResult.VALID)
    return Facts(Person(ANNS_ID, None, memberships, deletions, validation), **fields)


def suppressed(*entries: Entry) -> Facts:
    """Nobody knows Ann, but these entries stop her."""
    return Facts(None, entries)


def profile_of(email: str) -> Owner:
    return Owner(LeadId(9), email)


def client(number: int | None) -> ClientId | None:
    return None if number is None else ClientId(number)


def in_the_way(
    campaign_id: int,
    status: LeadStatus | None = None,
    tags: tuple[str, ...] = (),
    others: int = 0,
) -> Conflict:
    """Ann in a campaign; deleted from it when there is no status."""
    name = f"Campaign {campaign_id}"
    return Conflict(ANNS_ID, CampaignId(campaign_id), name, status, tags, others)
