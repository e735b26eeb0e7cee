"""What a batch brings for the check of addresses; its people are stored, and held."""

from app.kit.db import Tx
from app.kit.jobs import queue_all
from app.leads.admission.batch import Batch
from app.leads.jobs import ValidateLeads
from app.leads.repository.demands import DemandRepository
from app.leads.repository.waiting import WaitingRepository
from app.leads.rules.demands import Demand
from app.leads.rules.progress import topic_of
from app.leads.rules.validating import as_given
from app.values import WorkspaceId


async def queue_checks(tx: Tx, workspace_id: WorkspaceId, batch: Batch) -> None:
    """A job, if somebody waits by this batch: whoever is new does."""
    given = await _give(tx, workspace_id, batch)
    again = await _check_again(tx, workspace_id, batch) if batch.arrival.verify_email else False
    if given or again or batch.inserted:
        await queue_all(tx, [ValidateLeads(workspace_id)], singleton=True)


async def _give(tx: Tx, workspace_id: WorkspaceId, batch: Batch) -> bool:
    """What other tools said of people's addresses; whether somebody has to look at it."""
    now = batch.terms.now
    given = {
        lead_id: said
        for place in batch.accepted
        if (validation := batch.candidates[place].validation)
        and (lead_id := batch.lead_id(place))
        and (said := as_given(validation, now))
    }
    if given:
        await WaitingRepository(tx, workspace_id).give(given)
    return bool(given)


async def _check_again(tx: Tx, workspace_id: WorkspaceId, batch: Batch) -> bool:
    """The known; whether somebody waits by it."""
    known = [lead_id for place in batch.known() if (lead_id := batch.lead_id(place))]
    looked = await DemandRepository(tx, workspace_id).of_leads(known, Demand()) if known else None
    if not (looked and looked.queued):
        return False
    tx.changed.add(topic_of(workspace_id))
    return True
