"""Who may be written to: the check at send. Pure."""

from dataclasses import dataclass

from app.gate.facts import SENDING, Facts, Membership
from app.gate.rules import Terms, all_matching, membership_here
from app.suppression.rules import Entry
from app.values import LeadStatus, SuppressionKind, ValidationResult

SENDABLE = frozenset(
    {
        LeadStatus.NOT_CONTACTED,
        LeadStatus.REVIEWED,
        LeadStatus.SCHEDULED,
        LeadStatus.IN_PROGRESS,
    }
)


@dataclass(frozen=True, slots=True)
class SendStop:
    """A rule that keeps a mail from being sent. The codes of suppression are the gate's own."""

    code: str
    reason: str
    matched: Entry | None = None


def stops_at_send(facts: Facts, terms: Terms) -> list[SendStop]:
    """All rules that say no. Whatever the flags said at entry, opt-outs hold here."""
    here = membership_here(facts, terms)
    if here is None:
        return [SendStop("not_in_campaign", "Not in this campaign")]
    stops = []
    if here.status not in SENDABLE:
        stops.append(SendStop("status", f"The status is {here.status}"))
    if here.campaign_status not in SENDING or here.archived or here.holding:
        stops.append(SendStop("campaign", f"The campaign is not sending ({state(here)})"))
    return stops + suppressions(facts, terms, here) + validation_stops(facts, terms)


def suppressions(facts: Facts, terms: Terms, here: Membership) -> list[SendStop]:
    """The first entry of each kind that holds; a block that was passed over at entry does not."""
    stops = []
    for kind, code, reason in SUPPRESSING:
        passed = here.passed_blocks if kind is SuppressionKind.BLOCK else ()
        held = [e for e in all_matching(kind, facts, terms) if e.entry not in passed]
        stops += [SendStop(code, reason, entry) for entry in held[:1]]
    return stops


def validation_stops(facts: Facts, terms: Terms) -> list[SendStop]:
    """Nothing is sent before the address was checked, nor to one that mail cannot reach."""
    found = facts.person and facts.person.validation
    if found is None:
        return [SendStop("not_validated", "The address was not checked yet")]
    if found is ValidationResult.INVALID:
        return [SendStop("found_invalid", "Mail cannot reach the address")]
    if is_monitored(facts) and terms.policy.hold_unverified:
        return [SendStop("unverified", "Whether mail reaches the address is not known")]
    return []


def is_monitored(facts: Facts) -> bool:
    """Unverified: if they are written to, their bounces are what to look at."""
    found = facts.person and facts.person.validation
    return found is ValidationResult.UNVERIFIED


SUPPRESSING = (
    (SuppressionKind.DO_NOT_CONTACT, "do_not_contact", "Asked not to be contacted"),
    (SuppressionKind.BLOCK, "blocked", "On global block list"),
    (SuppressionKind.UNSUBSCRIBE, "unsubscribed", "Previously unsubscribed"),
)


def state(here: Membership) -> str:
    if here.holding:
        return "a holding list"
    return "archived" if here.archived else here.campaign_status.value
