"""Move a membership from one status to another, with all that goes with it.

Every move is written as an event and counted, in the same transaction; the same status again is no
move.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.activity import operations as activity
from app.activity.rules import EventSource, EventType, LeadEvent
from app.campaigns.repository import CampaignRepository
from app.campaigns.rules import EnteredCampaign
from app.counters import operations as counters
from app.counters.rules import moved
from app.gate.documents import conflict_document, matched_document
from app.gate.facts import SENDING
from app.gate.operations import gather
from app.gate.rules import Conflict, Row, Terms, elsewhere, holds
from app.kit.db import Tx
from app.leads.errors import InProgressElsewhere, StillSuppressed
from app.leads.repository.members import MemberRepository
from app.leads.rules.records import Held
from app.leads.rules.transitions import reenters
from app.suppression.operations import suppress
from app.suppression.repository import SuppressionRepository
from app.suppression.rules import Reach
from app.values import (
    CampaignId,
    DuplicateScope,
    LeadId,
    LeadStatus,
    SuppressionKind,
    SuppressionSource,
)
from app.workspaces.rules import Caller

OPT_OUTS = {
    LeadStatus.UNSUBSCRIBED: SuppressionKind.UNSUBSCRIBE,
    LeadStatus.DO_NOT_CONTACT: SuppressionKind.DO_NOT_CONTACT,
}


async def hold(
    tx: Tx, caller: Caller, campaign_id: CampaignId, lead_id: LeadId
) -> tuple[EnteredCampaign, Held]:
    """Lock a membership for a change: campaign, lead, membership, in the order of every batch.

    Raises CampaignNotFound and LeadNotFound.
    """
    campaign = await CampaignRepository(tx, caller.workspace_id).enter(campaign_id)
    members = MemberRepository(tx, caller.workspace_id)
    await members.hold_lead(lead_id)
    return campaign, await members.hold(campaign_id, lead_id)


async def put(
    tx: Tx,
    caller: Caller,
    campaign: EnteredCampaign,
    held: Held,
    status: LeadStatus,
    *,
    resume_at: datetime | None = None,
    tells_of_contact: bool = True,
) -> None:
    """What an operator does: any status, but neither over an opt-out nor past the floor.

    An opt-out goes onto its list, also when the status says it already. Unless the operator says
    nothing of it, a status that nobody has without contact dates the contact. Raises
    StillSuppressed and InProgressElsewhere.
    """
    if held.status is not status:
        await _check_opt_out(tx, caller, campaign, held, status)
        await _check_entry(tx, caller, campaign, held, status)
    await _suppress(tx, caller, held, status)
    await move(
        tx,
        caller,
        [held],
        status,
        EventSource.OPERATOR,
        resume_at=resume_at,
        tells_of_contact=tells_of_contact,
    )


async def move(
    tx: Tx,
    caller: Caller,
    held: Sequence[Held],
    status: LeadStatus,
    source: EventSource,
    *,
    resume_at: datetime | None = None,
    tells_of_contact: bool = True,
) -> None:
    """Store the move of a lead's memberships, all to one status; the floor is not asked."""
    moving = [member for member in held if member.status is not status]
    if not moving:
        return
    await MemberRepository(tx, caller.workspace_id).move(
        moving, status, resume_at=resume_at, tells_of_contact=tells_of_contact
    )
    await activity.record(
        tx,
        caller.workspace_id,
        [
            LeadEvent(
                member.lead_id,
                EventType.STATUS_CHANGED,
                source,
                member.campaign_id,
                {"from": member.status, "to": status},
            )
            for member in moving
        ],
    )
    await counters.write(
        tx,
        caller.workspace_id,
        [delta for member in moving for delta in moved(member.campaign_id, member.status, status)],
    )


async def _check_opt_out(
    tx: Tx, caller: Caller, campaign: EnteredCampaign, held: Held, status: LeadStatus
) -> None:
    """From an opt-out to a weaker status only when its entry was lifted."""
    kind = OPT_OUTS.get(held.status)
    if kind is None or status is LeadStatus.DO_NOT_CONTACT:
        return
    matching = await SuppressionRepository(tx, caller.workspace_id).matching([held.email])
    terms = terms_of(caller, campaign)
    for entry in matching.get(held.email, ()):
        if entry.kind is kind and holds(entry, terms):
            raise StillSuppressed(held.status, matched_document(entry))


def terms_of(caller: Caller, campaign: EnteredCampaign) -> Terms:
    """What the gate asks about a campaign, at the floor: nobody asked for more."""
    return Terms(
        campaign_id=campaign.id,
        client_id=campaign.client_id,
        policy=caller.policy,
        now=datetime.now(UTC),
        scope=caller.policy.floor,
    )


async def _check_entry(
    tx: Tx, caller: Caller, campaign: EnteredCampaign, held: Held, status: LeadStatus
) -> None:
    """To begin with somebody who was not active is to let them in."""
    if not reenters(held.status, status, sending=campaign.status in SENDING):
        return
    if conflict := await _conflict(tx, caller, campaign, held):
        raise InProgressElsewhere(conflict_document(conflict))


async def _conflict(
    tx: Tx, caller: Caller, campaign: EnteredCampaign, held: Held
) -> Conflict | None:
    """Who stands in the way under the workspace's floor; the lead is held, so nobody enters now."""
    if caller.policy.floor is DuplicateScope.CAMPAIGN:
        return None
    row, terms = Row(held.email), terms_of(caller, campaign)
    [facts] = await gather(tx, caller.workspace_id, [row], terms)
    stop = elsewhere(row, facts, terms)
    return stop.conflict if stop else None


async def _suppress(tx: Tx, caller: Caller, held: Held, status: LeadStatus) -> None:
    kind = OPT_OUTS.get(status)
    if kind is None:
        return
    of_campaign = kind is SuppressionKind.UNSUBSCRIBE
    await suppress(
        tx,
        caller.workspace_id,
        kind,
        [held.email],
        source=SuppressionSource.MANUAL,
        reach=Reach(campaign_id=held.campaign_id if of_campaign else None),
        created_by=caller.key_id,
    )
