"""Change what is known of a person, in a campaign of theirs.

LinkedIn profiles are taken first, then addresses, old and new in their order: so no update waits in
a circle with a batch or with another update.
"""

from app.activity import operations as activity
from app.activity.rules import EventSource, EventType, LeadEvent
from app.campaigns.repository import CampaignRepository
from app.campaigns.rules import EnteredCampaign
from app.gate.documents import matched_document
from app.gate.rules import holds
from app.kit.db import FactsChanged, Tx
from app.kit.jobs import queue_all
from app.leads.errors import (
    AddressBlocked,
    AddressOptedOut,
    AddressSuppressed,
    AddressUnsubscribed,
    DuplicateEmail,
    DuplicateLinkedin,
    TooManyCustomFields,
)
from app.leads.jobs import ValidateLeads
from app.leads.operations.moving import terms_of
from app.leads.repository.identity import IdentityRepository
from app.leads.repository.members import MemberRepository
from app.leads.rules.changes import Change, changed, named, own_fields
from app.suppression.operations import suppress
from app.suppression.repository import SuppressionRepository
from app.suppression.rules import Reach
from app.values import CampaignId, LeadId, SuppressionKind
from app.workspaces.rules import Caller

REFUSALS: tuple[tuple[SuppressionKind, type[AddressSuppressed]], ...] = (
    (SuppressionKind.DO_NOT_CONTACT, AddressOptedOut),
    (SuppressionKind.BLOCK, AddressBlocked),
    (SuppressionKind.UNSUBSCRIBE, AddressUnsubscribed),
)
"""In the order in which the gate asks."""


async def change_lead(
    tx: Tx, caller: Caller, campaign_id: CampaignId, lead_id: LeadId, change: Change
) -> list[str]:
    """Given values win; gives the names of what changed. Nothing new is no event.

    Raises CampaignNotFound, LeadNotFound, TooManyCustomFields, DuplicateLinkedin, DuplicateEmail,
    and the refusal of a new address that is on a list. Raises FactsChanged when the person changed
    before they were held: run it again.
    """
    campaign = await CampaignRepository(tx, caller.workspace_id).enter(campaign_id)
    identity = IdentityRepository(tx, caller.workspace_id, lead_id)
    before = await identity.current()
    after = changed(before, change)
    if after != before and after.profile.is_too_large:
        raise TooManyCustomFields
    await _take_profile(identity, lead_id, before.linkedin_key, after.linkedin_key)
    placeholder = await _take_addresses(identity, before.email, after.email)
    if await identity.current() != before:
        raise FactsChanged
    held = await MemberRepository(tx, caller.workspace_id).hold(campaign_id, lead_id)
    if placeholder:
        await _check_address(tx, caller, campaign, before.email, after.email)
        await identity.drop_placeholder(placeholder)
        await identity.move_tombstones(before.email, after.email)
        await identity.wait_for_validation(after.email)
        await queue_all(tx, [ValidateLeads(caller.workspace_id)], singleton=True)
    own = own_fields(held.custom_fields, change)
    if after != before:
        await identity.store(after)
    if own != held.custom_fields:
        await identity.store_own_fields(campaign_id, own)
    names = named(before, after, held.custom_fields, own)
    await _record(tx, caller, campaign_id, lead_id, names)
    return names


async def _take_profile(
    identity: IdentityRepository, lead_id: LeadId, old: str | None, new: str | None
) -> None:
    """Both keys in their order, then the old one is given up."""
    if old == new:
        return
    for key in sorted(key for key in (old, new) if key):
        if key == new and await identity.claim_profile(key):
            continue
        owner = await identity.hold_profile(key)
        if key == new and owner != lead_id:
            raise DuplicateLinkedin(owner) if owner else FactsChanged
    if old:
        await identity.release_profile(old)


async def _take_addresses(identity: IdentityRepository, old: str, new: str) -> LeadId | None:
    """Hold the person at their place in the order; gives the placeholder at a new address."""
    if new == old:
        await identity.hold(moves=False)
        return None
    if old < new:
        await identity.hold(moves=True)
    placeholder = await identity.take_address(new)
    if placeholder is None:
        owner = await identity.owner_of(new)
        raise DuplicateEmail(owner) if owner else FactsChanged
    if old > new:
        await identity.hold(moves=True)
    return placeholder


async def _check_address(
    tx: Tx, caller: Caller, campaign: EnteredCampaign, old: str, new: str
) -> None:
    """Nobody is on a list at the new address; and whoever opted out at the old one stays so."""
    matching = await SuppressionRepository(tx, caller.workspace_id).matching([old, new])
    terms = terms_of(caller, campaign)
    entries = [entry for entry in matching.get(new, ()) if holds(entry, terms)]
    for kind, refusal in REFUSALS:
        for entry in entries:
            if entry.kind is kind:
                raise refusal(matched_document(entry))
    for entry in matching.get(old, ()):
        if entry.entry == old and entry.kind is not SuppressionKind.BLOCK:
            await suppress(
                tx,
                caller.workspace_id,
                entry.kind,
                [new],
                source=entry.source,
                reach=Reach(entry.campaign_id, entry.client_id),
                protected=entry.protected,
            )


async def _record(
    tx: Tx, caller: Caller, campaign_id: CampaignId, lead_id: LeadId, names: list[str]
) -> None:
    if names:
        event = LeadEvent(
            lead_id, EventType.UPDATED, EventSource.OPERATOR, campaign_id, {"fields": names}
        )
        await activity.record(tx, caller.workspace_id, [event])
