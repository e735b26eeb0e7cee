"""What operators do to the status of a membership."""

from datetime import UTC, datetime, timedelta

from app.activity import operations as activity
from app.activity.rules import EventSource, EventType, LeadEvent
from app.campaigns.repository import CampaignRepository
from app.campaigns.rules import EnteredCampaign
from app.kit.db import Tx
from app.leads.errors import ImpossibleTransition, UnknownCategory
from app.leads.operations.moving import hold, move, put
from app.leads.repository.members import MemberRepository
from app.leads.rules.categories import AWAY, CATEGORIES, OUT_OF_OFFICE
from app.leads.rules.records import Held
from app.leads.rules.transitions import Happening, after, resumed
from app.suppression.operations import suppress
from app.values import (
    CampaignId,
    LeadId,
    LeadStatus,
    MapId,
    SuppressionKind,
    SuppressionSource,
)
from app.workspaces.rules import Caller


async def set_status(
    tx: Tx, caller: Caller, campaign_id: CampaignId, lead_id: LeadId, status: LeadStatus
) -> LeadStatus:
    """Raises StillSuppressed and InProgressElsewhere."""
    campaign, held = await hold(tx, caller, campaign_id, lead_id)
    await put(tx, caller, campaign, held, status)
    return status


async def unsubscribe_lead(
    tx: Tx, caller: Caller, campaign_id: CampaignId, lead_id: LeadId
) -> LeadStatus:
    """From this campaign only. Raises StillSuppressed for somebody who opted out of everything."""
    return await set_status(tx, caller, campaign_id, lead_id, LeadStatus.UNSUBSCRIBED)


async def pause_lead(
    tx: Tx, caller: Caller, campaign_id: CampaignId, lead_id: LeadId
) -> LeadStatus:
    """A pause makes somebody active who was not yet, in a draft for instance.

    Raises ImpossibleTransition for somebody with whom it has ended, and InProgressElsewhere.
    """
    campaign, held = await hold(tx, caller, campaign_id, lead_id)
    status = _after(Happening.PAUSED, held, "paused")
    await put(tx, caller, campaign, held, status)
    return status


async def resume_lead(
    tx: Tx, caller: Caller, campaign_id: CampaignId, lead_id: LeadId, delay: timedelta | None
) -> LeadStatus:
    """Go on from where the pause began; with a delay nothing is sent before it has passed.

    The delay holds for who is under way already, too. Raises ImpossibleTransition, and
    InProgressElsewhere.
    """
    campaign, held = await hold(tx, caller, campaign_id, lead_id)
    status = resumed(
        held.status,
        held.paused_from,
        steps_left=held.steps_left,
        contacted=held.contacted_at is not None,
    )
    if status is None:
        raise ImpossibleTransition(held.status, "resumed")
    resume_at = datetime.now(UTC) + delay if delay else None
    if status is held.status:
        await MemberRepository(tx, caller.workspace_id).wait(held, resume_at)
    await put(tx, caller, campaign, held, status, resume_at=resume_at, tells_of_contact=False)
    return status


async def complete_lead(
    tx: Tx, caller: Caller, campaign_id: CampaignId, map_id: MapId
) -> LeadStatus:
    """Be done with somebody, contacted or not.

    Raises ImpossibleTransition for somebody with whom it has ended otherwise.
    """
    await CampaignRepository(tx, caller.workspace_id).enter(campaign_id)
    lead_id = await MemberRepository(tx, caller.workspace_id).lead_of(campaign_id, map_id)
    campaign, held = await hold(tx, caller, campaign_id, lead_id)
    status = _after(Happening.COMPLETED, held, "completed")
    await put(tx, caller, campaign, held, status, tells_of_contact=False)
    return status


async def unsubscribe_everywhere(tx: Tx, caller: Caller, lead_id: LeadId) -> LeadId:
    """The person unsubscribed: from every campaign, and so that no operator lifts it.

    Who opted out of all contact stays so. Raises LeadNotFound.
    """
    members = MemberRepository(tx, caller.workspace_id)
    email = await members.hold_lead(lead_id)
    held = await members.hold_all(lead_id)
    reached = [m for m in held if after(Happening.UNSUBSCRIBED, m.status)]
    await suppress(
        tx,
        caller.workspace_id,
        SuppressionKind.UNSUBSCRIBE,
        [email],
        source=SuppressionSource.LEAD,
        protected=True,
    )
    await move(tx, caller, reached, LeadStatus.UNSUBSCRIBED, EventSource.LEAD)
    return lead_id


async def categorise_lead(
    tx: Tx,
    caller: Caller,
    campaign_id: CampaignId,
    lead_id: LeadId,
    category_id: int | None,
    pause: bool,
) -> LeadStatus:
    """Say what a reply was; some categories change the status, and a pause stops who is under way.

    Raises UnknownCategory, StillSuppressed, InProgressElsewhere.
    """
    if category_id is not None and category_id not in CATEGORIES:
        raise UnknownCategory(category_id)
    campaign, held = await hold(tx, caller, campaign_id, lead_id)
    await _write_category(tx, caller, held, category_id)
    status = await _follow_category(tx, caller, campaign, held, category_id)
    if pause and status is held.status and (paused := after(Happening.PAUSED, status)):
        await put(tx, caller, campaign, held, paused)
        return paused
    return status


async def _write_category(tx: Tx, caller: Caller, held: Held, category_id: int | None) -> None:
    if held.category_id == category_id:
        return
    await MemberRepository(tx, caller.workspace_id).categorise(held, category_id)
    event = LeadEvent(
        held.lead_id,
        EventType.CATEGORY_CHANGED,
        EventSource.OPERATOR,
        held.campaign_id,
        {"from": held.category_id, "to": category_id},
    )
    await activity.record(tx, caller.workspace_id, [event])


async def _follow_category(
    tx: Tx, caller: Caller, campaign: EnteredCampaign, held: Held, category_id: int | None
) -> LeadStatus:
    """An absence stops only who is under way: a late auto-reply revives nobody."""
    said = CATEGORIES[category_id].status if category_id else None
    until = None
    if category_id == OUT_OF_OFFICE:
        said, until = after(Happening.AUTO_REPLIED, held.status), datetime.now(UTC) + AWAY
    if said is None:
        return held.status
    await put(tx, caller, campaign, held, said, resume_at=until)
    return said


def _after(happening: Happening, held: Held, wish: str) -> LeadStatus:
    status = after(happening, held.status)
    if status is None:
        raise ImpossibleTransition(held.status, wish)
    return status
