"""Who may enter a campaign, and why not: one pure function of (row, facts, terms).

The import, the dry run, the "why?" and the check at send all ask here. The first rule that stops a
row gives its code.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from app.gate.facts import UNKNOWN, Buried, Chunked, Facts, Membership
from app.suppression.rules import Entry
from app.values import (
    ACCEPTED,
    Boundary,
    CampaignId,
    ClientId,
    Code,
    DuplicateScope,
    FlagMeaning,
    LeadId,
    LeadStatus,
    Mode,
    OnLinkedinMatch,
    SuppressionKind,
)
from app.workspaces.rules import Policy


class Row(NamedTuple):
    """Whom a row is about. ``broken`` says why it is about nobody."""

    email: str | None
    linkedin: str | None = None
    broken: Code | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a whole batch.

    Where it goes, how far to look, and what the sender passes over.
    """

    campaign_id: CampaignId
    client_id: ClientId | None
    policy: Policy
    now: datetime
    scope: DuplicateScope
    """As applied: the floor is in it."""
    named_scope: bool = False
    """The request names its scope, which then speaks before SmartLead's flag."""
    mode: Mode = Mode.CREATE_ONLY
    on_linkedin_match: OnLinkedinMatch = OnLinkedinMatch.SKIP
    ignore_block_list: bool = False
    ignore_unsubscribe_list: bool = False
    ignore_undeliverable: bool = False
    ignore_recent_contact: bool = False
    restore_deleted: bool = False
    from_sync: bool = False
    chunk_of: Chunked | None = None
    """The rows are not all of their import: which one it is."""


class Conflict(NamedTuple):
    """Who stands in the way. Without a campaign when it is a person outside of any."""

    lead_id: LeadId | None
    campaign_id: CampaignId | None = None
    campaign_name: str | None = None
    status: LeadStatus | None = None
    tags: tuple[str, ...] = ()
    others: int = 0


class Verdict(NamedTuple):
    """The gate's answer for one row.

    ``override`` is the flag that would let it in, if the workspace permits one.
    """

    code: Code
    conflict: Conflict | None = None
    matched: Entry | None = None
    override: str | None = None
    allowed_from: datetime | None = None
    passed: tuple[Entry, ...] = ()
    """The block list's entries that the sender passed over by name."""
    inactive: bool = False
    """Nobody writes to them elsewhere: scope ``active`` would let them in, and is permitted."""

    @property
    def accepted(self) -> bool:
        return self.code in ACCEPTED


ADDED = Verdict(Code.ADDED)
UPDATED = Verdict(Code.UPDATED)
IN_BATCH = Verdict(Code.DUPLICATE_IN_BATCH)
Rule = Callable[[Row, Facts, Terms], Verdict | None]


def verdict(row: Row, facts: Facts, terms: Terms) -> Verdict:
    """The first rule that stops the row, or an acceptance."""
    for rule in rules(facts, terms):
        if stop := rule(row, facts, terms):
            return stop
    return accept(facts, terms)


def every_stop(row: Row, facts: Facts, terms: Terms) -> list[Verdict]:
    """All rules that stop the row, in their order."""
    return [stop for rule in rules(facts, terms) if (stop := rule(row, facts, terms))]


def rules(facts: Facts, terms: Terms) -> tuple["Rule", ...]:
    """Which rules are asked.

    Whoever is a member already does not enter: a retry answers the same after an unsubscribe, and
    correcting a member's name is no outreach. About whom nothing is known, most rules have nothing
    to ask.
    """
    if facts is UNKNOWN:
        return OF_STRANGERS
    return OF_MEMBERS if membership_here(facts, terms) else OF_ENTRANTS


def accept(facts: Facts, terms: Terms) -> Verdict:
    if membership_here(facts, terms):
        return UPDATED
    if terms.ignore_block_list and (passed := all_matching(SuppressionKind.BLOCK, facts, terms)):
        return ADDED._replace(passed=passed)
    return ADDED


def judge(rows: Iterable[tuple[Row, Facts]], terms: Terms) -> list[Verdict]:
    """Judge a batch in its order: a row repeats an earlier one only if that one was taken.

    A repeated row of somebody refused so gets that person's own refusal again.
    """
    emails: set[str] = set()
    profiles: set[str] = set()
    ignore_profile = terms.on_linkedin_match is OnLinkedinMatch.IGNORE
    verdicts = []
    for row, facts in rows:
        repeats = (
            row.email in emails
            or facts.repeats
            or (row.linkedin in profiles and not ignore_profile)
        )
        found = IN_BATCH if repeats and not row.broken else verdict(row, facts, terms)
        if found.accepted:
            emails.add(row.email or "")
            if row.linkedin:
                profiles.add(row.linkedin)
        verdicts.append(found)
    return verdicts


# The rules, in the order in which they are asked.


def broken(row: Row, _: Facts, __: Terms) -> Verdict | None:
    return Verdict(row.broken) if row.broken else None


def already_here(_: Row, facts: Facts, terms: Terms) -> Verdict | None:
    if terms.mode is Mode.CREATE_ONLY and (here := membership_here(facts, terms)):
        return Verdict(
            Code.DUPLICATE_IN_CAMPAIGN, conflict(here), override="mode=create_and_update"
        )
    return None


def not_here(_: Row, facts: Facts, terms: Terms) -> Verdict | None:
    if terms.mode is Mode.UPDATE_ONLY and not membership_here(facts, terms):
        return Verdict(Code.NOT_IN_CAMPAIGN, override="mode=create_and_update")
    return None


def opted_out(_: Row, facts: Facts, terms: Terms) -> Verdict | None:
    entry = matching(SuppressionKind.DO_NOT_CONTACT, facts, terms)
    return Verdict(Code.DO_NOT_CONTACT, matched=entry) if entry else None


def blocked(_: Row, facts: Facts, terms: Terms) -> Verdict | None:
    entry = matching(SuppressionKind.BLOCK, facts, terms)
    if entry and not terms.ignore_block_list:
        return Verdict(Code.BLOCKED, matched=entry, override="ignore_global_block_list")
    return None


def unsubscribed(_: Row, facts: Facts, terms: Terms) -> Verdict | None:
    entry = matching(SuppressionKind.UNSUBSCRIBE, facts, terms)
    if entry and not terms.ignore_unsubscribe_list:
        return Verdict(Code.UNSUBSCRIBED, matched=entry, override="ignore_unsubscribe_list")
    return None


def deleted_here(_: Row, facts: Facts, terms: Terms) -> Verdict | None:
    """A sync must not bring back whom a user deleted.

    From this campaign, or from the last one that they were in.
    """
    if not terms.from_sync or terms.restore_deleted or not facts.person:
        return None
    for buried in facts.person.buried:
        if buried.campaign_id == terms.campaign_id or not facts.person.memberships:
            named = conflict_with(buried, facts.person.lead_id)
            if not same_client(buried.client_id, terms):
                named = Conflict(facts.person.lead_id)
            return Verdict(Code.DELETED_HERE, named, override="restore_deleted")
    return None


def undeliverable(_: Row, facts: Facts, terms: Terms) -> Verdict | None:
    """A fact about the address, whichever campaign found it out."""
    if not terms.policy.check_undeliverable or terms.ignore_undeliverable or not facts.person:
        return None
    bounced = any(m.status in UNDELIVERABLE for m in facts.person.memberships)
    if bounced or facts.person.found_invalid:
        return Verdict(Code.KNOWN_UNDELIVERABLE, override="ignore_undeliverable")
    return None


def recently_contacted(_: Row, facts: Facts, terms: Terms) -> Verdict | None:
    if terms.ignore_recent_contact or not facts.person:
        return None
    held = [
        (until, where)
        for where in contacts(facts, terms)
        if (until := held_until(where, terms)) > terms.now
    ]
    if not held:
        return None
    until, where = max(held, key=lambda pair: pair[0])
    return Verdict(
        Code.CONTACTED_RECENTLY,
        conflict_with(where, facts.person.lead_id),
        override="ignore_recent_contact",
        allowed_from=until,
    )


def elsewhere(_: Row, facts: Facts, terms: Terms) -> Verdict | None:
    """Scopes ``active`` and ``workspace``."""
    if terms.scope is DuplicateScope.CAMPAIGN or not facts.person:
        return None
    others = sorted(memberships_elsewhere(facts, terms), key=lambda m: (m.active, m.map_id))
    if terms.scope is DuplicateScope.ACTIVE:
        others = [m for m in others if m.active]
        code = Code.IN_PROGRESS_IN_OTHER_CAMPAIGN
    else:
        code = Code.DUPLICATE_IN_OTHER_CAMPAIGN
    if others:
        named = conflict(others[-1], others=len(others) - 1)
        active = others[-1].active
        inactive = not active and not terms.policy.locked
        return Verdict(code, named, override=looser(active, terms), inactive=inactive)
    return deleted_after_contact(facts, terms)


def deleted_after_contact(facts: Facts, terms: Terms) -> Verdict | None:
    """Under a locked floor a deletion does not undo that somebody was written to."""
    if not terms.policy.locked or not facts.person:
        return None
    for buried in facts.person.buried:
        if buried.contacted_at and same_client(buried.client_id, terms):
            found = Conflict(facts.person.lead_id, buried.campaign_id, buried.campaign_name)
            return Verdict(Code.DUPLICATE_IN_OTHER_CAMPAIGN, found)
    return None


def profile_taken(row: Row, facts: Facts, terms: Terms) -> Verdict | None:
    owner = facts.profile_owner
    if owner and owner.email != row.email and terms.on_linkedin_match is OnLinkedinMatch.SKIP:
        return Verdict(
            Code.DUPLICATE_LINKEDIN, Conflict(owner.lead_id), override="on_linkedin_match=ignore"
        )
    return None


OF_STRANGERS: tuple[Rule, ...] = (broken, not_here)
OF_MEMBERS: tuple[Rule, ...] = (broken, already_here, profile_taken)
OF_ENTRANTS: tuple[Rule, ...] = (
    broken,
    not_here,
    opted_out,
    blocked,
    unsubscribed,
    deleted_here,
    undeliverable,
    recently_contacted,
    elsewhere,
    profile_taken,
)


# What the rules look at.

UNDELIVERABLE = frozenset({LeadStatus.BOUNCED, LeadStatus.INVALID})


def membership_here(facts: Facts, terms: Terms) -> Membership | None:
    if facts.person:
        for membership in facts.person.memberships:
            if membership.campaign_id == terms.campaign_id:
                return membership
    return None


def same_client(client_id: ClientId | None, terms: Terms) -> bool:
    return terms.policy.boundary is Boundary.WORKSPACE or client_id == terms.client_id


def memberships_elsewhere(facts: Facts, terms: Terms) -> list[Membership]:
    """Memberships that the scopes see: not here, not in a holding list, not another client's."""
    return [
        m
        for m in (facts.person.memberships if facts.person else ())
        if m.campaign_id != terms.campaign_id and not m.holding and same_client(m.client_id, terms)
    ]


def matching(kind: SuppressionKind, facts: Facts, terms: Terms) -> Entry | None:
    """The first entry of this kind that holds for this campaign."""
    return next(iter(all_matching(kind, facts, terms)), None)


def all_matching(kind: SuppressionKind, facts: Facts, terms: Terms) -> tuple[Entry, ...]:
    return tuple(e for e in facts.entries if e.kind is kind and holds(e, terms))


def holds(entry: Entry, terms: Terms) -> bool:
    """An entry may be of one campaign or of one client; do-not-contact always holds."""
    if entry.kind is SuppressionKind.DO_NOT_CONTACT:
        return True
    if entry.campaign_id not in (None, terms.campaign_id):
        return False
    return entry.client_id is None or same_client(entry.client_id, terms)


def contacts(facts: Facts, terms: Terms) -> list[Membership | Buried]:
    if not facts.person:
        return []
    everything: list[Membership | Buried] = [*facts.person.memberships, *facts.person.buried]
    return [where for where in everything if same_client(where.client_id, terms)]


def held_until(where: Membership | Buried, terms: Terms) -> datetime:
    """The moment from which this contact does not stand in the way any more."""
    moments = [terms.now]
    if where.contacted_at:
        moments.append(where.contacted_at + timedelta(days=terms.policy.recontact_after_days))
    if where.replied_at:
        moments.append(where.replied_at + timedelta(days=terms.policy.protect_replied_days))
    return max(moments)


def looser(active: bool, terms: Terms) -> str | None:
    """What to send to let this person in, as far as the floor permits.

    SmartLead's own flag where it does it.
    """
    policy = terms.policy
    if policy.floor is DuplicateScope.ACTIVE and not active:
        return "duplicate_scope=active"
    if policy.floor is not DuplicateScope.CAMPAIGN:
        return None
    if (
        terms.scope is DuplicateScope.WORKSPACE
        and not terms.named_scope
        and policy.duplicate_flag_meaning is FlagMeaning.DOCUMENTED
    ):
        return "ignore_duplicate_leads_in_other_campaign"
    return "duplicate_scope=campaign"


def conflict(membership: Membership, others: int = 0) -> Conflict:
    return Conflict(
        lead_id=membership.lead_id,
        campaign_id=membership.campaign_id,
        campaign_name=membership.campaign_name,
        status=membership.status,
        tags=membership.tags,
        others=others,
    )


def conflict_with(where: Membership | Buried, lead_id: LeadId) -> Conflict:
    if isinstance(where, Membership):
        return conflict(where)
    return Conflict(lead_id, where.campaign_id, where.campaign_name)
