"""Check people again: because somebody wants it, or because it was long ago."""

import random
from datetime import timedelta

from app.audit import operations as audit
from app.campaigns.repository import CampaignRepository
from app.kit.db import Tx
from app.kit.jobs import Lease, queue, queue_all
from app.kit.resources import Resources
from app.leads.jobs import RevalidateCampaign, RevalidateOld, ValidateLeads
from app.leads.repository.demands import DemandRepository, Looked, workspaces_with_max_age
from app.leads.repository.people import PeopleRepository
from app.leads.rules.addresses import domain_of
from app.leads.rules.demands import Demand, Demanded
from app.leads.rules.progress import topic_of
from app.leads.rules.records import Checked
from app.validation.repository import expire
from app.validation.rules.facts import LONGEST_YES
from app.values import CampaignId, LeadId, MapId, WorkspaceId
from app.workspaces.repository import WorkspaceRepository
from app.workspaces.rules import Caller

CHUNK = 5_000
"""People who are looked at in one transaction; well below a second."""
DOMAIN_HOLDS = timedelta(minutes=1)
"""Though somebody demands one of its addresses: so often DNS is asked for it at most."""
OLD_AT_ONCE = 2_000
"""Who are put back each time because of their age: few, so that they are spread over the days."""


async def demand_of_campaign(
    tx: Tx, caller: Caller, campaign_id: CampaignId, by: Demand
) -> Demanded:
    """The first members at once, the others by a job. The same again puts nobody in twice.

    Raises CampaignNotFound.
    """
    await CampaignRepository(tx, caller.workspace_id).enter(campaign_id)
    looked = await _look(tx, caller.workspace_id, campaign_id, by, MapId(0))
    target = f"campaign:{campaign_id}"
    await audit.record(tx, caller, "campaign.revalidated", target, after=by.stored())
    if looked.people < CHUNK:
        return Demanded(looked.waiting, looked.fresh)
    job = RevalidateCampaign(
        caller.workspace_id,
        campaign_id,
        MapId(looked.last),
        looked.waiting,
        looked.fresh,
        by.stored(),
    )
    return Demanded(looked.waiting, looked.fresh, await queue(tx, job))


async def revalidate_campaign(resources: Resources, lease: Lease) -> dict[str, int]:
    """The other members, one committed chunk at a time. Safe to kill."""
    job = lease.as_job(RevalidateCampaign)
    by, begun = (
        Demand.of(job.demand),
        {"after": job.after, "waiting": job.waiting, "fresh": job.fresh},
    )
    progress: dict[str, int] = lease.progress or begun
    people = CHUNK

    async def chunk(tx: Tx) -> tuple[int, dict[str, int]]:
        after = MapId(progress["after"])
        looked = await _look(tx, job.workspace_id, job.campaign_id, by, after)
        reached = {
            "after": looked.last or after,
            "waiting": progress["waiting"] + looked.waiting,
            "fresh": progress["fresh"] + looked.fresh,
        }
        await lease.fence(tx, reached)
        return looked.people, reached

    while people >= CHUNK:
        people, progress = await resources.database.run(chunk)
    return {"waiting": progress["waiting"], "fresh": progress["fresh"]}


async def demand_of_lead(tx: Tx, caller: Caller, lead_id: LeadId) -> Checked:
    """However fresh what is known, also of the domain: its owner may have mended it just now. Who
    waits for a provider waits on. Raises LeadNotFound.
    """
    by = Demand(force=True)
    looked = await DemandRepository(tx, caller.workspace_id).of_leads([lead_id], by)
    await _ring(tx, caller.workspace_id, looked)
    checked = await PeopleRepository(tx, caller.workspace_id).checked(lead_id)
    await expire(tx, domain_of(checked.email), DOMAIN_HOLDS)
    return checked


async def queue_revalidations(resources: Resources) -> None:
    """A job for each workspace that wants no old results; workers ask this repeatedly."""
    async with resources.database.transaction() as tx:
        if workspaces := await workspaces_with_max_age(tx):
            await queue_all(tx, [RevalidateOld(id_) for id_ in workspaces], singleton=True)


async def revalidate_old(resources: Resources, lease: Lease) -> None:
    """Some of those whose result is too old. Safe to kill and to run twice.

    As DNS's word holds for a week, a result may be as old however often it is asked for. The search
    begins anywhere: of more than can be asked for, everybody's turn comes.
    """
    left, mailboxes = OLD_AT_ONCE, resources.settings.verifier_url is not None

    async def chunk(tx: Tx) -> Looked | None:
        policy = (await WorkspaceRepository(tx, lease.workspace_id).get()).policy
        if not policy.validation_max_age_days:
            return None
        days = max(policy.validation_max_age_days, LONGEST_YES.days)
        demands = DemandRepository(tx, lease.workspace_id)
        looked = await demands.older(days, after, 4 * CHUNK, left, mailboxes=mailboxes)
        await _ring(tx, lease.workspace_id, looked)
        await lease.fence(tx)
        return looked

    async with resources.database.transaction() as tx:
        first, last = await DemandRepository(tx, lease.workspace_id).checked()
    anywhere = LeadId(random.randint(first, last))  # noqa: S311  # no secret
    for after, end in ((anywhere, last), (LeadId(0), anywhere)):
        while after < end and left:
            looked = await resources.database.run(chunk)
            if not (looked and looked.people):
                break
            after, left = LeadId(looked.last), left - looked.waiting


async def _look(
    tx: Tx, workspace_id: WorkspaceId, campaign_id: CampaignId, by: Demand, after: MapId
) -> Looked:
    looked = await DemandRepository(tx, workspace_id).of_campaign(campaign_id, by, after, CHUNK)
    await _ring(tx, workspace_id, looked)
    return looked


async def _ring(tx: Tx, workspace_id: WorkspaceId, looked: Looked) -> None:
    if looked.queued:
        await queue_all(tx, [ValidateLeads(workspace_id)], singleton=True)
        tx.changed.add(topic_of(workspace_id))
