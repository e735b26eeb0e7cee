"""Take a lead out of a campaign."""

from app.activity import operations as activity
from app.activity.rules import EventSource, EventType, LeadEvent
from app.audit import operations as audit
from app.counters import operations as counters
from app.counters.rules import joined
from app.kit.db import Tx
from app.leads.operations.moving import hold
from app.leads.repository.members import MemberRepository
from app.leads.rules.records import Held
from app.values import CampaignId, LeadId
from app.workspaces.rules import Caller


async def remove_lead(tx: Tx, caller: Caller, campaign_id: CampaignId, lead_id: LeadId) -> LeadId:
    """The membership ends and a tombstone remembers it; the person and their history stay.

    Raises CampaignNotFound, and LeadNotFound for somebody who is not in the campaign (any more).
    """
    _, held = await hold(tx, caller, campaign_id, lead_id)
    await MemberRepository(tx, caller.workspace_id).remove(held)
    await activity.record(tx, caller.workspace_id, [_deleted(held)])
    await counters.write(tx, caller.workspace_id, [joined(campaign_id, held.status, -1)])
    await audit.record(
        tx,
        caller,
        "lead.removed",
        f"lead:{lead_id}",
        before={"campaign_id": campaign_id, "status": held.status},
    )
    return lead_id


def _deleted(held: Held) -> LeadEvent:
    """It keeps what only the membership told: how the lead had come."""
    told = {
        "status": held.status,
        "import_id": held.import_id,
        "row": held.row_no,
        "imported_at": held.created_at,
    }
    return LeadEvent(held.lead_id, EventType.DELETED, EventSource.OPERATOR, held.campaign_id, told)
